//! The chart of a result: what is drawn can be chosen, and leaves as a picture.

use std::rc::Rc;

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::slices::Shown;
use crate::{
    browser::resize::SizeWatch,
    modes::sql::{
        results::chart::{self, Chart, Choice, INKS, Kind, MOST_SERIES},
        runs::run::{self, Run},
    },
    ui::{
        chart::{
            export::{Format, Sheet},
            look::Look,
            paint::{FOOT_PX, Measure, gutter_px},
            stack::use_looks,
            surface,
        },
        menu::{MenuButton, MenuItem},
        picker::{PickOption, Picker},
        segments::Segments,
    },
};

#[derive(Properties, PartialEq)]
pub struct ChartViewProps {
    pub run: Rc<Run>,
    /// Rows so far.
    pub rows: usize,
    pub shown: Shown,
    /// Of the open file, for pictures.
    pub file: AttrValue,
}

#[component]
pub fn ChartView(props: &ChartViewProps) -> Html {
    let ChartViewProps { run, rows, shown, file } = props;
    let count = shown.count(*rows);
    let own = use_state(|| run.look.borrow().chart.clone());
    {
        let run = run.clone();
        use_effect_with((*own).clone(), move |own| run.look.borrow_mut().chart.clone_from(own));
    }
    let suggested = use_memo(*rows, |_| chart::suggestion(&run.result.borrow()));
    let choice = (*own).clone().or_else(|| (*suggested).clone());
    let drawn = use_memo((choice.clone(), shown.clone(), count), |(choice, shown, count)| {
        choice.as_ref().and_then(|choice| chart::draw(&run.result.borrow(), choice, &|place| shown.row(place), *count)).map(Rc::new)
    });
    let Some(choice) = choice else {
        return html! { <p class="empty">{ "There is no number in this result to draw." }</p> };
    };
    let set = run.result.borrow();
    let name = |column: usize| set.columns.get(column).map(|column| column.name.clone()).unwrap_or_default();
    let change = |change: Rc<dyn Fn(&mut Choice)>| {
        let (own, choice) = (own.clone(), choice.clone());
        move || {
            let mut next = choice.clone();
            change(&mut next);
            own.set(Some(next));
        }
    };
    let onkind = {
        let (own, choice) = (own.clone(), choice.clone());
        Callback::from(move |slug: &'static str| {
            if let Some(kind) = Kind::of(slug) {
                own.set(Some(Choice { kind, ..choice.clone() }));
            }
        })
    };
    let onx = {
        let (own, choice) = (own.clone(), choice.clone());
        Callback::from(move |value: AttrValue| own.set(Some(Choice { x: value.parse().ok(), ..choice.clone() })))
    };
    let mut options = vec![PickOption { value: "row".into(), label: "Row number".into(), note: None }];
    options.extend(set.columns.iter().enumerate().map(|(at, column)| PickOption {
        value: at.to_string().into(),
        label: column.name.clone().into(),
        note: Some(column.type_name.clone().into()),
    }));
    let measures = chart::measures(&set);
    let items: Vec<MenuItem> = measures
        .iter()
        .map(|column| {
            let (column, is_on) = (*column, choice.ys.contains(column));
            let toggle = change(Rc::new(move |choice: &mut Choice| match is_on {
                true => choice.ys.retain(|own| *own != column),
                false => {
                    choice.ys.push(column);
                    let from = choice.ys.len().saturating_sub(MOST_SERIES);
                    choice.ys.drain(..from);
                }
            }));
            MenuItem {
                label: name(column).into(),
                checked: Some(is_on),
                onpick: Some(Callback::from(move |()| toggle())),
                ..MenuItem::default()
            }
        })
        .collect();
    let y_words: String = match choice.ys.as_slice() {
        [] => "choose".to_owned(),
        [one] => name(*one),
        [one, rest @ ..] => format!("{} and {} more", name(*one), rest.len()),
    };
    let heading = format!("{file}: {}", run::first_words(&run.statement.sql, 80));
    let save = |format: Format| {
        let (drawn, heading) = ((*drawn).clone(), heading.clone());
        Callback::from(move |()| {
            if let Some(chart) = &drawn {
                let title = title(chart);
                let marks = |width_px: f64| chart.across.marks(width_px);
                Sheet::Plain { heading: &heading, title: &title, series: &chart.series, picture: &chart.picture, marks: &marks }.save(
                    "spandeck-sql-chart",
                    format,
                    &Look::read(INKS),
                );
            }
        })
    };
    let pictures = vec![
        MenuItem { label: "PNG".into(), onpick: Some(save(Format::Png)), ..MenuItem::default() },
        MenuItem { label: "SVG".into(), onpick: Some(save(Format::Svg)), ..MenuItem::default() },
    ];
    html! {
        <div class="sqr-chart" data-testid="sql-chart" data-kind={choice.kind.slug()}>
            <div class="sqr-tools">
                <Segments name="sql-chart-kind" label="Kind of chart" choices={Kind::ALL.map(|kind| (kind.slug(), kind.label().into())).to_vec()} chosen={choice.kind.slug()} onchoose={onkind} />
                if choice.kind != Kind::Histogram {
                    <span class="cap">{ "X" }</span>
                    <Picker id="sql-chart-x" label="Across" text={choice.x.map_or_else(|| "Row number".to_owned(), name)} options={Rc::new(options)} chosen={AttrValue::from(choice.x.map_or_else(|| "row".to_owned(), |x| x.to_string()))} onpick={onx} />
                }
                <span class="cap">{ "Y" }</span>
                <MenuButton id="sql-chart-y" icon="chart" label={format!("Values: {y_words}")} title="Values that are drawn" words={AttrValue::from(y_words)} items={Callback::from(move |()| items.clone())} />
                <span class="grow"></span>
                <MenuButton id="sql-chart-save" icon="download" label="Save the picture" title="Save the picture" words={AttrValue::from("Picture")} items={Callback::from(move |()| pictures.clone())} />
            </div>
            if let Some(chart) = &*drawn {
                if chart.series.len() > 1 {
                    <ul class="sqr-key">{ for chart.series.iter().map(|(name, ink)| html! { <li><i style={format!("background:var({ink})")}></i>{ name }</li> }) }</ul>
                }
                if let Some(note) = &chart.note { <p class="sqr-say" role="status">{ note }</p> }
                <Canvas chart={Shared(chart.clone())} label={title(chart)} />
                { table(chart) }
            } else {
                <p class="empty">{ "Nothing can be drawn of these columns: choose a number for Y." }</p>
            }
        </div>
    }
}

fn title(chart: &Chart) -> String {
    let names: Vec<&str> = chart.series.iter().map(|(name, _)| name.as_str()).collect();
    format!("{} by {}", names.join(", "), chart.head)
}

/// The same as text.
fn table(chart: &Chart) -> Html {
    html! {
        <div class="vh"><table data-testid="sql-chart-table" data-count={chart.rows.len().to_string()}>
            <caption>{ title(chart) }</caption>
            <thead><tr><th scope="col">{ &chart.head }</th>{ for chart.series.iter().map(|(name, _)| html! { <th scope="col">{ name }</th> }) }</tr></thead>
            <tbody>{ for chart.rows.iter().enumerate().map(|(at, (label, values))| html! {
                <tr key={at}><th scope="row" data-col="x">{ label }</th>{ for values.iter().zip(&chart.series).map(|(value, (name, _))| {
                    let text = value.map(|value| value.to_string());
                    html! { <td data-col={name.clone()} data-value={text.clone()}>{ text.unwrap_or_default() }</td> }
                }) }</tr>
            }) }</tbody>
        </table></div>
    }
}

#[derive(Clone)]
struct Shared(Rc<Chart>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties, PartialEq)]
struct CanvasProps {
    chart: Shared,
    label: AttrValue,
}

/// Drawn when the chart, its size or the theme changes.
#[component]
fn Canvas(props: &CanvasProps) -> Html {
    let (holder, canvas) = (use_node_ref(), use_node_ref());
    let size = use_state(|| (0.0_f64, 0.0_f64));
    let looks = use_looks();
    {
        let (holder, size) = (holder.clone(), size.setter());
        use_effect_with((), move |()| {
            let watch = holder
                .cast::<web_sys::Element>()
                .and_then(|holder| SizeWatch::start(&holder, move |width, height| size.set((width, height))));
            move || drop(watch)
        });
    }
    {
        let canvas = canvas.clone();
        use_effect_with((props.chart.clone(), *size, looks), move |(Shared(chart), size, _)| {
            let Some(canvas) = canvas.cast::<HtmlCanvasElement>() else { return };
            let gutter_px = gutter_px([&chart.picture.axis]);
            let marks = chart.across.marks(size.0 - gutter_px);
            surface::draw(
                &canvas,
                *size,
                &chart.picture,
                &marks,
                Measure { ratio: 1.0, font: 1.0, gutter_px, foot_px: FOOT_PX },
                &Look::read(INKS),
            );
        });
    }
    html! { <div class="sqr-canvas" ref={holder}><canvas ref={canvas} role="img" aria-label={props.label.clone()}></canvas></div> }
}
