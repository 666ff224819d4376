use proptest::prelude::*;

use super::*;

/// An artifact as "id" or "id by agent" or "id by agent at time".
fn artifact(text: &str) -> ArtifactRef {
    let (id, rest) = text.split_once(" by ").map_or((text, None), |(id, rest)| (id, Some(rest)));
    let (agent, created) = rest.map_or((None, None), |rest| match rest.split_once(" at ") {
        Some((agent, time)) => (Some(agent), time.parse().ok()),
        None => (Some(rest), None),
    });
    ArtifactRef {
        id: id.to_owned(),
        type_name: "Draft".to_owned(),
        produced_by: agent.map(str::to_owned),
        created_ns: created,
        correlation_id: None,
    }
}

/// A run of ten nanoseconds in trace "t".
fn run(span: &str, agent: &str, start: i64, inputs: &[&str], outputs: &[&str]) -> Run {
    Run {
        trace_id: "t".to_owned(),
        span_id: span.to_owned(),
        agent: Some(agent.to_owned()),
        start_ns: start,
        end_ns: start + 10,
        is_error: false,
        inputs: inputs.iter().copied().map(artifact).collect(),
        outputs: outputs.iter().copied().map(artifact).collect(),
    }
}

fn spans(lineage: &Lineage, runs: impl IntoIterator<Item = u32>) -> Vec<&str> {
    runs.into_iter().filter_map(|at| lineage.run(at)).map(|run| run.span_id.as_str()).collect()
}

fn why<'a>(lineage: &'a Lineage, span: &str) -> (Vec<&'a str>, ChainEnd) {
    let why = lineage.why(lineage.find("t", span).unwrap());
    (spans(lineage, why.steps.iter().map(|step| step.run)), why.end)
}

/// Effects as "depth span".
fn caused(lineage: &Lineage, span: &str) -> Vec<String> {
    let caused = lineage.caused(lineage.find("t", span).unwrap());
    caused.effects.iter().map(|effect| format!("{} {}", effect.depth, lineage.run(effect.run).unwrap().span_id)).collect()
}

#[test]
fn a_chain_leads_back_to_what_came_from_outside() {
    let lineage = Lineage::new(vec![
        run("c", "critic", 40, &["d1 by writer"], &["k1"]),
        run("r", "researcher", 0, &["b1 by external"], &["n1 by researcher"]),
        run("w", "writer", 20, &["n1 by researcher"], &["d1 by writer"]),
    ]);
    assert_eq!(why(&lineage, "c"), (vec!["c", "w", "r"], ChainEnd::Origin));
    let origin = lineage.why(0).steps.pop().unwrap();
    assert_eq!(origin.trigger, Some(Cause { input: 0, producer: Producer::Outside }));
    assert_eq!(caused(&lineage, "r"), ["1 w", "2 c"]);
    assert_eq!(caused(&lineage, "c"), Vec::<String>::new());
}

#[test]
fn of_several_inputs_the_one_published_last_is_the_trigger() {
    let lineage = Lineage::new(vec![
        run("a", "a", 0, &[], &["x by a at 5"]),
        run("b", "b", 2, &[], &["y by b at 11"]),
        run("m", "merge", 30, &["x by a at 5", "y by b at 11", "z by external at 1"], &[]),
    ]);
    let step = lineage.why(2).steps.swap_remove(0);
    assert_eq!(step.trigger, Some(Cause { input: 1, producer: Producer::Run { run: 1, inferred: false } }));
    assert_eq!(step.beside.iter().map(|cause| cause.input).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(why(&lineage, "m"), (vec!["m", "b"], ChainEnd::Origin));
}

#[test]
fn without_a_time_of_creation_the_end_of_the_producer_counts() {
    let lineage = Lineage::new(vec![
        run("a", "a", 5, &[], &["x by a"]),
        run("b", "b", 0, &[], &["y by b"]),
        run("m", "merge", 30, &["x by a", "y by b"], &[]),
    ]);
    assert_eq!(why(&lineage, "m").0, ["m", "a"]);
}

#[test]
fn an_artifact_may_cause_many_runs() {
    let lineage = Lineage::new(vec![
        run("w", "writer", 0, &[], &["d by writer"]),
        run("late", "critic", 60, &["d by writer"], &["k by critic"]),
        run("early", "checker", 20, &["d by writer"], &["f by checker"]),
        run("end", "editor", 80, &["k by critic", "f by checker"], &[]),
    ]);
    assert_eq!(caused(&lineage, "w"), ["1 early", "2 end", "1 late"]);
    assert_eq!(lineage.flows().len(), 4);
}

#[test]
fn circles_end() {
    let lineage = Lineage::new(vec![
        run("a", "a", 0, &["y by b"], &["x by a"]),
        run("b", "b", 20, &["x by a"], &["y by b"]),
        run("s", "s", 40, &["s1 by s"], &["s1 by s"]),
    ]);
    assert_eq!(why(&lineage, "b"), (vec!["b", "a"], ChainEnd::Circle));
    assert_eq!(caused(&lineage, "a"), ["1 b"]);
    assert_eq!(lineage.causes(2), [Cause { input: 0, producer: Producer::Unknown }], "no run is its own cause");
}

#[test]
fn a_producer_that_recorded_no_output_is_inferred_from_its_time() {
    let mut failed = run("w2", "writer", 15, &[], &[]);
    failed.is_error = true;
    let runs = |created: &str| {
        vec![
            run("w0", "writer", 0, &[], &["other by writer"]),
            run("w1", "writer", 12, &[], &[]),
            failed.clone(),
            run("w3", "writer", 50, &[], &[]),
            run("c", "critic", 30, &[&format!("d by writer{created}")], &[]),
        ]
    };
    for created in ["", " at 20"] {
        let lineage = Lineage::new(runs(created));
        assert_eq!(lineage.causes(4), [Cause { input: 0, producer: Producer::Run { run: 1, inferred: true } }], "{created}");
        assert!(lineage.flows().first().unwrap().inferred);
    }
    let lineage = Lineage::new(runs(" at 3"));
    assert_eq!(lineage.causes(4).first().unwrap().producer.run(), Some(0), "nothing else had begun");
}

#[test]
fn an_inferred_producer_is_of_the_same_correlation_where_one_is() {
    let correlated = |mut run: Run, id: &str| {
        run.inputs.iter_mut().for_each(|artifact| artifact.correlation_id = Some(id.to_owned()));
        run
    };
    let lineage = Lineage::new(vec![
        correlated(run("w1", "writer", 0, &["n1 by external"], &[]), "one"),
        correlated(run("w2", "writer", 5, &["n2 by external"], &[]), "two"),
        correlated(run("c", "critic", 30, &["d by writer"], &[]), "one"),
    ]);
    assert_eq!(why(&lineage, "c").0, ["c", "w1"]);
}

#[test]
fn missing_and_outside_producers_end_a_chain() {
    for (text, producer) in [
        ("a by external", Producer::Outside),
        ("a by __direct__", Producer::Outside),
        ("a by orchestrator#writer", Producer::Outside),
        ("a by nobody", Producer::Unknown),
        ("a", Producer::Unknown),
        ("", Producer::Unknown),
    ] {
        let lineage = Lineage::new(vec![run("r", "r", 0, &[text], &[]), run("empty", "x", 0, &[], &[""])]);
        assert_eq!(lineage.causes(0), [Cause { input: 0, producer }], "{text}");
        assert_eq!(why(&lineage, "r"), (vec!["r"], ChainEnd::Origin));
    }
    assert_eq!(Lineage::default().why(7).steps, []);
    assert_eq!(Lineage::default().caused(7).effects, []);
    assert_eq!(Lineage::default().find("t", "a"), None);
}

#[test]
fn an_artifact_passed_on_or_made_twice_has_the_producer_it_names_and_the_latest_before_its_use() {
    let lineage = Lineage::new(vec![
        run("w1", "writer", 0, &[], &["d by writer"]),
        run("p", "passer", 20, &["d by writer"], &["d by writer"]),
        run("w2", "writer", 30, &[], &["d by writer"]),
        run("w3", "writer", 90, &[], &["d by writer"]),
        run("c", "critic", 50, &["d by writer", "d by writer"], &[]),
    ]);
    let producers: Vec<_> = lineage.causes(4).iter().map(|cause| cause.producer.run()).collect();
    assert_eq!(producers, [Some(2), Some(2)]);
    assert_eq!(lineage.causes(1).first().unwrap().producer.run(), Some(0));
    let flows = lineage.flows();
    assert_eq!(flows.iter().filter(|flow| flow.to.span_id == "c").count(), 1, "named twice, drawn once");
}

#[test]
fn chains_and_flows_cross_traces() {
    let mut origin = run("o", "researcher", 0, &[], &["n by researcher"]);
    origin.trace_id = "before".to_owned();
    let lineage = Lineage::new(vec![origin, run("w", "writer", 20, &["n by researcher"], &[])]);
    assert_eq!(why(&lineage, "w").0, ["w", "o"]);
    let flows = lineage.flows();
    assert_eq!(flows.iter().map(|flow| (&*flow.from.trace_id, &*flow.to.trace_id)).collect::<Vec<_>>(), [("before", "t")]);
    assert_eq!(lineage.find("t", "o"), None);
    assert_eq!(lineage.caused(0).effects.len(), 1);
}

#[test]
fn long_chains_are_cut_and_wide_ones_too() {
    let count = 100_000_i64;
    let chain: Vec<Run> =
        (0..count).map(|at| run(&at.to_string(), "a", at * 20, &[&format!("x{} by a", at - 1)], &[&format!("x{at} by a")])).collect();
    let lineage = Lineage::new(chain);
    let why = lineage.why(99_999);
    assert_eq!((why.steps.len(), why.end), (MAX_STEPS, ChainEnd::TooLong));
    let caused = lineage.caused(0);
    assert_eq!((caused.effects.len(), caused.cut), (MAX_STEPS, true));
    assert_eq!(lineage.flows().len(), 99_999);
}

#[test]
fn types_are_shown_by_their_last_part() {
    assert_eq!(short_type("__main__.Draft"), "Draft");
    assert_eq!(short_type("Draft"), "Draft");
    assert_eq!(short_type("a."), "a.");
    assert_eq!(short_type(""), "");
}

prop_compose! {
    fn any_artifact()(id in "[a-f]?", by in prop::option::of("[xyz]|external"), created_ns in prop::option::of(0_i64..60)) -> ArtifactRef {
        ArtifactRef { id, type_name: String::new(), produced_by: by, created_ns, correlation_id: None }
    }
}

prop_compose! {
    fn any_run()(agent in prop::option::of("[xyz]"), trace in "[tu]", start in 0_i64..50, length in -5_i64..20,
        is_error in any::<bool>(), inputs in prop::collection::vec(any_artifact(), 0..4), outputs in prop::collection::vec(any_artifact(), 0..3)) -> Run {
        Run { trace_id: trace, span_id: format!("s{start}"), agent, start_ns: start, end_ns: start + length, is_error, inputs, outputs }
    }
}

proptest! {
    #[test]
    fn everything_ends_and_nothing_is_named_twice(runs in prop::collection::vec(any_run(), 0..14)) {
        let lineage = Lineage::new(runs.clone());
        for (at, run) in (0_u32..).zip(&runs) {
            let causes = lineage.causes(at);
            prop_assert_eq!(causes.len(), run.inputs.len());
            for cause in &causes {
                prop_assert_ne!(cause.producer.run(), Some(at));
                if let Producer::Run { run: from, inferred } = cause.producer {
                    let id = &run.inputs[cause.input].id;
                    let recorded = runs[from as usize].outputs.iter().any(|output| &output.id == id && !id.is_empty());
                    prop_assert_eq!(recorded, !inferred);
                }
            }
            let why = lineage.why(at);
            let chain: Vec<u32> = why.steps.iter().map(|step| step.run).collect();
            prop_assert_eq!(chain.first(), Some(&at));
            prop_assert_eq!(chain.iter().collect::<FastSet<_>>().len(), chain.len());
            for pair in why.steps.windows(2) {
                prop_assert_eq!(pair[0].trigger.and_then(|cause| cause.producer.run()), Some(pair[1].run));
            }
            for step in &why.steps {
                prop_assert_eq!(step.beside.len() + usize::from(step.trigger.is_some()), runs[step.run as usize].inputs.len());
            }
            let caused = lineage.caused(at);
            let mut known = FastSet::from_iter([at]);
            for effect in &caused.effects {
                prop_assert!(known.contains(&effect.cause), "a cause stands before its effects");
                prop_assert!(known.insert(effect.run), "once");
                prop_assert_eq!(lineage.causes(effect.run)[effect.input].producer.run(), Some(effect.cause));
            }
        }
        for flow in lineage.flows() {
            prop_assert!(runs.contains(flow.from) && runs.contains(flow.to));
            prop_assert!(flow.to.inputs.contains(flow.artifact));
        }
    }
}
