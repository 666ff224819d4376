//! Presets: filters and time ranges by name. Those of the reader are kept by the browser, exported to a file, imported, and shared by link.

use std::rc::Rc;

use yew::{platform::spawn_local, prelude::*};

use super::{Card, Column, Section, counting::present_filter};
use crate::{
    browser::{clipboard, document, files, history, save, storage},
    core::{filter::Filter, units},
    engine::{ExportFormat, FileParts},
    modes::{
        ModeProps,
        configuration::{address, query},
    },
    state::{
        busy::Busy,
        presets::{self, Preset},
        queries::use_later_query,
        scope::Scope,
        store::{Nav, go},
    },
    ui::{
        icon::Icon,
        menu::{MenuButton, MenuItem},
    },
};

pub const SECTION: Section = Section {
    slug: "presets",
    title: "Presets",
    icon: "star",
    column: Column::Main,
    count: |_| None,
    reset: |_| (),
    view: |props| html! { <Presets ..props.clone() /> },
};

/// A name that is being written.
#[derive(Clone, PartialEq)]
enum Naming {
    /// Of what is in force.
    New,
    /// Of a preset that has this name.
    Of(String),
}

#[component]
fn Presets(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let saved = use_state(|| presets::parse(&storage::read(presets::STORAGE_KEY).unwrap_or_default()));
    // What the browser kept may be cleared while they are on screen.
    {
        let saved = saved.setter();
        use_effect_with(store.cleared, move |cleared| {
            if *cleared > 0 {
                saved.set(presets::parse(&storage::read(presets::STORAGE_KEY).unwrap_or_default()));
            }
        });
    }
    let naming = use_state(|| None::<(Naming, String)>);
    let error = use_state(|| None::<String>);
    // What came of the last thing that was done; and why it failed, where it did.
    let said = use_state(String::new);
    let failed = use_state(|| None::<String>);
    let (own, warnings) = (Rc::new(saved.0.clone()), saved.1.clone());
    let offered = store.url.params.get(presets::PARAM).map(|name| presets::clean_name(name)).filter(|name| !name.is_empty());

    // Counts of all that can be counted without reading payload that the filter in force does not read anyway.
    let all: Vec<(Preset, bool)> =
        presets::built_in().into_iter().map(|preset| (preset, false)).chain(own.iter().map(|preset| (preset.clone(), true))).collect();
    let have = scope.scope.extras();
    let scopes: Vec<Option<Scope>> = all
        .iter()
        .map(|(preset, _)| {
            let filter = Filter::parse(&preset.filter).ok()?;
            let scope = Scope { filter, from_ns: preset.from_ns, to_ns: preset.to_ns };
            scope
                .extras()
                .iter()
                .all(|extra| have.contains(extra) || !query::reads_payload(extra, session.agents_anywhere))
                .then_some(scope)
        })
        .collect();
    let counted: Vec<Scope> = scopes.iter().flatten().cloned().collect();
    let extras = use_memo(counted.iter().flat_map(Scope::extras).collect::<std::collections::BTreeSet<_>>(), Clone::clone);
    let progress = crate::state::extras::store::use_extras(session, &extras, false);
    let question: Option<Rc<str>> = query::scopes_sql(&counted).filter(|_| progress.is_ready).map(Into::into);
    let answer = use_later_query(session, question.clone());
    let table = question.as_deref().and_then(|sql| answer.of(sql));
    let mut counts = table.map(|table| query::counts(table, counted.len())).unwrap_or_default().into_iter();
    let counts: Vec<Option<u64>> = scopes.iter().map(|scope| scope.as_ref().and_then(|_| counts.next().flatten())).collect();

    let keep = {
        let (saved, said, failed) = (saved.setter(), said.setter(), failed.setter());
        Callback::from(move |(presets, words): (Vec<Preset>, String)| {
            failed.set(None);
            storage::write(presets::STORAGE_KEY, &presets::print(&presets));
            saved.set((presets, Vec::new()));
            said.set(words);
        })
    };
    let begin = {
        let (naming, error) = (naming.setter(), error.setter());
        Callback::from(move |(what, name): (Naming, String)| {
            error.set(None);
            naming.set(Some((what, name)));
        })
    };
    let suggested = offered.clone().unwrap_or_else(|| suggested_name(props));
    let begin_new = {
        let suggested = presets::free_name(&suggested, &own);
        begin.reform(move |()| (Naming::New, suggested.clone()))
    };
    let finish = {
        let (naming, error, keep, own, store) = (naming.clone(), error.setter(), keep.clone(), own.clone(), store.clone());
        Callback::from(move |()| {
            let Some((what, name)) = (*naming).clone() else { return };
            let clean = presets::clean_name(&name);
            match what {
                _ if clean.is_empty() => error.set(Some("A preset needs a name.".to_owned())),
                Naming::New => {
                    keep.emit((presets::with(&own, Preset::of(&clean, &store.url)), format!("Saved as {clean}.")));
                    naming.set(None);
                    go(&store, Nav::Replace, |url| drop(url.params.remove(presets::PARAM)));
                }
                Naming::Of(old) => match presets::renamed(&own, &old, &clean) {
                    Ok(next) => {
                        keep.emit((next, format!("Renamed to {clean}.")));
                        naming.set(None);
                    }
                    Err(words) => error.set(Some(words)),
                },
            }
        })
    };
    {
        let latest = use_mut_ref(|| None::<Callback<()>>);
        *latest.borrow_mut() = Some(begin_new.clone());
        use_effect_with((), move |()| {
            let listener = document::on_key(move |event| {
                if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.default_prevented() {
                    event.prevent_default();
                    if let Some(begin) = latest.borrow().as_ref() {
                        begin.emit(());
                    }
                }
            });
            move || drop(listener)
        });
    }
    use_effect_with(naming.as_ref().map(|(what, _)| what.clone()), |what| {
        if what.is_some() {
            document::focus("#preset-name");
            document::select_all("#preset-name");
        }
    });
    let oninput = {
        let naming = naming.clone();
        Callback::from(move |event: InputEvent| {
            if let (Some(input), Some((what, _))) = (event.target_dyn_into::<web_sys::HtmlInputElement>(), (*naming).clone()) {
                naming.set(Some((what, input.value())));
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
    let fail = {
        let (said, failed) = (said.setter(), failed.setter());
        Callback::from(move |words: String| {
            said.set(String::new());
            failed.set(Some(words));
        })
    };
    let export = {
        let (own, fail) = (own.clone(), fail.clone());
        Callback::from(move |_: MouseEvent| {
            if !save::file("spandeck-presets.json", &FileParts::of_text(&presets::print(&own), ExportFormat::Json)) {
                fail.emit("The browser did not take the file of presets.".to_owned());
            }
        })
    };
    let onfile = {
        let (own, keep) = (own.clone(), keep.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() else { return };
            let Some(file) = files::from_list(input.files()).into_iter().next() else { return };
            // The same file may be chosen again.
            input.set_value("");
            let (own, keep, fail, busy) = (own.clone(), keep.clone(), fail.clone(), Busy::start());
            spawn_local(async move {
                let text = match file.size() {
                    0..=MOST_FILE_BYTES => files::read(&file.blob, 0, file.size()).await.and_then(|bytes| String::from_utf8(bytes).ok()),
                    _ => None,
                };
                match text.ok_or_else(|| "it is no text, or too large".to_owned()).and_then(|text| presets::imported(&own, &text)) {
                    Ok((next, words)) => keep.emit((next, words)),
                    Err(words) => fail.emit(format!("{} could not be imported: {words}", file.name)),
                }
                drop(busy);
            });
        })
    };
    let item = |(at, ((preset, is_own), count)): (usize, (&(Preset, bool), Option<u64>))| {
        let is_on = preset.is_in_force(&store.url);
        let apply = {
            let (store, preset) = (store.clone(), preset.clone());
            Callback::from(move |_: MouseEvent| {
                let preset = preset.clone();
                go(&store, Nav::Push, move |url| {
                    address::clear(url);
                    preset.apply(url);
                });
            })
        };
        let menu = {
            let (begin, keep, own, preset, store, said, is_own) =
                (begin.clone(), keep.clone(), own.clone(), preset.clone(), store.clone(), said.setter(), *is_own);
            Callback::from(move |()| {
                let link = {
                    let (preset, store, said) = (preset.clone(), store.clone(), said.clone());
                    Callback::from(move |()| {
                        let mut url = store.url.clone();
                        preset.apply(&mut url);
                        let mode = crate::modes::MODES.first().map_or("", |mode| mode.slug);
                        let linked = address::linked(
                            &url,
                            mode,
                            address::Carried { selection: false, ..address::Carried::default() },
                            Some(&preset.name),
                        );
                        let (text, said) = (format!("{}{}", history::page_address(), linked.print()), said.clone());
                        spawn_local(async move {
                            said.set(if clipboard::copy(&text).await {
                                "Link copied.".to_owned()
                            } else {
                                format!("The browser does not allow copying here: {text}")
                            });
                        });
                    })
                };
                let mut items = vec![MenuItem { label: "Copy link".into(), onpick: Some(link), ..MenuItem::default() }];
                if is_own {
                    let name = preset.name.clone();
                    items.push(MenuItem {
                        label: "Rename…".into(),
                        onpick: Some(begin.reform(move |()| (Naming::Of(name.clone()), name.clone()))),
                        ..MenuItem::default()
                    });
                    let (own, name) = (own.clone(), preset.name.clone());
                    items.push(MenuItem {
                        label: "Delete".into(),
                        onpick: Some(keep.reform(move |()| (presets::without(&own, &name), format!("Deleted {name}.")))),
                        ..MenuItem::default()
                    });
                }
                items
            })
        };
        let id = format!("preset-{at}");
        html! {
            <div class={classes!("preset", is_on.then_some("on"))} key={preset.name.clone()} data-testid="preset" data-name={preset.name.clone()} data-filter={preset.filter.clone()}>
                <button type="button" class="preset-b" aria-pressed={is_on.to_string()} title={if preset.filter.is_empty() { "No filter".to_owned() } else { preset.filter.clone() }} onclick={apply}>
                    <Icon name={if *is_own { "star" } else { "filter" }} class="s" /><span class="cut">{ preset.name.clone() }</span>
                    <b data-col="spans" data-value={count.map(|count| count.to_string())}>{ count.map_or_else(String::new, units::count_short) }</b></button>
                <MenuButton {id} icon="more" label={format!("More about {}", preset.name)} title="More" items={menu} />
            </div>
        }
    };
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} about="kept in this browser" head={html! {
            <>
                <label class="btn sm ghost" title="Add the presets of a file"><input class="vh" type="file" accept=".json,application/json" data-testid="preset-file" onchange={onfile} />{ "Import" }</label>
                <button type="button" class="btn sm ghost" disabled={own.is_empty()} title="Save your presets as a file" onclick={export}>{ "Export" }</button>
                <button type="button" class="btn sm" id="save-preset" title="Save the filter and the time range under a name (Ctrl Enter)" onclick={begin_new.reform(|_: MouseEvent| ())}><Icon name="save" class="s" />{ "Save current" }</button>
            </>
        }}>
            if let Some(name) = &offered {
                <div class="note i0" data-testid="preset-offer"><Icon name="star" /><div>{ format!("This link brings the preset “{name}”.") }</div><span class="grow"></span>
                    <button type="button" class="btn sm" onclick={begin.reform({ let name = name.clone(); move |_: MouseEvent| (Naming::New, name.clone()) })}>{ "Save it" }</button></div>
            }
            { for warnings.iter().map(|warning| html! { <div class="note w" key={warning.clone()}><Icon name="warn" /><div>{ warning.clone() }</div></div> }) }
            <div class="presets" role="group" aria-label="Presets">{ for all.iter().zip(counts).enumerate().map(item) }</div>
            if let Some((what, name)) = (*naming).clone() {
                <div class="cf-f"><label for="preset-name">{ if what == Naming::New { "Save as" } else { "New name" } }</label>
                    <input class="in cf-text" id="preset-name" autocomplete="off" value={name} aria-invalid={error.is_some().to_string()} {oninput} {onkeydown} />
                    <button type="button" class="btn sm primary" onclick={finish.reform(|_: MouseEvent| ())}>{ if what == Naming::New { "Save" } else { "Rename" } }</button>
                    if let Some(error) = &*error {
                        <span class="field-e" role="alert">{ error.clone() }</span>
                    }
                </div>
            }
            if let Some(words) = &*failed {
                <p class="field-e cf-p" role="alert" data-testid="preset-failed">{ words.clone() }</p>
            }
            <p class="cf-p dim" role="status" data-testid="preset-said" hidden={said.is_empty()}>{ (*said).clone() }</p>
        </Card>
    }
}

const MOST_FILE_BYTES: u64 = 2_000_000;

/// What is in force, in a few words.
fn suggested_name(props: &ModeProps) -> String {
    let text = present_filter(props).print();
    if text.is_empty() { "My preset".to_owned() } else { presets::clean_name(&text).chars().take(40).collect() }
}
