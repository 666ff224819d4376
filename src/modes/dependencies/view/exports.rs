//! The graph and its tables as files: CSV, JSON, DOT, Mermaid, SVG, PNG.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    super::{
        params::{DependencyParams, GraphKind, TableKind},
        rows,
    },
    tables::SharedSubject,
};
use crate::{
    browser::{picture, save},
    core::{graph::text, graph_view::picture::Picture},
    state::{
        exports::{Source, use_export},
        session::Session,
    },
    ui::{export_menu::ExportMenu, graph::SharedScene, menu::MenuItem},
};

#[derive(Properties, PartialEq)]
pub struct ExportsProps {
    pub session: Rc<Session>,
    pub params: DependencyParams,
    pub kind: GraphKind,
    pub subject: SharedSubject,
    pub scene: SharedScene,
}

#[component]
pub fn Exports(props: &ExportsProps) -> Html {
    let ExportsProps { session, params, kind, subject, scene } = props;
    let export = use_export(session, "export-dependencies", save::file);
    let stem = format!("dependencies-{}", kind.slug());
    let onpick = {
        let (subject, table) = (subject.clone(), params.table);
        let order = params.order_of(table).cloned().unwrap_or_else(rows::default_order);
        let stem = if table == TableKind::Edges { stem.clone() } else { format!("{stem}-{}", table.slug()) };
        export.onpick(stem, move || Source::Sheet(subject.0.sheet(table, &order)))
    };
    let item = |label: &'static str, save: Callback<()>| MenuItem { label: label.into(), onpick: Some(save), ..MenuItem::default() };
    let more = vec![
        item("DOT", {
            let (subject, name) = (subject.clone(), format!("{stem}.dot"));
            Callback::from(move |()| {
                save::text(&name, &text::dot(&subject.0.graph, &subject.0.is_back), "text/vnd.graphviz;charset=utf-8");
            })
        }),
        item("Mermaid", {
            let (subject, name) = (subject.clone(), format!("{stem}.mmd"));
            Callback::from(move |()| {
                save::text(&name, &text::mermaid(&subject.0.graph, &subject.0.is_back), "text/plain;charset=utf-8");
            })
        }),
        item("SVG", {
            let (scene, name) = (scene.clone(), format!("{stem}.svg"));
            Callback::from(move |()| {
                save::text(&name, &Picture::of(&scene.0, &picture::palette()).svg(), "image/svg+xml");
            })
        }),
        item("PNG", {
            let (scene, name) = (scene.clone(), format!("{stem}.png"));
            Callback::from(move |()| {
                picture::save_png(&name, &Picture::of(&scene.0, &picture::palette()));
            })
        }),
    ];
    html! { <ExportMenu id="export-dependencies" compact=true label="Export as CSV, DOT, Mermaid, SVG or PNG" progress={export.progress.clone()} {more} formats={Vec::new()} {onpick} oncancel={export.oncancel()} /> }
}
