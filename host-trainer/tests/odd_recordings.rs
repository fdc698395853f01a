//! Odd but real recordings, of kinds that recorders, editors and pipes write: read as what they hold, or refused by
//! what they are.

use proptest::prelude::*;
use recording_bytes::{chunk, complaint, read, stating, triangle};

mod recording_bytes;

const RATE: u32 = 22_050;
/// `WAVE_FORMAT_PCM`, `WAVE_FORMAT_IEEE_FLOAT` and `WAVE_FORMAT_EXTENSIBLE` of Microsoft's mmreg.h.
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

fn refusal(contents: &[u8]) -> String {
    complaint(read(contents))
}

fn bytes_of<const N: usize>(samples: impl IntoIterator<Item = [u8; N]>) -> Vec<u8> {
    samples.into_iter().flatten().collect()
}

fn pcm() -> Vec<u8> {
    bytes_of(triangle().into_iter().map(i16::to_le_bytes))
}

/// Fields of a `fmt ` chunk; one channel.
struct Fmt {
    tag: u16,
    bits: u16,
    align: u16,
    byte_rate: u32,
    more: Vec<u8>,
}

impl Fmt {
    fn new(tag: u16, bits: u16) -> Self {
        let align = bits.div_ceil(8);
        Self { tag, bits, align, byte_rate: RATE * u32::from(align), more: Vec::new() }
    }

    /// Of so many bits, the upper ones of which count.
    fn extensible(bits: u16, valid: u16) -> Self {
        let guid_tail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
        let more = [&[22, 0, valid as u8, 0, 4, 0, 0, 0, 1, 0][..], &guid_tail].concat();
        Self { more, ..Self::new(EXTENSIBLE, bits) }
    }

    fn chunk(&self) -> Vec<u8> {
        let body = [
            &self.tag.to_le_bytes()[..],
            &1_u16.to_le_bytes(),
            &RATE.to_le_bytes(),
            &self.byte_rate.to_le_bytes(),
            &self.align.to_le_bytes(),
            &self.bits.to_le_bytes(),
            &self.more,
        ];
        chunk(b"fmt ", &body.concat())
    }
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"RIFF", &[b"WAVE", &chunks.concat()[..]].concat())
}

fn assert_the_same(name: &str, contents: &[u8]) {
    assert_eq!(read(contents).unwrap(), triangle(), "{name}");
}

#[test]
fn an_odd_header_does_not_change_what_is_heard() {
    let plain = Fmt::new(PCM, 16);
    let data = chunk(b"data", &pcm());
    let in_32_bits = || triangle().into_iter().map(|sample| i32::from(sample) << 16);
    let words = bytes_of(in_32_bits().map(i32::to_le_bytes));
    assert_the_same("24 bits in 32", &riff(&[Fmt::extensible(32, 24).chunk(), chunk(b"data", &words)]));
    let upper = bytes_of(in_32_bits().map(|word| word.to_le_bytes()).map(|[_, a, b, c]| [a, b, c]));
    assert_the_same("20 bits in 24", &riff(&[Fmt::extensible(24, 20).chunk(), chunk(b"data", &upper)]));
    let twelve = Fmt { bits: 12, ..Fmt::new(PCM, 16) };
    let coarse: Vec<i16> = triangle().into_iter().map(|sample| sample & !15).collect();
    let body = bytes_of(coarse.iter().copied().map(i16::to_le_bytes));
    assert_eq!(read(&riff(&[twelve.chunk(), chunk(b"data", &body)])).unwrap(), coarse);

    assert_the_same("an odd chunk", &riff(&[plain.chunk(), chunk(b"iXML", &[b'<'; 63]), data.clone()]));
    assert_the_same("byte rate 0", &riff(&[Fmt { byte_rate: 0, ..Fmt::new(PCM, 16) }.chunk(), data.clone()]));
    assert_the_same("block size 0", &riff(&[Fmt { align: 0, ..Fmt::new(PCM, 16) }.chunk(), data]));
    assert_the_same(
        "an odd last byte",
        &riff(&[plain.chunk(), chunk(b"data", &[&pcm()[..], &[7]].concat())]),
    );
    for more in [0, 2, 24] {
        let fmt = Fmt { more: vec![0; more], ..Fmt::new(FLOAT, 32) };
        let floats =
            bytes_of(triangle().into_iter().map(|sample| (f32::from(sample) / 32768.0).to_le_bytes()));
        assert_the_same("a long format of floats", &riff(&[fmt.chunk(), chunk(b"data", &floats)]));
    }
}

#[test]
fn a_length_that_was_never_written_is_found_out() {
    let fmt = Fmt::new(PCM, 16).chunk();
    let unfinished = |name: &[u8], riff: u32, data: u32| {
        let chunks = [b"WAVE", &fmt[..], &stating(b"data", data, &pcm())].concat();
        stating(name, riff, &chunks)
    };
    assert_the_same("a recorder that died", &unfinished(b"RIFF", 36, 0));
    assert_the_same("one that wrote no length at all", &unfinished(b"RIFF", 0, 0));
    assert_the_same("a pipe", &unfinished(b"RIFF", u32::MAX, u32::MAX));
    assert_the_same("RF64", &unfinished(b"RF64", u32::MAX, u32::MAX));
    // What stands behind an empty recording is no sound.
    let empty = riff(&[fmt.clone(), chunk(b"data", &[]), chunk(b"LIST", &[1; 4000])]);
    assert!(refusal(&empty).contains("no samples"));
}

#[test]
fn what_holds_no_pcm_is_named() {
    for (tag, name) in
        [(0x02, "ADPCM"), (0x11, "ADPCM"), (0x06, "A-law"), (0x31, "GSM"), (0x55, "MP3"), (0x1234, "0x1234")]
    {
        let message = refusal(&riff(&[Fmt::new(tag, 4).chunk(), chunk(b"data", &[0; 2560])]));
        assert!(message.contains(name) && message.contains("convert it"), "{message}");
    }
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:aaaa\nsize 12345\n";
    assert!(refusal(pointer).contains("git lfs pull"));
    assert!(refusal(&riff(&[Fmt::new(PCM, 40).chunk(), chunk(b"data", &[0; 64])])).contains("convert it"));
    assert!(refusal(&riff(&[Fmt::new(FLOAT, 16).chunk(), chunk(b"data", &[0; 64])])).contains("convert it"));
    assert!(refusal(&riff(&[chunk(b"data", &[0; 64])])).contains("how its samples are written"));
    // There is no encoder here to make a whole one: an M4A that holds nothing.
    refusal(&[&24_u32.to_be_bytes()[..], b"ftypM4A \0\0\0\0M4A mp42"].concat());
}

proptest! {
    #[test]
    fn any_header_is_read_or_refused(place in 0..60_usize, value: u8) {
        let mut contents = riff(&[Fmt::extensible(32, 24).chunk(), chunk(b"data", &pcm())]);
        contents[place] = value;
        if let Err(error) = read(&contents) {
            let message = format!("{error:#}");
            prop_assert!(message.contains("recording.wav"), "{}", message);
        }
    }
}
