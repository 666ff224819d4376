//! Small lines over time as pictures.

use yew::prelude::*;

use super::super::sparks::{Bar, HEIGHT, Spark, WIDTH};

fn boxes(bars: &[Bar], class: &'static str) -> Html {
    bars.iter().map(|[x, y, width, height]| html! { <rect {class} x={format!("{x:.2}")} y={format!("{y:.2}")} width={format!("{width:.2}")} height={format!("{height:.2}")} /> }).collect()
}

/// Spans over time, the failed ones at the foot of their bars.
pub fn bars(spark: &Spark) -> Html {
    html! {
        <svg class="sp spb" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" role="img" aria-label={spark.words.clone()}>
            { boxes(&spark.bars, "spc") }{ boxes(&spark.failed, "spf") }
        </svg>
    }
}

/// p95 over time; parts without spans are gaps.
pub fn line(spark: &Spark) -> Html {
    html! {
        <svg class="sp" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} role="img" aria-label={spark.words.clone()}>
            { for spark.lines.iter().map(|points| html! { <polyline points={points.clone()} /> }) }
        </svg>
    }
}
