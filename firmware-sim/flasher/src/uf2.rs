//! UF2: a program as a file that a bootloader takes by its USB drive (<https://github.com/microsoft/uf2>). Blocks of
//! 512 bytes carry 256 bytes each and say where these belong.

/// Bytes that a block carries.
const PAYLOAD: usize = 256;
/// Bytes of a block.
const BLOCK: usize = 512;

const MAGIC: [u32; 2] = [0x0a32_4655, 0x9e5d_5157];
const MAGIC_END: u32 = 0x0ab1_6f30;
/// The last word of a block's header is the family.
const HAS_FAMILY: u32 = 0x2000;

/// The file for bytes of flash from an address on, for chips of a family. What lacks at the end of the last block is 0.
#[must_use]
pub fn encode(start: u32, flash: &[u8], family: u32) -> Vec<u8> {
    let blocks = flash.chunks(PAYLOAD);
    let count = blocks.len() as u32;
    let mut file = Vec::with_capacity(blocks.len() * BLOCK);
    for ((number, address), payload) in (0..).zip((start..).step_by(PAYLOAD)).zip(blocks) {
        let header = [MAGIC[0], MAGIC[1], HAS_FAMILY, address, PAYLOAD as u32, number, count, family];
        let end = file.len() + BLOCK;
        file.extend(header.into_iter().flat_map(u32::to_le_bytes));
        file.extend(payload);
        file.resize(end - size_of_val(&MAGIC_END), 0);
        file.extend(MAGIC_END.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the table of the specification, byte for byte.
    #[test]
    fn a_block_is_as_specified() {
        let file = encode(0x0002_7000, &[0xaa; 300], 0xada5_2840);
        assert_eq!(file.len(), 2 * 512);
        let (first, second) = file.split_at(512);
        assert_eq!(
            first[..32],
            *b"UF2\n\x57\x51\x5d\x9e\x00\x20\0\0\x00\x70\x02\0\x00\x01\0\0\0\0\0\0\x02\0\0\0\x40\x28\xa5\xad"
        );
        assert_eq!(first[32..32 + 256], [0xaa; 256]);
        assert!(first[288..508].iter().all(|&byte| byte == 0));
        assert_eq!(first[508..], *b"\x30\x6f\xb1\x0a");
        assert_eq!(second[12..16], *b"\x00\x71\x02\0");
        assert_eq!(second[20..24], *b"\x01\0\0\0");
        assert_eq!(second[32..32 + 44], [0xaa; 44]);
        assert!(second[32 + 44..508].iter().all(|&byte| byte == 0));
    }

    /// What a bootloader does: it writes each block's payload to its address.
    #[test]
    fn a_bootloader_gets_back_what_was_encoded() {
        for length in [1, 255, 256, 257, 10_000] {
            let flash: Vec<u8> = (0..length).map(|byte| (byte * 7 / 5) as u8).collect();
            let file = encode(0x1000_0000, &flash, 0xe48b_ff59);
            let mut written = vec![0xff; file.len() / 2];
            for block in file.chunks(512) {
                let word = |at: usize| u32::from_le_bytes(block[at..at + 4].try_into().unwrap());
                let at = (word(12) - 0x1000_0000) as usize;
                written[at..at + 256].copy_from_slice(&block[32..288]);
                assert_eq!((word(16), word(24) as usize, word(28)), (256, file.len() / 512, 0xe48b_ff59));
            }
            assert_eq!(written[..flash.len()], flash);
            assert!(written[flash.len()..].iter().all(|&byte| byte == 0));
        }
    }

    #[test]
    fn nothing_is_a_file_without_blocks() {
        assert!(encode(0, &[], 1).is_empty());
    }
}
