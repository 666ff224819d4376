//! Who may use whom, as data. Reads src/ and fails with the line that crosses a border.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A layer (a prefix of the path below src/), and the layers it may name after `crate::`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("core/", &["core"]),
    ("import/", &["import", "core"]),
    ("engine/", &["engine", "core"]),
    ("browser/", &["browser", "core"]),
    ("state/", &["state", "core", "engine", "import"]),
    ("ui/", &["ui", "core", "browser"]),
    ("modes/", &["modes", "core", "engine", "state", "ui", "browser"]),
    ("app/", &["app", "modes", "ui", "state", "browser", "engine", "import", "core"]),
    ("lib.rs", &[]),
    ("main.rs", &[]),
    ("bin/importer.rs", &[]),
];

/// A crate, and where it may be named. The most particular prefix decides.
const CRATES: &[(&str, &[&str])] = &[
    ("wasm_bindgen", &["engine/", "browser/", "app/", "bin/"]),
    ("js_sys", &["engine/", "browser/", "app/importer.rs", "bin/"]),
    ("web_sys", &["engine/client.rs", "engine/export.rs", "engine/port.rs", "browser/", "ui/", "app/", "modes/", "bin/"]),
    ("gloo", &["engine/client.rs", "engine/port.rs", "browser/", "ui/", "app/", "modes/"]),
    ("arrow2", &["engine/arrow/"]),
    ("parquet", &["import/parquet/", "import/write/parquet_file.rs", "bin/"]),
    ("arrow_array", &["import/parquet/", "import/spans/", "import/write/", "import/shared_trace.rs"]),
    ("arrow_buffer", &["import/parquet/", "import/write/"]),
    ("arrow_ipc", &["import/parquet/", "import/spans/", "import/write/", "import/shared_trace.rs"]),
    ("arrow_schema", &["import/parquet/", "import/spans/", "import/write/", "import/shared_trace.rs"]),
    ("zstd", &["import/spans/packed/"]),
    ("memchr", &["import/spans/"]),
    ("yew", &["state/", "ui/", "modes/", "app/"]),
    ("rexie", &["browser/recents.rs"]),
    ("plotters", &["ui/chart"]),
    ("plotters_canvas", &["ui/chart"]),
    ("petgraph", &["core/graph"]),
    ("miniz_oxide", &["core/deflated.rs"]),
    ("qrcode", &["core/qr.rs"]),
];

/// Files of a mode that are pure: no components, no browser.
const PURE_OF_A_MODE: &[&str] = &[
    "query.rs",
    "model.rs",
    "params.rs",
    "ignored.rs",
    "minimap.rs",
    "scene.rs",
    "detail.rs",
    "find.rs",
    "runs.rs",
    "same_error.rs",
    "frames.rs",
    "others.rs",
    "tables.rs",
    "grouping.rs",
    "in_scope.rs",
    "attribute_keys.rs",
    "bounds.rs",
    "columns.rs",
    "figures.rs",
    "inspect.rs",
    "trend.rs",
    "widths.rs",
    "builder.rs",
    "address.rs",
    "choices.rs",
    "instants.rs",
    "patterns.rs",
    "local_data.rs",
    "windows.rs",
    "moment.rs",
    "words.rs",
    "sides.rs",
    "exemplars.rs",
    "failures.rs",
    "minutes.rs",
    "series.rs",
    "sparks.rs",
    "panels.rs",
    "changes.rs",
    "drawn.rs",
    "facts.rs",
    "pipeline.rs",
    "rows.rs",
    "services.rs",
    "question.rs",
    "behind.rs",
    "agents.rs",
    "edge.rs",
    "rings.rs",
    "path.rs",
    "bottlenecks.rs",
    "block.rs",
    "search.rs",
    "examples.rs",
    "files.rs",
    "help.rs",
    "modes.rs",
    "pictures.rs",
    "reference.rs",
    "start.rs",
    "stories.rs",
    "terms.rs",
    "catalog.rs",
    "history.rs",
    "saved.rs",
    "tabs.rs",
    "place.rs",
    "run.rs",
    "result_set.rs",
    "cell.rs",
    "order.rs",
    "keys.rs",
    "profile.rs",
    "plan.rs",
    "plan_text.rs",
    "chart.rs",
    "links.rs",
    "copy.rs",
    "shown.rs",
];

/// Borders that are crossed on purpose, each with its reason.
const DEBTS: &[(&str, &str, &str)] = &[];

struct Line {
    file: String,
    number: usize,
    text: String,
}

fn lines() -> Vec<Line> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).unwrap();
                let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
                found.extend(code.map(|(at, line)| Line { file: file.clone(), number: at + 1, text: line.to_owned() }));
            }
        }
    }
    assert!(found.len() > 1000, "src/ was not found");
    found
}

fn in_debt(file: &str, what: &str) -> bool {
    DEBTS.iter().any(|(debtor, owed, reason)| *debtor == file && *owed == what && !reason.is_empty())
}

/// Every `<path>::` of the line, without what is part of a longer name.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + name.len()..];
        !before.is_some_and(|character| character.is_alphanumeric() || character == '_' || character == ':' || character == '"')
            && after.starts_with("::")
    })
}

#[test]
fn a_layer_names_only_layers_below_it() {
    let mut crossings = Vec::new();
    for line in lines() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(layer, _)| line.file.starts_with(layer)) else {
            panic!("{} belongs to no layer: add it to the table", line.file);
        };
        for (at, _) in line.text.match_indices("crate::") {
            let rest = &line.text[at + "crate::".len()..];
            let used: Vec<&str> = match rest.strip_prefix('{') {
                // A group on one line; rustfmt breaks longer ones, whose lines are checked below.
                Some(group) => group.split(',').map(|part| part.trim().split("::").next().unwrap_or("")).collect(),
                None => vec![rest.split(|character: char| !(character.is_alphanumeric() || character == '_')).next().unwrap_or("")],
            };
            for layer in used.into_iter().filter(|layer| MAY_USE.iter().any(|(known, _)| known.trim_end_matches('/') == *layer)) {
                if !allowed.contains(&layer) && !in_debt(&line.file, layer) {
                    crossings.push(format!("src/{}:{}: {layer} may not be used here: {}", line.file, line.number, line.text.trim()));
                }
            }
        }
        // The lines of a broken group: four spaces, a layer, two colons.
        if let Some((layer, _)) = line.text.strip_prefix("    ").and_then(|rest| rest.split_once("::")) {
            let is_layer = MAY_USE.iter().any(|(known, _)| known.trim_end_matches('/') == layer);
            if is_layer && line.text.trim_end().ends_with([',', '{']) && !allowed.contains(&layer) {
                crossings.push(format!("src/{}:{}: {layer} may not be used here", line.file, line.number));
            }
        }
    }
    assert!(crossings.is_empty(), "\n{}\n", crossings.join("\n"));
}

#[test]
fn foreign_crates_stay_in_their_places() {
    let mut crossings = Vec::new();
    for line in lines() {
        for (name, places) in CRATES {
            let allowed = places.iter().any(|place| line.file.starts_with(place));
            if names(&line.text, name) && !allowed && !in_debt(&line.file, name) {
                crossings.push(format!("src/{}:{}: {name} may not be used here: {}", line.file, line.number, line.text.trim()));
            }
        }
    }
    assert!(crossings.is_empty(), "\n{}\n", crossings.join("\n"));
}

#[test]
fn the_thinking_part_of_a_mode_is_pure() {
    let mut crossings = Vec::new();
    for line in lines() {
        let Some((folder, file)) = line.file.strip_prefix("modes/").and_then(|rest| rest.rsplit_once('/')) else { continue };
        if folder.split('/').any(|part| part == "view") {
            continue;
        }
        if PURE_OF_A_MODE.contains(&file) {
            for name in ["yew", "web_sys", "gloo", "crate::browser", "crate::ui"] {
                if names(&line.text, name) {
                    crossings.push(format!("src/{}:{}: {}", line.file, line.number, line.text.trim()));
                }
            }
        }
    }
    assert!(crossings.is_empty(), "\n{}\n", crossings.join("\n"));
}

#[test]
fn a_mode_never_uses_another_mode() {
    let mut crossings = Vec::new();
    for line in lines() {
        let Some(own) = line.file.strip_prefix("modes/").and_then(|rest| rest.split_once('/')).map(|(own, _)| own) else { continue };
        for (at, _) in line.text.match_indices("crate::modes::") {
            let rest = &line.text[at + "crate::modes::".len()..];
            let used = rest.split("::").next().unwrap_or("");
            if used.chars().next().is_some_and(char::is_lowercase) && rest.contains("::") && used != own {
                crossings.push(format!("src/{}:{}: {}", line.file, line.number, line.text.trim()));
            }
        }
    }
    assert!(crossings.is_empty(), "\n{}\n", crossings.join("\n"));
}

/// Ways by which text becomes markup or a program. The page's policy refuses them while it runs; here they do not get as far.
#[test]
fn nothing_becomes_markup_or_a_program() {
    const WAYS: &[&str] = &[
        "inner_html",
        "innerHTML",
        "outerHTML",
        "outer_html",
        "insertAdjacentHTML",
        "insert_adjacent_html",
        "from_html_unchecked",
        "VRaw",
        "document.write",
        "DOMParser",
        "srcdoc",
        "createContextualFragment",
        "eval(",
        "new Function",
        "new_no_args",
        "javascript:",
        "setTimeout('",
        "setTimeout(\"",
    ];
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut folders, mut files) = (Vec::new(), vec![src], 0);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs")
                && path.extension().is_some_and(|extension| ["rs", "js", "mjs"].iter().any(|known| extension == *known))
            {
                files += 1;
                let text = fs::read_to_string(&path).unwrap();
                // What a file is tested with may be as hostile as it likes.
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let lines = code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
                found.extend(
                    lines
                        .filter(|(_, line)| WAYS.iter().any(|way| line.contains(way)))
                        .map(|(at, line)| format!("{}:{}: {}", path.display(), at + 1, line.trim())),
                );
            }
        }
    }
    assert!(files > 200, "src/ was not found");
    // Another page that a link opens must not reach back into this one.
    let opens = lines().into_iter().filter(|line| line.text.contains("\"_blank\"") && !line.text.contains("noopener"));
    found.extend(opens.map(|line| format!("src/{}:{}: opens another page without noopener", line.file, line.number)));
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_debt_is_still_owed() {
    for (file, _, _) in DEBTS {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file).exists(), "{file} is gone: strike its debt");
    }
}

/// Statements of readers may not change what the page made; a name that is not in the list would be theirs to change.
#[test]
fn what_the_page_makes_in_main_is_known_to_be_its_own() {
    let own: Vec<&str> = spandeck_core::helper_views::own_names().collect();
    let mut unknown = Vec::new();
    for line in lines() {
        for (at, _) in line.text.match_indices("CREATE ") {
            let made = &line.text[at..];
            let Some((_, name)) = made.split_once(" main.").filter(|(before, _)| !before.contains(" AS ")) else { continue };
            let name: String = name.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
            if !name.is_empty() && !own.contains(&name.as_str()) {
                unknown.push(format!("src/{}:{}: main.{name} is not in core/helper_views", line.file, line.number));
            }
        }
    }
    assert!(unknown.is_empty(), "\n{}\n", unknown.join("\n"));
}
