//! The columns of the canonical view, and the units in which files hold their times.

/// A column of the canonical view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// VARCHAR, lower-case hex.
    TraceId,
    /// VARCHAR, lower-case hex.
    SpanId,
    /// VARCHAR, NULL for roots.
    ParentId,
    /// VARCHAR.
    Name,
    /// VARCHAR.
    Service,
    /// VARCHAR.
    Operation,
    /// VARCHAR: INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER.
    Kind,
    /// BIGINT, ns since 1970.
    Start,
    /// BIGINT, ns since 1970.
    End,
    /// DOUBLE, milliseconds.
    Duration,
    /// VARCHAR: OK, ERROR, UNSET.
    StatusCode,
    /// VARCHAR.
    StatusDescription,
    /// VARCHAR holding a JSON object.
    Attributes,
    /// VARCHAR holding a JSON array of `{"name", "timestamp", "attributes"}`.
    Events,
    /// VARCHAR holding a JSON array of `{"context": {"trace_id", "span_id"}, "attributes"}`.
    Links,
    /// VARCHAR holding a JSON object.
    Resource,
    /// VARCHAR, the agent that an execution belongs to.
    Agent,
}

impl Field {
    /// Every field, in the order of the view's columns.
    pub const ALL: [Self; 17] = [
        Self::TraceId,
        Self::SpanId,
        Self::ParentId,
        Self::Name,
        Self::Service,
        Self::Operation,
        Self::Kind,
        Self::Start,
        Self::End,
        Self::Duration,
        Self::StatusCode,
        Self::StatusDescription,
        Self::Attributes,
        Self::Events,
        Self::Links,
        Self::Resource,
        Self::Agent,
    ];

    /// The column's name in the view.
    pub fn column(self) -> &'static str {
        match self {
            Self::TraceId => "trace_id",
            Self::SpanId => "span_id",
            Self::ParentId => "parent_id",
            Self::Name => "name",
            Self::Service => "service",
            Self::Operation => "operation",
            Self::Kind => "kind",
            Self::Start => "start_time",
            Self::End => "end_time",
            Self::Duration => "duration_ms",
            Self::StatusCode => "status_code",
            Self::StatusDescription => "status_description",
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Links => "links",
            Self::Resource => "resource",
            Self::Agent => "agent",
        }
    }

    /// The type of the view's column.
    pub fn view_type(self) -> &'static str {
        match self {
            Self::Start | Self::End => "BIGINT",
            Self::Duration => "DOUBLE",
            _ => "VARCHAR",
        }
    }

    /// A time or a duration, so that a unit belongs to it.
    pub fn is_timed(self) -> bool {
        matches!(self, Self::Start | Self::End | Self::Duration)
    }
}

/// The unit of a number that is a time or a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// 1 ns.
    Nanoseconds,
    /// 1,000 ns.
    Microseconds,
    /// 1,000,000 ns.
    Milliseconds,
    /// 1,000,000,000 ns.
    Seconds,
}

impl Unit {
    /// Every unit, the shortest first.
    pub const ALL: [Self; 4] = [Self::Nanoseconds, Self::Microseconds, Self::Milliseconds, Self::Seconds];

    /// How many nanoseconds one of it has.
    pub fn nanoseconds(self) -> i64 {
        match self {
            Self::Nanoseconds => 1,
            Self::Microseconds => 1_000,
            Self::Milliseconds => 1_000_000,
            Self::Seconds => 1_000_000_000,
        }
    }

    /// Its name in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Nanoseconds => "nanoseconds",
            Self::Microseconds => "microseconds",
            Self::Milliseconds => "milliseconds",
            Self::Seconds => "seconds",
        }
    }
}
