//! A picture of a definition, drawn with the page's own colours.

use yew::prelude::*;

use super::super::block::{Picture, Stroke};

pub fn picture(picture: &'static Picture) -> Html {
    let stroke = |stroke: &'static Stroke| match *stroke {
        Stroke::Bar(x, y, width, height, class) => {
            html! { <rect x={x.to_string()} y={y.to_string()} width={width.to_string()} height={height.to_string()} rx="2" {class} /> }
        }
        Stroke::Path(d, class) => html! { <path {d} {class} /> },
        Stroke::Words(x, y, words) => html! { <text x={x.to_string()} y={y.to_string()}>{ words }</text> },
        Stroke::Dot(x, y, r, class) => html! { <circle cx={x.to_string()} cy={y.to_string()} r={r.to_string()} {class} /> },
    };
    html! {
        <svg class="gpic" viewBox={format!("0 0 300 {}", picture.height)} role="img" aria-label={picture.alt}>
            { for picture.strokes.iter().map(stroke) }
        </svg>
    }
}
