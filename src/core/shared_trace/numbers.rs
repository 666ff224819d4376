//! Numbers as few bytes: seven bits a byte, the smallest first; signed ones folded so that small ones stay small.

use super::SharedTraceError;

pub(super) fn push(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// 0, -1, 1, -2 become 0, 1, 2, 3.
pub(super) fn fold(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

pub(super) fn unfold(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// What is left to be read.
pub(super) struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn number(&mut self) -> Result<u64, SharedTraceError> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(SharedTraceError::Damaged("it ends too early"))?;
            self.0 = rest;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(SharedTraceError::Damaged("a number has too many digits"))
    }

    /// A number that counts or points at something in memory.
    pub(super) fn size(&mut self) -> Result<usize, SharedTraceError> {
        usize::try_from(self.number()?).map_err(|_| SharedTraceError::Damaged("a number is too large"))
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], SharedTraceError> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(SharedTraceError::Damaged("it ends too early"))?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, SharedTraceError> {
        self.bytes(1).map(|bytes| bytes.first().copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_numbers_are_one_byte() {
        let length = |number| {
            let mut out = Vec::new();
            push(&mut out, number);
            out.len()
        };
        assert_eq!((length(0), length(127), length(128), length(u64::MAX)), (1, 1, 2, 10));
        assert_eq!((fold(0), fold(-1), fold(1), fold(i64::MIN)), (0, 1, 2, u64::MAX));
    }

    #[test]
    fn too_many_digits_are_an_error() {
        assert!(Input(&[0xff; 10]).number().is_err());
        assert!(Input(&[0x80; 30]).number().is_err());
        assert!(Input(&[0x80]).number().is_err());
    }

    proptest! {
        #[test]
        fn numbers_come_back(number in any::<u64>(), signed in any::<i64>()) {
            let mut out = Vec::new();
            push(&mut out, number);
            push(&mut out, fold(signed));
            let mut input = Input(&out);
            prop_assert_eq!(input.number(), Ok(number));
            prop_assert_eq!(input.number().map(unfold), Ok(signed));
            prop_assert!(input.0.is_empty());
        }
    }
}
