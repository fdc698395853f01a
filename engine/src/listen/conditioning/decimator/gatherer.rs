use super::PdmWord;

/// Puts words together to 64 bits.
#[derive(Debug, Clone)]
pub(super) struct Gatherer {
    /// Those that wait, the latest at the bottom. What is above them is of no account.
    bits: u64,
    waiting: u32,
}

impl Gatherer {
    pub(super) const fn new() -> Self {
        Self { bits: 0, waiting: 0 }
    }

    /// Takes a word, and gives 64 bits when they are there, the earliest at the top.
    pub(super) fn push<P: PdmWord>(&mut self, word: P) -> Option<u64> {
        let (before, word) = (self.bits, u64::from(word.bits()));
        let waiting = self.waiting.wrapping_add(P::WIDTH);
        self.bits = before.wrapping_shl(P::WIDTH) | word;
        self.waiting = waiting;
        let rest = waiting.checked_sub(u64::BITS)?;
        self.waiting = rest;
        // Where words of several widths are mixed, the last one may reach beyond.
        Some(before.wrapping_shl(P::WIDTH.wrapping_sub(rest)) | word.wrapping_shr(rest))
    }
}
