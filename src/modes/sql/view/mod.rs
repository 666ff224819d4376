//! The SQL mode on the page: the side panel, the tabs, the editor, the run bar, the results.

mod commands;
mod desk;
mod keys;
mod names;
pub mod results;
mod run_bar;
mod side;
mod tab_bar;

use std::{any::Any, rc::Rc};

use yew::{platform::spawn_local, prelude::*};

use self::{
    commands::{Commands, What, make_shown},
    desk::{Remembered, use_desk},
    keys::{EDITOR, use_keys},
    names::use_known,
    results::Results,
    run_bar::RunBar,
    side::Side,
    tab_bar::TabBar,
};
use super::{
    catalog,
    history::{self, Entry},
    made::Made,
    params::SqlParams,
    runs::use_runs,
    tabs::QueryTab,
};
use crate::{
    browser::{document, resize::SizeWatch, storage},
    core::{sql_complete, sql_script},
    modes::ModeProps,
    state::{
        busy::Busy,
        helper_views,
        links::ToRun,
        session::Session,
        store::{Action, Notice, NoticeKind},
    },
    ui::{
        editor::{Editor, EditorHandle, Mark},
        icon::Icon,
        split::Splitter,
    },
};

/// Height of a line of the editor.
const LINE_PX: usize = 20;

/// Width of the panel and height of the editor, and which panel is shown: `250 0 schema`.
const PANES_KEY: &str = "sql-panes";

#[derive(Clone, Copy, PartialEq)]
struct Panes {
    side_px: i32,
    /// 0 until the reader drags: the stylesheet chooses.
    editor_px: i32,
    panel: &'static str,
}

impl Panes {
    fn read() -> Self {
        let text = storage::read(PANES_KEY).unwrap_or_default();
        let mut parts = text.split(' ');
        let mut px = |usual| parts.next().and_then(|part| part.parse().ok()).unwrap_or(usual);
        let (side_px, editor_px) = (px(250), px(0));
        let panel = parts.next().unwrap_or_default();
        let panel = ["templates", "history", "saved"].into_iter().find(|known| *known == panel).unwrap_or("schema");
        Self { side_px: side_px.clamp(180, 560), editor_px: if editor_px == 0 { 0 } else { editor_px.clamp(80, 1200) }, panel }
    }

    fn keep(self) {
        storage::write(PANES_KEY, &format!("{} {} {}", self.side_px, self.editor_px, self.panel));
    }
}

#[component]
pub fn SqlView(props: &ModeProps) -> Html {
    let ModeProps { session, store, scope } = props;
    let params = SqlParams::read(&store.url.params);
    let desk = use_desk(props);
    let tab = desk.tabs.active().clone();
    let runs = use_runs(session, &tab.id);
    let round = use_state(|| 0_u32);
    let known = use_known(session, *round);
    let handle = use_memo((), |()| EditorHandle::default());
    let history = use_state(|| Rc::new(history::parse(&storage::read(history::STORAGE_KEY).unwrap_or_default())));
    let panes = use_state(Panes::read);
    let drawer = use_state(|| false);
    let renaming = use_state(|| None::<String>);
    let save_asked = use_state(|| false);
    let closed = use_state(|| None::<(usize, QueryTab)>);
    let asks_reset = use_state(|| false);
    let walk = use_mut_ref(|| None::<(usize, String)>);
    let run_next = use_mut_ref(|| session.kept.of::<ToRun>().take());

    // Dragging begins at the height that the editor has.
    let height = use_state_eq(|| 320_i32);
    {
        let height = height.setter();
        use_effect_with((), move |()| {
            let watch = document::element("sql-query").and_then(|element| SizeWatch::start(&element, move |_, now| height.set(now as i32)));
            move || drop(watch)
        });
    }
    // What was made of an earlier filter follows the filter.
    {
        let remembered = session.kept.of::<Remembered>();
        let (session, scope) = (session.clone(), scope.scope.clone());
        use_effect_with(scope.clone(), move |_| {
            let is_other = remembered.shown_made.borrow().as_ref().is_some_and(|made| *made != catalog::shown_sql(&scope));
            if is_other {
                let busy = Busy::start();
                spawn_local(async move {
                    drop(make_shown(&session, &scope, &remembered).await);
                    drop(busy);
                });
            }
        });
    }
    let set_history = {
        let history = history.setter();
        Callback::from(move |next: Vec<Entry>| {
            storage::write(history::STORAGE_KEY, &history::print(&next));
            history.set(Rc::new(next));
        })
    };
    let onran = {
        let (round, set_history) = (round.clone(), set_history.clone());
        Callback::from(move |entry: Entry| {
            if sql_script::changes_tables(&entry.text) {
                round.set(*round + 1);
            }
            // Other pages of this browser write it too.
            let now = history::parse(&storage::read(history::STORAGE_KEY).unwrap_or_default());
            set_history.emit(history::with(&now, entry));
        })
    };
    let set_panes = {
        let panes = panes.clone();
        Callback::from(move |change: Box<dyn FnOnce(&mut Panes)>| {
            let mut next = *panes;
            change(&mut next);
            next.keep();
            panes.set(next);
        })
    };
    let onpanel = {
        let (set_panes, drawer) = (set_panes.clone(), drawer.setter());
        Callback::from(move |panel: &'static str| {
            drawer.set(true);
            set_panes.emit(Box::new(move |panes| panes.panel = panel));
        })
    };
    let commands = Commands {
        session: session.clone(),
        scope: scope.scope.clone(),
        desk: desk.clone(),
        tab: tab.clone(),
        runs: runs.clone(),
        params: params.clone(),
        handle: (*handle).clone(),
        history: (*history).clone(),
        walk,
    };
    let latest = use_mut_ref(|| commands.clone());
    *latest.borrow_mut() = commands.clone();
    // A template that is opened to be run, here or from the Guide: once its tab is shown.
    {
        let (run_next, latest) = (run_next.clone(), latest.clone());
        use_effect_with(tab.clone(), move |tab| {
            let is_wanted = run_next.borrow_mut().take_if(|text| *text == tab.text).is_some();
            if is_wanted {
                let commands = latest.borrow().clone();
                commands.run(What::All);
            }
        });
    }
    let close_tab = {
        let (latest, closed) = (latest.clone(), closed.setter());
        let session = session.clone();
        Callback::from(move |id: String| {
            let Commands { desk, runs, tab, .. } = latest.borrow().clone();
            if tab.id == id {
                runs.forget();
            }
            let kept = desk.tabs.get(&id).filter(|tab| !tab.text.trim().is_empty()).cloned();
            let at = desk.tabs.list.iter().position(|tab| tab.id == id).unwrap_or(0);
            closed.set(kept.map(|tab| (at, tab)));
            session.kept.of::<Remembered>().ran.borrow_mut().remove(&id);
            desk.change(move |tabs| drop(tabs.close(&id)));
        })
    };
    let oncommand = {
        let (latest, renaming, save_asked, onpanel) = (latest.clone(), renaming.setter(), save_asked.setter(), onpanel.clone());
        let asks_reset = asks_reset.setter();
        Callback::from(move |command: AttrValue| {
            let mut commands = latest.borrow().clone();
            // A key may come before what was typed ahead of it is drawn.
            if let Some(text) = commands.handle.text() {
                commands.tab.text = text;
            }
            let can_run = !commands.runs.is_running();
            match command.as_str() {
                "run" if can_run => commands.run(What::Here),
                "run-all" if can_run => commands.run(What::All),
                "explain" if can_run => commands.run(What::Plan { analyze: false }),
                "analyze" if can_run => commands.run(What::Plan { analyze: true }),
                "cancel" => commands.runs.cancel(),
                "format" => commands.format(),
                "older" => commands.walk(true),
                "newer" => commands.walk(false),
                "focus" => commands.handle.focus(),
                "reset" => {
                    asks_reset.set(true);
                    document::after_paint(|| document::focus("#sql-reset-no"));
                }
                "rename" => renaming.set(Some(commands.tab.id.clone())),
                "save" => {
                    onpanel.emit("saved");
                    save_asked.set(true);
                }
                _ => {}
            }
        })
    };
    use_keys(&oncommand, store.help_open);
    let onpreview = {
        let latest = latest.clone();
        Callback::from(move |written: String| {
            let commands = latest.borrow().clone();
            commands.preview(catalog::preview_sql(&written));
        })
    };
    let onrun = {
        let (latest, run_next) = (latest.clone(), run_next);
        Callback::from(move |(name, text): (String, String)| {
            let commands = latest.borrow().clone();
            if commands.tab.text == text {
                return commands.run(What::All);
            }
            run_next.replace(Some(text.clone()));
            commands.desk.open(&name, &text);
        })
    };
    let onchange = {
        let (desk, id) = (desk.clone(), tab.id.clone());
        Callback::from(move |text: String| {
            let id = id.clone();
            desk.change(move |tabs| tabs.set_text(&id, text));
        })
    };
    let complete = {
        let names = known.names.clone();
        Callback::from(move |(text, at): (String, usize)| sql_complete::complete(&text, at, &names))
    };
    let hold = Callback::from(|()| Rc::new(Busy::start()) as Rc<dyn Any>);
    let ran = session.kept.of::<Remembered>().ran.borrow().get(&tab.id).cloned();
    let is_same = ran.as_ref().is_some_and(|ran| ran.editor == tab.text && !ran.is_preview);
    let mark = runs.failure().filter(|_| is_same).and_then(|failure| mark_of(&tab.text, failure.at?, failure.message));
    let reset = {
        let (session, round, asks_reset, store) = (session.clone(), round.clone(), asks_reset.setter(), store.clone());
        Callback::from(move |_: MouseEvent| {
            asks_reset.set(false);
            let (session, round, store, busy) = (session.clone(), round.clone(), store.clone(), Busy::start());
            spawn_local(async move {
                if let Err(error) = helper_views::reset(&session.engine).await {
                    store.dispatch(Action::Tell(Notice {
                        kind: NoticeKind::Error,
                        text: format!("The database could not be reset: {error}"),
                    }));
                }
                session.kept.of::<Remembered>().shown_made.replace(None);
                session.kept.of::<Made>().clear();
                round.set(*round + 1);
                drop(busy);
            });
        })
    };
    let keep_all = Callback::from({
        let asks_reset = asks_reset.setter();
        move |_: MouseEvent| asks_reset.set(false)
    });
    let undo_close = {
        let (closed, desk) = (closed.clone(), desk.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some((at, tab)) = (*closed).clone() {
                desk.change(move |tabs| tabs.restore(at, tab));
            }
            closed.set(None);
        })
    };
    let forget_closed = Callback::from({
        let closed = closed.setter();
        move |_: MouseEvent| closed.set(None)
    });
    let resize = |change: fn(&mut Panes, i32)| {
        set_panes.reform(move |px: i32| Box::new(move |panes: &mut Panes| change(panes, px)) as Box<dyn FnOnce(&mut Panes)>)
    };
    let (editor_height, editor_fit) = match panes.editor_px {
        0 => ("46%".to_owned(), format!("{}px", tab.text.lines().count().max(2) * LINE_PX + LINE_PX)),
        px => (format!("{px}px"), format!("{px}px")),
    };
    let onasked = Callback::from({
        let save_asked = save_asked.setter();
        move |()| save_asked.set(false)
    });
    let close_drawer = Callback::from({
        let drawer = drawer.setter();
        move |()| drawer.set(false)
    });
    let open_drawer = Callback::from({
        let drawer = drawer.setter();
        move |()| drawer.set(true)
    });
    html! {
        <div class={classes!("sqm", drawer.then_some("drawer"))} style={format!("--sql-side: {}px; --sql-editor: {editor_height}; --sql-fit: {editor_fit}", panes.side_px)}>
            <Side session={session.clone()} desk={desk.clone()} handle={(*handle).clone()} known={known.clone()} panel={panes.panel} {onpanel} history={(*history).clone()} onhistory={set_history}
                save_asked={*save_asked} {onasked} {onpreview} {onrun} onclose={close_drawer.clone()} />
            <Splitter value={panes.side_px} min={180} max={560} label="Width of the panel" onresize={resize(|panes, px| panes.side_px = px.clamp(180, 560))} />
            <section class="sql-main" aria-label="Query">
                <TabBar session={session.clone()} desk={desk.clone()} ondrawer={open_drawer} {onran} onclose={close_tab} renaming={(*renaming).clone()} onrename={Callback::from({ let renaming = renaming.setter(); move |next| renaming.set(next) })}
                    is_filtered={!scope.scope.is_everything()} />
                if desk.linked.as_ref() == Some(&tab.id) {
                    <div class="note i0" role="status" data-testid="notice"><Icon name="link" /><div>{ "This query came with a link. Run it when you have read it." }</div><span class="grow"></span>
                        <button type="button" class="btn sm" onclick={desk.seen.reform(|_: MouseEvent| ())}>{ "Dismiss" }</button></div>
                }
                if *asks_reset {
                    <div class="note w" role="alertdialog" aria-labelledby="sql-reset-h" data-testid="sql-reset"><Icon name="warn" /><div id="sql-reset-h">{ "Drop every table and view that was made here, and end what runs? The file and your queries stay." }</div><span class="grow"></span>
                        <button type="button" class="btn sm" data-testid="sql-reset-yes" onclick={reset}>{ "Reset" }</button><button type="button" class="btn sm" id="sql-reset-no" onclick={keep_all}>{ "Keep" }</button></div>
                }
                if let Some((_, tab)) = &*closed {
                    <div class="note i0" role="status" data-testid="sql-closed"><Icon name="history" /><div>{ format!("{} is closed.", tab.title()) }</div><span class="grow"></span>
                        <button type="button" class="btn sm" onclick={undo_close}>{ "Undo" }</button><button type="button" class="icon-btn sm" aria-label="Dismiss" onclick={forget_closed}><Icon name="x" class="xs" /></button></div>
                }
                <div class="sql-ed" id="sql-query" role="tabpanel" aria-labelledby={format!("qtab-{}", tab.id)}>
                    <Editor testid="sql-editor" label="SQL" description="Escape, then Tab leaves the editor. Control Enter runs the statement at the caret, Control Space suggests." placeholder="SELECT … FROM spans" name={tab.id.clone()}
                        text={tab.text.clone()} {mark} keys={EDITOR} handle={(*handle).clone()} {complete} {onchange} oncommand={oncommand.clone()} {hold} />
                </div>
                <RunBar store={store.clone()} {params} runs={runs.clone()} is_empty={tab.text.trim().is_empty()} {oncommand} />
                <Splitter across={true} value={*height} min={80} max={1200} label="Height of the editor" onresize={resize(|panes, px| panes.editor_px = px.clamp(80, 1200))} />
                <Results key={tab.id.clone()} session={session.clone()} store={store.clone()} {runs} changed_since={ran.is_some() && !is_same} />
            </section>
            <div class="scrim" aria-hidden="true" onclick={close_drawer.reform(|_: MouseEvent| ())}></div>
        </div>
    }
}

/// The view of what the filter lets through is gone with its database: it is made again, or when it is named next.
pub async fn show_again(session: &Session) {
    let remembered = session.kept.of::<Remembered>();
    let sql = remembered.shown_made.take();
    if let Some(sql) = sql
        && session.engine.query(&sql).await.is_ok()
    {
        remembered.shown_made.replace(Some(sql));
    }
}

/// From where DuckDB points to the end of the word there.
fn mark_of(text: &str, at: usize, message: String) -> Option<Mark> {
    let token = sql_script::tokens(text).into_iter().find(|token| token.range.contains(&at) && token.counts());
    let end = token.map_or(at, |token| token.range.end);
    (at <= text.len()).then_some(Mark { start: at, end, message })
}
