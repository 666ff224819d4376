//! Figures as OpenMetrics text, which Prometheus and its kin read. Pure text; every value is of one window of time.

use std::fmt::Write as _;

/// What such a text is called among programs.
pub const MIME: &str = "application/openmetrics-text;version=1.0.0;charset=utf-8";

/// The figures of one subject. Durations are milliseconds, as everywhere; the text has seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// `None`: spans without a value.
    pub name: Option<String>,
    pub calls: u64,
    pub errors: u64,
    pub rate_per_s: Option<f64>,
    pub total_ms: Option<f64>,
    pub p50_ms: Option<f64>,
    pub p95_ms: Option<f64>,
    pub p99_ms: Option<f64>,
}

type Count = fn(&Sample) -> u64;

impl Sample {
    fn calls(&self) -> u64 {
        self.calls
    }

    fn errors(&self) -> u64 {
        self.errors
    }
}

/// The text, `label` being what the subjects are ("service"). `window_s` is the length of the window.
#[must_use]
pub fn write(label: &str, window_s: f64, samples: &[Sample]) -> String {
    let label = label_name(label);
    let of = |sample: &Sample| match &sample.name {
        Some(name) => format!("{label}=\"{}\"", escaped(name)),
        // An empty label is one that is not there; a second one tells it from a name that is empty.
        None => format!("{label}=\"\",missing=\"true\""),
    };
    let mut out = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = out.write_fmt(text);
        out.push('\n');
    };
    line(format_args!("# TYPE spandeck_window_seconds gauge"));
    line(format_args!("# UNIT spandeck_window_seconds seconds"));
    line(format_args!("# HELP spandeck_window_seconds Length of the time range that the figures are of."));
    if window_s.is_finite() {
        line(format_args!("spandeck_window_seconds {window_s}"));
    }
    let counters = [
        ("spandeck_spans", "Spans that started in the time range.", Sample::calls as Count),
        ("spandeck_span_errors", "Those of them that failed.", Sample::errors as Count),
    ];
    for (name, help, value) in counters {
        line(format_args!("# TYPE {name} counter"));
        line(format_args!("# HELP {name} {help}"));
        for sample in samples {
            line(format_args!("{name}_total{{{}}} {}", of(sample), value(sample)));
        }
    }
    line(format_args!("# TYPE spandeck_span_rate gauge"));
    line(format_args!("# HELP spandeck_span_rate Spans a second."));
    for sample in samples {
        if let Some(rate) = sample.rate_per_s.filter(|rate| rate.is_finite()) {
            line(format_args!("spandeck_span_rate{{{}}} {rate}", of(sample)));
        }
    }
    line(format_args!("# TYPE spandeck_span_duration_seconds summary"));
    line(format_args!("# UNIT spandeck_span_duration_seconds seconds"));
    line(format_args!("# HELP spandeck_span_duration_seconds Exact percentiles of the spans' durations."));
    for sample in samples {
        let labels = of(sample);
        for (quantile, value) in [("0.5", sample.p50_ms), ("0.95", sample.p95_ms), ("0.99", sample.p99_ms)] {
            if let Some(value) = value.filter(|value| value.is_finite()) {
                line(format_args!("spandeck_span_duration_seconds{{{labels},quantile=\"{quantile}\"}} {}", value / 1e3));
            }
        }
        line(format_args!("spandeck_span_duration_seconds_count{{{labels}}} {}", sample.calls));
        if let Some(total) = sample.total_ms.filter(|total| total.is_finite()) {
            line(format_args!("spandeck_span_duration_seconds_sum{{{labels}}} {}", total / 1e3));
        }
    }
    line(format_args!("# EOF"));
    out
}

/// Letters, digits and underscores; never empty and never a digit first.
fn label_name(text: &str) -> String {
    let clean: String = text.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '_' }).collect();
    let is_name = clean.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
    if is_name { clean } else { format!("by_{clean}") }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_and_milliseconds_seconds() {
        let samples = [
            Sample {
                name: Some("a\"b\\\n".to_owned()),
                calls: 4,
                errors: 1,
                rate_per_s: Some(0.5),
                total_ms: Some(3_000.0),
                p50_ms: Some(500.0),
                ..Sample::default()
            },
            Sample { calls: 1, ..Sample::default() },
        ];
        let text = write("attr.agent.name", 8.0, &samples);
        assert!(text.contains("spandeck_window_seconds 8\n") && text.ends_with("# EOF\n"), "{text}");
        assert!(text.contains("spandeck_spans_total{attr_agent_name=\"a\\\"b\\\\\\n\"} 4\n"), "{text}");
        assert!(text.contains("spandeck_span_errors_total{attr_agent_name=\"\",missing=\"true\"} 0\n"), "{text}");
        assert!(
            text.contains(",quantile=\"0.5\"} 0.5\n") && text.contains("_seconds_sum{attr_agent_name=\"a\\\"b\\\\\\n\"} 3\n"),
            "{text}"
        );
        assert!(!text.contains("NaN") && !text.contains("quantile=\"0.99\""), "what is missing has no line");
        assert_eq!(label_name("1 x"), "by_1_x");
    }
}
