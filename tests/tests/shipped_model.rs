//! The shipped model, spoilt bit by bit.

use engine::blob::{HEADER_BYTES, reseal};
use engine::{LoadError, Model};
use parity::assert_answers;

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

static BLOB: &[u8] = include_bytes!("../../host-trainer/models/small.postcard");

/// CRC-32's polynomial (ISO HDLC), lowest power first.
const POLYNOMIAL: u32 = 0xEDB8_8320;

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

/// Where what the checksum covers begins.
const CHECKED: usize = 16;

/// A flipped bit of what the checksum covers, with a right checksum.
fn repaired(bit: usize) -> Vec<u8> {
    let mut blob = flipped(BLOB, CHECKED * 8 + bit);
    reseal(&mut blob);
    blob
}

/// The checksum that a blob carries.
fn checksum(blob: &[u8]) -> u32 {
    u32::from_le_bytes([blob[12], blob[13], blob[14], blob[15]])
}

#[test]
fn every_truncation_is_refused() {
    for length in 0..BLOB.len() {
        assert_eq!(Model::from_bytes(&BLOB[..length]).err(), Some(LoadError::Truncated), "{length} bytes");
    }
}

#[test]
fn every_flipped_bit_of_the_header_is_refused() {
    for bit in 0..HEADER_BYTES * 8 {
        assert!(Model::from_bytes(&flipped(BLOB, bit)).is_err(), "bit {bit}");
    }
}

/// A checksum is linear but for a constant: a flipped bit changes it by what depends on the bit's
/// distance from the end alone. All distances are computed, and a few compared with the real checksum.
#[test]
fn every_flipped_bit_changes_the_checksum() {
    let original = checksum(BLOB);
    let bits = (BLOB.len() - CHECKED) * 8;
    // The last bit is a lone one in the highest power.
    let mut change = POLYNOMIAL;
    for bit in (0..bits).rev() {
        assert_ne!(change, 0, "bit {bit}");
        if bit % 65_537 == 0 || bits - bit < 64 {
            assert_eq!(checksum(&repaired(bit)), original ^ change, "bit {bit}");
            let error = Model::from_bytes(&flipped(BLOB, CHECKED * 8 + bit)).err();
            assert_eq!(error, Some(LoadError::Corrupt));
        }
        change = if change & 1 == 1 { change >> 1 ^ POLYNOMIAL } else { change >> 1 };
    }
}

/// Which bytes of what the checksum covers are weights.
fn weights(model: &Model<'_>) -> Vec<bool> {
    let mut is_weight = vec![false; BLOB.len() - CHECKED];
    for layer in model.network().layers() {
        if let Some(filter) = layer.op.filter() {
            let start = filter.weights.as_ptr().addr() - BLOB.as_ptr().addr() - CHECKED;
            is_weight[start..][..filter.weights.len()].fill(true);
        }
    }
    is_weight
}

/// Flips one bit in `every` outside the weights and one in `every_weight` in them, and repairs
/// the checksum: a model is refused or answers.
fn spoil(every: usize, every_weight: usize) -> Result {
    let audio: Vec<i16> = (0..66_150i64).map(|n| (n * n % 20_011 - 10_000) as i16).collect();
    let is_weight = weights(&Model::from_bytes(BLOB)?);
    let (mut refused, mut answered) = (0, 0);
    for bit in 0..is_weight.len() * 8 {
        if bit % if is_weight[bit / 8] { every_weight } else { every } != 0 {
            continue;
        }
        match Model::from_bytes(&repaired(bit)) {
            Err(_) => refused += 1,
            Ok(model) => {
                assert_answers(model, &audio);
                answered += 1;
            }
        }
    }
    println!("{refused} refused, {answered} answered");
    assert!(refused > 0 && answered > 0);
    Ok(())
}

#[test]
fn a_flipped_bit_with_a_right_checksum_is_refused_or_answers() -> Result {
    spoil(613, 30_011)
}

#[test]
#[ignore = "takes ten minutes"]
fn every_flipped_bit_outside_the_weights_with_a_right_checksum_is_refused_or_answers() -> Result {
    spoil(1, 1009)
}
