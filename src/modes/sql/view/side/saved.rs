//! Queries under names, in folders: saved, opened, moved, deleted with a way back, carried as a file.

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use super::super::desk::Desk;
use crate::{
    browser::{document, files, save, storage},
    modes::sql::saved::{self, Saved},
    state::busy::Busy,
    ui::{
        icon::Icon,
        menu::{MenuButton, MenuItem},
    },
};

const MOST_FILE_BYTES: u64 = 20_000_000;

#[derive(Properties, PartialEq)]
pub struct SavedProps {
    pub desk: Desk,
    /// The query that is shown is to be saved.
    pub save_asked: bool,
    /// Its name is asked for.
    pub onasked: Callback<()>,
}

/// A name that is being written.
#[derive(Clone, PartialEq)]
struct Naming {
    /// `None` for the text that is shown.
    of: Option<Saved>,
    name: String,
    folder: String,
}

#[component]
pub fn SavedQueries(props: &SavedProps) -> Html {
    let SavedProps { desk, save_asked, onasked } = props;
    let own = use_state(|| Rc::new(saved::parse(&storage::read(saved::STORAGE_KEY).unwrap_or_default()).0));
    let naming = use_state(|| None::<Naming>);
    let error = use_state(|| None::<String>);
    let said = use_state(String::new);
    let deleted = use_state(|| None::<(Rc<Vec<Saved>>, String)>);
    let keep = {
        let (own, said) = (own.setter(), said.setter());
        Callback::from(move |(next, words): (Vec<Saved>, String)| {
            storage::write(saved::STORAGE_KEY, &saved::print(&next));
            own.set(Rc::new(next));
            said.set(words);
        })
    };
    let begin = {
        let (naming, error, deleted) = (naming.setter(), error.setter(), deleted.setter());
        Callback::from(move |next: Naming| {
            naming.set(Some(next));
            error.set(None);
            deleted.set(None);
            document::after_paint(|| document::focus("#sql-save-name"));
        })
    };
    {
        let (begin, onasked, tab) = (begin.clone(), onasked.clone(), desk.tabs.active().clone());
        use_effect_with(*save_asked, move |asked| {
            if *asked {
                begin.emit(Naming { of: None, name: tab.title(), folder: String::new() });
                onasked.emit(());
            }
        });
    }
    let finish = {
        let (naming, error, own, keep, desk) = (naming.clone(), error.setter(), own.clone(), keep.clone(), desk.clone());
        Callback::from(move |()| {
            let Some(Naming { of, name, folder }) = (*naming).clone() else { return };
            let tab = desk.tabs.active().clone();
            let next = match &of {
                Some(one) => saved::moved(&own, one, &name, &folder),
                None => saved::with(&own, &name, &folder, &tab.text),
            };
            match next {
                Ok(next) => {
                    keep.emit((next, format!("Saved {}.", name.trim())));
                    naming.set(None);
                    if of.is_none() {
                        desk.change(move |tabs| tabs.rename(&tab.id, &name));
                    }
                }
                Err(words) => error.set(Some(words)),
            }
        })
    };
    let onkeydown = {
        let (finish, naming) = (finish.clone(), naming.setter());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                event.stop_propagation();
                finish.emit(());
            }
            "Escape" => {
                event.stop_propagation();
                naming.set(None);
            }
            _ => {}
        })
    };
    let export = {
        let (own, error) = (own.clone(), error.setter());
        Callback::from(move |_: MouseEvent| {
            let taken = save::text("spandeck-queries.json", &saved::print(&own), "application/json");
            error.set((!taken).then(|| "The browser did not take the file of queries.".to_owned()));
        })
    };
    let onfile = {
        let (own, keep, error) = (own.clone(), keep.clone(), error.setter());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
            let Some(file) = files::from_list(input.files()).into_iter().next() else { return };
            // The same file may be chosen again.
            input.set_value("");
            let (own, keep, error, busy) = (own.clone(), keep.clone(), error.clone(), Busy::start());
            spawn_local(async move {
                let text = match file.size() {
                    0..=MOST_FILE_BYTES => files::read(&file.blob, 0, file.size()).await.and_then(|bytes| String::from_utf8(bytes).ok()),
                    _ => None,
                };
                match text.ok_or_else(|| "it is no text, or too large".to_owned()).and_then(|text| saved::imported(&own, &text)) {
                    Ok(next) => {
                        error.set(None);
                        keep.emit(next);
                    }
                    Err(words) => error.set(Some(format!("{} could not be imported: {words}", file.name))),
                }
                drop(busy);
            });
        })
    };
    let undo = {
        let (deleted, keep) = (deleted.clone(), keep.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some((before, name)) = &*deleted {
                keep.emit(((**before).clone(), format!("{name} is back.")));
            }
            deleted.set(None);
        })
    };
    let item = |at: usize, one: &Saved| {
        let open = {
            let (desk, one) = (desk.clone(), one.clone());
            Callback::from(move |_: MouseEvent| desk.open(&one.name, &one.text))
        };
        let menu = {
            let (begin, keep, own, one, deleted) = (begin.clone(), keep.clone(), (*own).clone(), one.clone(), deleted.setter());
            Callback::from(move |()| {
                let change = {
                    let one = one.clone();
                    begin.reform(move |()| Naming { of: Some(one.clone()), name: one.name.clone(), folder: one.folder.clone() })
                };
                let delete = {
                    let (keep, own, one, deleted) = (keep.clone(), own.clone(), one.clone(), deleted.clone());
                    Callback::from(move |()| {
                        deleted.set(Some((own.clone(), one.name.clone())));
                        keep.emit((saved::without(&own, &one), String::new()));
                    })
                };
                vec![
                    MenuItem { label: "Rename or move…".into(), onpick: Some(change), ..MenuItem::default() },
                    MenuItem { label: "Delete".into(), onpick: Some(delete), ..MenuItem::default() },
                ]
            })
        };
        html! {
            <li key={format!("{}/{}", one.folder, one.name)} class="sv"><button type="button" class="tpl-b" title={one.text.clone()} data-testid="sql-saved" data-name={one.name.clone()} onclick={open}>
                <Icon name="star" class="s" /><span><b>{ one.name.clone() }</b></span></button>
                <MenuButton id={format!("sql-saved-{at}")} icon="more" label={format!("More about {}", one.name)} title="More" items={menu} focus_after="#sql-save" />
            </li>
        }
    };
    let typed = |change: fn(&mut Naming, String)| {
        let naming = naming.clone();
        Callback::from(move |event: InputEvent| {
            let value = event.target_dyn_into::<web_sys::HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            if let Some(mut next) = (*naming).clone() {
                change(&mut next, value);
                naming.set(Some(next));
            }
        })
    };
    let save_shown = {
        let (begin, tab) = (begin.clone(), desk.tabs.active().clone());
        Callback::from(move |_: MouseEvent| begin.emit(Naming { of: None, name: tab.title(), folder: String::new() }))
    };
    let groups = saved::folders(&own);
    let folder_names: Vec<String> = groups.iter().map(|(folder, _)| folder.clone()).filter(|folder| !folder.is_empty()).collect();
    html! {
        <>
            <div class="sql-find sv-h">
                <button type="button" class="btn sm" id="sql-save" disabled={desk.tabs.active().text.trim().is_empty()} title="Save the query that is shown (Ctrl S)" onclick={save_shown}><Icon name="save" class="s" />{ "Save" }</button>
                <span class="grow"></span>
                <label class="btn sm ghost" title="Add the queries of a file"><input class="vh" type="file" accept=".json,application/json" data-testid="sql-saved-file" onchange={onfile} />{ "Import" }</label>
                <button type="button" class="btn sm ghost" disabled={own.is_empty()} title="Save your queries as a file" onclick={export}>{ "Export" }</button>
            </div>
            if let Some(Naming { of, name, folder }) = (*naming).clone() {
                <div class="tpl-v sv-f" {onkeydown}>
                    <label for="sql-save-name">{ if of.is_some() { "New name" } else { "Save as" } }</label>
                    <input class="in" id="sql-save-name" autocomplete="off" value={name} aria-invalid={error.is_some().to_string()} oninput={typed(|naming, value| naming.name = value)} />
                    <label for="sql-save-folder">{ "Folder" }</label>
                    <input class="in" id="sql-save-folder" autocomplete="off" list="sql-folders" placeholder="none" value={folder} oninput={typed(|naming, value| naming.folder = value)} />
                    <datalist id="sql-folders">{ for folder_names.iter().map(|folder| html! { <option value={folder.clone()} /> }) }</datalist>
                    <div class="tpl-a"><button type="button" class="btn sm primary" data-testid="sql-save-done" onclick={finish.reform(|_: MouseEvent| ())}>{ if of.is_some() { "Change" } else { "Save" } }</button>
                        <button type="button" class="btn sm" onclick={Callback::from({ let naming = naming.setter(); move |_: MouseEvent| naming.set(None) })}>{ "Cancel" }</button></div>
                </div>
            }
            if let Some(words) = &*error { <p class="field-e sql-none" role="alert">{ words.clone() }</p> }
            if let Some((_, name)) = &*deleted {
                <p class="sql-side-f" role="status">{ format!("Deleted {name}. ") }<button type="button" class="lk" onclick={undo}>{ "Undo" }</button></p>
            } else if !said.is_empty() {
                <p class="sql-none" role="status">{ (*said).clone() }</p>
            }
            <div class="scroll" data-testid="sql-saved-list">
                { for groups.iter().map(|(folder, places)| html! {
                    <section key={folder.clone()}>
                        if !folder.is_empty() { <h3 class="cap tcap">{ folder.clone() }</h3> }
                        <ul class="tpl">{ for places.iter().filter_map(|at| own.get(*at).map(|one| item(*at, one))) }</ul>
                    </section>
                }) }
                if own.is_empty() { <p class="sql-none">{ "Queries that you save are kept here, in this browser. Export carries them elsewhere." }</p> }
            </div>
        </>
    }
}
