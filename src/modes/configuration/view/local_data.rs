//! Local data: what this browser keeps of the page, and how to be rid of it.

use yew::{platform::spawn_local, prelude::*};

use super::{
    super::local_data::{KeptLine, LocalData},
    Card, Column, Section, setting,
};
use crate::{
    browser::{
        document,
        offline::{self, Offline},
        recents, storage,
    },
    modes::ModeProps,
    state::{busy::Busy, store::Action},
    ui::{icon::Icon, segments::Segments},
};

pub const SECTION: Section = Section {
    slug: "local",
    title: "Local data",
    icon: "shield",
    column: Column::Side,
    count: |_| None,
    reset: |_| (),
    view: |props| html! { <KeptData ..props.clone() /> },
};

#[component]
fn KeptData(props: &ModeProps) -> Html {
    let store = &props.store;
    let recents = use_state(|| 0_u64);
    let asks = use_state(|| false);
    let cleared = store.cleared;
    {
        let recents = recents.setter();
        use_effect_with(cleared, move |_| {
            let busy = Busy::start();
            spawn_local(async move {
                recents.set(recents::list().await.len() as u64);
                drop(busy);
            });
        });
    }
    // What was chosen a moment ago is written after it has been drawn.
    let texts = use_state(|| (storage::keys(), storage::read("presets")));
    {
        let texts = texts.setter();
        use_effect_with((cleared, store.theme, store.preferences, store.panes), move |_| {
            document::after_paint(move || texts.set((storage::keys(), storage::read("presets"))));
        });
    }
    let data = LocalData { recents: *recents, texts: texts.0.clone(), presets: texts.1.clone(), engine: store.engine_kept };
    let ask = |wanted: bool, focus: &'static str| {
        let asks = asks.setter();
        Callback::from(move |_: MouseEvent| {
            asks.set(wanted);
            document::after_paint(move || document::focus(focus));
        })
    };
    let clear = {
        let (store, asks) = (store.clone(), asks.setter());
        Callback::from(move |_: MouseEvent| {
            let (store, busy) = (store.clone(), Busy::start());
            asks.set(false);
            storage::clear();
            spawn_local(async move {
                recents::clear().await;
                store.dispatch(Action::LocalDataCleared);
                document::after_paint(|| document::focus("#section-local-h"));
                drop(busy);
            });
        })
    };
    let line = |line: KeptLine| {
        let is_kept = line.amount.is_some();
        html! {
            <><dt>{ line.label }</dt><dd class={(!is_kept).then_some("dim")} data-col={line.what} data-value={is_kept.to_string()}>{ line.amount.unwrap_or_else(|| "nothing".to_owned()) }</dd></>
        }
    };
    html! {
        <Card slug={SECTION.slug} title={SECTION.title} about="never leaves this browser">
            <dl class="kv dt wide" data-testid="local-data">{ for data.lines().into_iter().map(line) }</dl>
            <div class="cf-f">
                if *asks {
                    <span class="sub" id="clear-q">{ "Forget all of this? The open file stays open." }</span><span class="grow"></span>
                    // Where the first button was is the one that changes nothing: a double click clears nothing.
                    <button type="button" class="btn sm danger" id="clear-yes" aria-describedby="clear-q" onclick={clear}><Icon name="trash" class="s" />{ "Clear" }</button>
                    <button type="button" class="btn sm" id="clear-no" onclick={ask(false, "#clear-local")}>{ "Keep" }</button>
                } else {
                    <span class="dim" role="status">{ if cleared > 0 && data.is_empty() { "Cleared" } else { "" } }</span><span class="grow"></span>
                    <button type="button" class="btn sm danger" id="clear-local" disabled={data.is_empty()} onclick={ask(true, "#clear-no")}><Icon name="trash" class="s" />{ "Clear local data" }</button>
                }
            </div>
            <OfflineCopy {cleared} />
        </Card>
    }
}

#[derive(Properties, PartialEq)]
struct OfflineProps {
    /// How often all that is kept was cleared: the choice about the copy goes with it.
    cleared: u32,
}

/// The copy of the page for times without network: a switch and what has become of it.
#[component]
fn OfflineCopy(props: &OfflineProps) -> Html {
    let state = use_state(offline::state);
    {
        let state = state.setter();
        use_effect_with((), move |()| {
            let watch = offline::watch(move |now| state.set(now));
            move || drop(watch)
        });
    }
    use_effect_with(props.cleared, |cleared| {
        if *cleared > 0 {
            spawn_local(async {
                offline::settle().await;
            });
        }
    });
    let onchoose = Callback::from(|word: &'static str| {
        let busy = Busy::start();
        spawn_local(async move {
            offline::want(word == "on").await;
            drop(busy);
        });
    });
    let (word, about) = match *state {
        Offline::Missing => ("missing", "Not possible here: the browser keeps a page only when it comes by https or from this computer."),
        Offline::Off => ("off", "The page needs the network each time; what of it lies in the browser's cache is as with any site."),
        Offline::Preparing => ("preparing", "The page, the engine and the sample are being kept…"),
        Offline::Ready => ("ready", "The page, the engine and the sample open without network. Files of yours are never kept."),
        Offline::Failed => ("failed", "The browser did not keep the page: it has no room, or the site did not give all of it."),
        Offline::Update => ("update", "A newer version is ready: it is shown after a reload."),
    };
    html! {
        <div data-testid="offline" data-state={word}>
            if *state != Offline::Missing {
                { setting("Works offline", html! {
                    <Segments name="offline" label="Works offline" choices={vec![("on", AttrValue::Static("On")), ("off", AttrValue::Static("Off"))]} chosen={if *state == Offline::Off { "off" } else { "on" }} {onchoose} />
                }) }
            }
            <p class="cf-p dim" role="status">{ about }</p>
        </div>
    }
}
