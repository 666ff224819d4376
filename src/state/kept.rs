//! What a mode keeps for as long as the file is open, whichever mode is shown: a value of each type, made when it is first asked for.
//!
//! Must not know the modes: the type is the name.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
};

#[derive(Default)]
pub struct Kept(RefCell<HashMap<TypeId, Rc<dyn Any>>>);

impl Kept {
    /// Takes what another one keeps: its file is the same, in a database that was started again.
    pub fn take_over(&self, other: &Self) {
        let values = other.0.borrow().iter().map(|(name, value)| (*name, value.clone())).collect::<Vec<_>>();
        self.0.borrow_mut().extend(values);
    }

    /// The value of this type.
    pub fn of<T: Default + 'static>(&self) -> Rc<T> {
        let known = self.0.borrow().get(&TypeId::of::<T>()).cloned();
        if let Some(value) = known.and_then(|value| value.downcast::<T>().ok()) {
            return value;
        }
        let value = Rc::new(T::default());
        self.0.borrow_mut().insert(TypeId::of::<T>(), value.clone());
        value
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn each_type_has_one_value() {
        let kept = Kept::default();
        kept.of::<Cell<u32>>().set(7);
        assert_eq!((kept.of::<Cell<u32>>().get(), kept.of::<Cell<i64>>().get()), (7, 0));
        let next = Kept::default();
        next.take_over(&kept);
        kept.of::<Cell<u32>>().set(8);
        assert_eq!(next.of::<Cell<u32>>().get(), 8);
    }
}
