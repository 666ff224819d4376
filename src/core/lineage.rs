//! Which agent run caused which: artifacts on the blackboard, the runs that published them and the runs that consumed them.
//!
//! Parent ids do not tell it; artifact ids and `produced_by` do. Runs of any number of traces may be given together, and a chain may lead
//! from one trace into another. Iterative and bounded: circles, missing producers and doubled artifacts are ordinary input. Must not know
//! how runs are stored or drawn.

use super::fast_map::{FastMap, FastSet};
use super::order;

/// Longest chain that [`Lineage::why`] follows, and most runs that [`Lineage::caused`] lists.
pub const MAX_STEPS: usize = 500;
/// How many runs of an agent are looked at when a producer has to be inferred.
const LOOKED_AT: usize = 256;

/// An artifact as a run's input or output names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtifactRef {
    /// Empty where the file has none.
    pub id: String,
    /// "Draft" of "__main__.Draft".
    pub type_name: String,
    /// The agent's name, or a word for an outside producer.
    pub produced_by: Option<String>,
    /// Nanoseconds since 1970.
    pub created_ns: Option<i64>,
    pub correlation_id: Option<String>,
}

/// One execution of an agent. Times in ns since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    pub trace_id: String,
    pub span_id: String,
    pub agent: Option<String>,
    pub start_ns: i64,
    pub end_ns: i64,
    pub is_error: bool,
    pub inputs: Vec<ArtifactRef>,
    pub outputs: Vec<ArtifactRef>,
}

/// Where an artifact came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Producer {
    /// `inferred`: no run lists the artifact among its outputs; this one of the named agent fits best in time.
    Run { run: u32, inferred: bool },
    /// Not an agent: a publish from outside, or the orchestrator.
    Outside,
    /// The named agent has no run here that could have made it, or none is named.
    Unknown,
}

impl Producer {
    pub fn run(self) -> Option<u32> {
        match self {
            Self::Run { run, .. } => Some(run),
            Self::Outside | Self::Unknown => None,
        }
    }
}

/// An input of a run and its producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Position in the run's `inputs`.
    pub input: usize,
    pub producer: Producer,
}

/// A run on the way back to the origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub run: u32,
    /// The input that was published last: the run could not start before. `None` for a run without inputs.
    pub trigger: Option<Cause>,
    /// The other inputs, in their order.
    pub beside: Vec<Cause>,
}

/// Why a chain goes no further back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainEnd {
    /// The last step's trigger came from outside, from nowhere known, or there is none.
    Origin,
    /// The last step's trigger was produced by a run that is already in the chain.
    Circle,
    /// There are more than [`MAX_STEPS`].
    TooLong,
}

/// The chain from a run, which is the first step, back to the origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub steps: Vec<Step>,
    pub end: ChainEnd,
}

/// A run that another one caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    pub run: u32,
    /// The run that caused it.
    pub cause: u32,
    /// Position in this run's `inputs` of the artifact that did.
    pub input: usize,
    /// 1 for what the first run caused directly.
    pub depth: u32,
}

/// Everything that a run caused, each run once, under the nearest cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caused {
    /// A cause before its effects, effects in order of their start.
    pub effects: Vec<Effect>,
    /// There were more than [`MAX_STEPS`].
    pub cut: bool,
}

/// An artifact on its way between two spans of one trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow<'a> {
    pub from: &'a Run,
    pub to: &'a Run,
    pub artifact: &'a ArtifactRef,
    pub inferred: bool,
}

/// Runs and how they caused each other. Runs are named by their `u32` index in the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    runs: Vec<Run>,
    /// Per run, per input.
    producers: Vec<Vec<Producer>>,
    /// Per run: the runs that consumed what it published, with the position of the input, in order of start.
    consumers: Vec<Vec<(u32, usize)>>,
}

/// "Draft" of "__main__.Draft".
#[must_use]
pub fn short_type(name: &str) -> &str {
    name.rsplit('.').next().filter(|last| !last.is_empty()).unwrap_or(name)
}

/// Whether a `produced_by` names no agent.
#[must_use]
pub fn is_outside(produced_by: &str) -> bool {
    matches!(produced_by, "external" | "__direct__") || produced_by.starts_with("orchestrator#")
}

impl Lineage {
    #[must_use]
    pub fn new(runs: Vec<Run>) -> Self {
        let index = Index::new(&runs);
        let all = 0..u32::try_from(runs.len()).unwrap_or(u32::MAX);
        let producers: Vec<Vec<Producer>> = all
            .clone()
            .zip(&runs)
            .map(|(at, run)| run.inputs.iter().map(|artifact| index.producer(&runs, at, run, artifact)).collect())
            .collect();
        let mut consumers: Vec<Vec<(u32, usize)>> = vec![Vec::new(); runs.len()];
        for (consumer, of_run) in all.zip(&producers) {
            for (input, producer) in of_run.iter().enumerate() {
                if let Some(list) = producer.run().and_then(|run| consumers.get_mut(run as usize)) {
                    list.push((consumer, input));
                }
            }
        }
        let start = |run: u32| runs.get(run as usize).map(|run| run.start_ns);
        for list in &mut consumers {
            order::sort_by_key(list, |&(run, input)| (start(run), run, input));
        }
        Self { runs, producers, consumers }
    }

    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    #[must_use]
    pub fn run(&self, run: u32) -> Option<&Run> {
        self.runs.get(run as usize)
    }

    /// The run that is this span; the earliest where the file has the id twice.
    #[must_use]
    pub fn find(&self, trace_id: &str, span_id: &str) -> Option<u32> {
        let matches = (0_u32..).zip(&self.runs).filter(|(_, run)| run.span_id == span_id && run.trace_id == trace_id);
        matches.min_by_key(|(_, run)| run.start_ns).map(|(at, _)| at)
    }

    /// The inputs of a run with their producers, in their order.
    #[must_use]
    pub fn causes(&self, run: u32) -> Vec<Cause> {
        let of_run = self.producers.get(run as usize).map(Vec::as_slice).unwrap_or_default();
        of_run.iter().enumerate().map(|(input, &producer)| Cause { input, producer }).collect()
    }

    /// The input that a cause is about.
    #[must_use]
    pub fn artifact(&self, run: u32, input: usize) -> Option<&ArtifactRef> {
        self.run(run)?.inputs.get(input)
    }

    /// Why a run happened, back to the origin. Empty for a run that does not exist.
    #[must_use]
    pub fn why(&self, run: u32) -> Why {
        let mut seen = FastSet::default();
        let mut steps: Vec<Step> = Vec::new();
        let mut here = Some(run).filter(|run| (*run as usize) < self.runs.len());
        while let Some(run) = here {
            if !seen.insert(run) {
                return Why { steps, end: ChainEnd::Circle };
            }
            if steps.len() == MAX_STEPS {
                return Why { steps, end: ChainEnd::TooLong };
            }
            let mut beside = self.causes(run);
            let last =
                beside.iter().enumerate().max_by_key(|(place, cause)| (self.published_ns(run, **cause), *place)).map(|(place, _)| place);
            let trigger = last.map(|place| beside.remove(place));
            here = trigger.and_then(|cause| cause.producer.run());
            steps.push(Step { run, trigger, beside });
        }
        Why { steps, end: ChainEnd::Origin }
    }

    /// When an input was published, as far as it can be told.
    fn published_ns(&self, run: u32, cause: Cause) -> Option<i64> {
        let created = self.artifact(run, cause.input).and_then(|artifact| artifact.created_ns);
        created.or_else(|| cause.producer.run().and_then(|producer| self.run(producer)).map(|producer| producer.end_ns))
    }

    /// What a run caused, directly and further on; not the run itself, whatever circle leads back to it.
    #[must_use]
    pub fn caused(&self, run: u32) -> Caused {
        let mut seen = FastSet::from_iter([run]);
        let mut found: Vec<Effect> = Vec::new();
        let mut cut = false;
        let mut next = 0;
        // Breadth first, so that every run hangs under its nearest cause.
        let mut here = Some((run, 0));
        while let Some((cause, depth)) = here {
            for &(consumer, input) in self.consumers.get(cause as usize).map(Vec::as_slice).unwrap_or_default() {
                if seen.contains(&consumer) {
                    continue;
                }
                if found.len() == MAX_STEPS {
                    cut = true;
                    break;
                }
                seen.insert(consumer);
                found.push(Effect { run: consumer, cause, input, depth: depth + 1 });
            }
            here = found.get(next).map(|effect| (effect.run, effect.depth));
            next += 1;
        }
        Caused { effects: in_reading_order(run, &found), cut }
    }

    /// Artifacts on their way from run to run, each pair of spans and artifact once.
    #[must_use]
    pub fn flows(&self) -> Vec<Flow<'_>> {
        let mut seen = FastSet::default();
        let mut flows = Vec::new();
        for (to, producers) in self.runs.iter().zip(&self.producers) {
            for (artifact, producer) in to.inputs.iter().zip(producers) {
                let Producer::Run { run: from, inferred } = *producer else { continue };
                let Some(from) = self.run(from) else { continue };
                if seen.insert((&from.trace_id, &from.span_id, &to.trace_id, &to.span_id, &artifact.id)) {
                    flows.push(Flow { from, to, artifact, inferred });
                }
            }
        }
        flows
    }
}

/// Effects put under their causes. `found` is breadth first.
fn in_reading_order(root: u32, found: &[Effect]) -> Vec<Effect> {
    let mut below: FastMap<u32, Vec<Effect>> = FastMap::default();
    for effect in found.iter().rev() {
        below.entry(effect.cause).or_default().push(*effect);
    }
    let mut to_visit = below.remove(&root).unwrap_or_default();
    let mut ordered = Vec::with_capacity(found.len());
    while let Some(effect) = to_visit.pop() {
        ordered.push(effect);
        to_visit.extend(below.remove(&effect.run).unwrap_or_default());
    }
    ordered
}

/// Where to look for the producer of an artifact.
struct Index {
    by_output: FastMap<String, Vec<u32>>,
    /// In order of start.
    by_agent: FastMap<String, Vec<u32>>,
}

impl Index {
    fn new(runs: &[Run]) -> Self {
        let mut by_output: FastMap<String, Vec<u32>> = FastMap::default();
        let mut by_agent: FastMap<String, Vec<u32>> = FastMap::default();
        for (at, run) in (0_u32..).zip(runs) {
            for artifact in run.outputs.iter().filter(|artifact| !artifact.id.is_empty()) {
                by_output.entry(artifact.id.clone()).or_default().push(at);
            }
            if let Some(agent) = &run.agent {
                by_agent.entry(agent.clone()).or_default().push(at);
            }
        }
        for list in by_agent.values_mut() {
            order::sort_by_key(list, |&run| runs.get(run as usize).map(|run| run.start_ns));
        }
        Self { by_output, by_agent }
    }

    fn producer(&self, runs: &[Run], consumer: u32, user: &Run, artifact: &ArtifactRef) -> Producer {
        let named = artifact.produced_by.as_deref();
        let publishers = self.by_output.get(&artifact.id).map(Vec::as_slice).unwrap_or_default();
        // An agent may pass on what it was given: the one that the artifact names comes first, then the latest before its use.
        let recorded = publishers.iter().copied().filter(|run| *run != consumer).max_by_key(|run| {
            let publisher = runs.get(*run as usize);
            publisher.map(|run| (run.agent.is_some() && run.agent.as_deref() == named, run.start_ns <= user.start_ns, run.start_ns))
        });
        if let Some(run) = recorded {
            return Producer::Run { run, inferred: false };
        }
        match named {
            Some(name) if is_outside(name) => Producer::Outside,
            Some(name) => {
                self.inferred(runs, consumer, user, artifact, name).map_or(Producer::Unknown, |run| Producer::Run { run, inferred: true })
            }
            None => Producer::Unknown,
        }
    }

    /// The run of `agent` that fits best: of the same correlation, without a recorded output, not failed, latest.
    fn inferred(&self, runs: &[Run], consumer: u32, user: &Run, artifact: &ArtifactRef, agent: &str) -> Option<u32> {
        let of_agent = self.by_agent.get(agent)?;
        let run_at = |run: u32| runs.get(run as usize);
        let before = of_agent.partition_point(|run| run_at(*run).is_some_and(|run| run.start_ns < user.start_ns));
        let candidates = of_agent.get(..before).unwrap_or_default().iter().rev().copied().filter(|run| *run != consumer);
        let fitting =
            candidates.take(LOOKED_AT).filter_map(|at| run_at(at).map(|run| (at, run))).filter(|(_, run)| match artifact.created_ns {
                // An agent publishes before its span ends.
                Some(created) => run.start_ns <= created,
                None => run.end_ns <= user.start_ns,
            });
        let same_correlation = |run: &Run| {
            let wanted = artifact.correlation_id.as_ref();
            wanted.is_some() && run.inputs.iter().chain(&run.outputs).any(|other| other.correlation_id.as_ref() == wanted)
        };
        let best = fitting.max_by_key(|(_, run)| (same_correlation(run), run.outputs.is_empty(), !run.is_error, run.start_ns));
        best.map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests;
