//! Who caused whom on the blackboard.
