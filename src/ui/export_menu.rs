//! A menu of files that a result can be saved as, with the rows so far and a way to stop beside it while one is written.

use yew::prelude::*;

use super::{
    icon::Icon,
    menu::{MenuButton, MenuItem},
};
use crate::{
    browser::{document, storage},
    core::{
        export::{ExportFormat, ExportProgress},
        units,
    },
};

/// Whether CSV is written for Excel, remembered by the browser.
const BOM_KEY: &str = "csv-bom";

#[derive(Properties, PartialEq)]
pub struct ExportMenuProps {
    /// Of the button; the way to stop is `{id}-cancel`.
    pub id: AttrValue,
    /// What it does, where "Export" does not say enough.
    #[prop_or(AttrValue::Static("Export"))]
    pub label: AttrValue,
    /// The icon without words, where room is short.
    #[prop_or_default]
    pub compact: bool,
    pub progress: ExportProgress,
    /// Lines before the formats, for a mode's own files.
    #[prop_or_default]
    pub more: Vec<MenuItem>,
    /// What is offered besides CSV and JSON. Nothing for tables that the page made: they are written as text.
    #[prop_or(vec![ExportFormat::Parquet])]
    pub formats: Vec<ExportFormat>,
    pub onpick: Callback<ExportFormat>,
    /// Stops what runs; takes back what was said about a failure.
    pub oncancel: Callback<()>,
}

#[component]
pub fn ExportMenu(props: &ExportMenuProps) -> Html {
    let ExportMenuProps { id, label, compact, progress, more, formats, onpick, oncancel } = props;
    let bom = use_state(|| storage::read(BOM_KEY).as_deref() == Some("true"));
    let rows = if let ExportProgress::Running { rows } = progress { Some(*rows) } else { None };
    let cancel_id = format!("{id}-cancel");
    // The button to stop goes when there is nothing left to stop, and must not take the focus with it.
    let leaves_focus = rows.is_none() && document::focus_is(&format!("#{cancel_id}"));
    use_effect_with((rows.is_some(), id.clone()), move |(_, id)| {
        if leaves_focus {
            document::focus(&format!("#{id}"));
        }
    });
    let items = use_callback(
        (more.clone(), formats.clone(), onpick.clone(), rows.is_some(), bom.clone()),
        |(), (more, formats, onpick, is_running, bom)| {
            let item = |label: &'static str, format: ExportFormat| {
                let pick = onpick.reform(move |()| format);
                MenuItem { label: label.into(), onpick: (!is_running).then_some(pick), ..MenuItem::default() }
            };
            let toggle = {
                let bom = bom.clone();
                Callback::from(move |()| {
                    storage::write(BOM_KEY, &(!*bom).to_string());
                    bom.set(!*bom);
                })
            };
            let own = more.iter().map(|item| MenuItem { onpick: item.onpick.clone().filter(|_| !is_running), ..item.clone() });
            let mut items: Vec<MenuItem> = own.collect();
            let offered = [ExportFormat::Csv { bom: **bom }, ExportFormat::Json].into_iter().chain(formats.iter().copied());
            items.extend(offered.map(|format| item(format.label(), format)));
            items.push(MenuItem {
                label: "CSV for Excel (with BOM)".into(),
                checked: Some(**bom),
                onpick: Some(toggle),
                ..MenuItem::default()
            });
            items
        },
    );
    let press = {
        let (oncancel, id) = (oncancel.clone(), id.clone());
        Callback::from(move |_: MouseEvent| {
            oncancel.emit(());
            document::focus(&format!("#{id}"));
        })
    };
    let words = (!compact).then_some(AttrValue::Static("Export"));
    html! {
        <div class="export">
            if let Some(rows) = rows {
                <span class="busy" data-testid="export-progress" data-rows={rows.to_string()}><i class="spin"></i>{ if rows == 0 { "Exporting".to_owned() } else { units::counted(rows, "row") } }</span>
                <button type="button" class="btn sm" id={cancel_id} onclick={press.clone()}>{ "Cancel" }</button>
            }
            <MenuButton id={id.clone()} icon="download" label={label.clone()} title={label.clone()} {words} {items} />
            if let ExportProgress::Failed(why) = progress {
                <div class="pop export-e"><div class="note e">
                    <Icon name="err" /><span role="alert" data-testid="export-error">{ format!("Nothing was saved. {why}") }</span>
                    <button type="button" class="icon-btn sm" aria-label="Close" title="Close" onclick={press}><Icon name="x" class="s" /></button>
                </div></div>
            }
            <span class="vh" role="status">{ match progress { ExportProgress::Running { .. } => "Exporting", ExportProgress::Saved => "Saved", _ => "" } }</span>
        </div>
    }
}
