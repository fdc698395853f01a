/// Ones and noughts that a sum reaches over.
const LENGTH: usize = 3 * (8 - 1) + 1;
/// What all of them weigh: 8 to the third.
const WEIGHT: u32 = 512;
/// Bits of a lane; a sum is 512 at most.
const LANE: u32 = 10;

/// What each byte adds to the sum that ends with it and, in the lanes above, to the next two.
static SHARES: [u32; 256] = shares();

/// A CIC filter of third order that goes down by 8, a byte at a time.
///
/// Its impulse response reaches over 22 bits, so a byte takes part in three sums. A table has what it adds to each of
/// them, side by side in a word: a byte costs a look-up, an addition and a shift.
#[derive(Debug, Clone)]
pub(super) struct Octets {
    /// The next sums, as far as they are known.
    sums: u32,
}

impl Octets {
    /// After silence: noughts and ones by turns.
    pub(super) const fn new() -> Self {
        let share = const { share(0x55) };
        Self { sums: (share >> LANE).wrapping_add(share >> (2 * LANE)) }
    }

    /// The sum that ends with these bits, -256 to 256: 0 of as many ones as noughts.
    pub(super) fn push(&mut self, octet: u8) -> i32 {
        let sums = self.sums.wrapping_add(SHARES[usize::from(octet)]);
        self.sums = sums >> LANE;
        (sums & const { (1 << LANE) - 1 }).wrapping_sub(WEIGHT / 2).cast_signed()
    }
}

const fn shares() -> [u32; 256] {
    let (mut shares, mut octet) = ([0; 256], 0);
    while octet < 256 {
        shares[octet] = share(octet as u8);
        octet += 1;
    }
    shares
}

const fn share(octet: u8) -> u32 {
    let weights = weights();
    let (mut share, mut age) = (0, 0);
    while age < LENGTH {
        // The least significant bit is the latest.
        let bit = (octet >> (age % 8)) as u32 & 1;
        share += (bit * weights[age]) << (LANE * (age as u32 / 8));
        age += 1;
    }
    share
}

/// The impulse response: three times the running sum of eight.
const fn weights() -> [u32; LENGTH] {
    let (mut weights, mut order) = ([0; LENGTH], 0);
    weights[0] = 1;
    while order < 3 {
        let (before, mut at) = (weights, 0);
        while at < LENGTH {
            let mut from = at.saturating_sub(7);
            weights[at] = 0;
            while from <= at {
                weights[at] += before[from];
                from += 1;
            }
            at += 1;
        }
        order += 1;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.convolve` of three times `[1] * 8`.
    #[test]
    fn weights_are_three_boxes_convolved() {
        let expected = [1, 3, 6, 10, 15, 21, 28, 36, 42, 46, 48, 48, 46, 42, 36, 28, 21, 15, 10, 6, 3, 1];
        assert_eq!(weights(), expected);
        assert_eq!(expected.iter().sum::<u32>(), WEIGHT);
    }

    #[test]
    fn an_impulse_takes_part_in_three_sums() {
        let mut octets = Octets::new();
        let mut sums = |octets_in: [u8; 4]| octets_in.map(|octet| octets.push(octet) + 256);
        assert_eq!(sums([0x55; 4]), [256; 4]);
        assert_eq!(sums([0, 0, 0, 0])[3], 0);
        // The earliest bit, then the latest.
        assert_eq!(sums([0x80, 0, 0, 0]), [36, 28, 0, 0]);
        assert_eq!(sums([0x01, 0, 0, 0]), [1, 42, 21, 0]);
        assert_eq!(sums([0xff; 4]), [120, 456, 512, 512]);
    }
}
