//! Maps and sets for many short keys, such as the span ids of a trace. The hasher is several times faster than std's and seeded, so that
//! a file cannot choose its collisions.

use foldhash::fast::RandomState;

pub type FastMap<K, V> = std::collections::HashMap<K, V, RandomState>;
pub type FastSet<K> = std::collections::HashSet<K, RandomState>;
