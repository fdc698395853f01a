//! Decoding: every format, and every way in which a recording can be broken.

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};

use host_trainer::audio::{blocks, load, load_all};
use host_trainer::cache::Cache;
use hound::{SampleFormat, WavSpec, WavWriter};
use proptest::prelude::*;
use recording_bytes::{chunk, complaint, read, triangle};
use tempfile::TempDir;

mod recording_bytes;

const MONO: WavSpec =
    WavSpec { channels: 1, sample_rate: 22_050, bits_per_sample: 16, sample_format: SampleFormat::Int };
const FLOAT: WavSpec = WavSpec { bits_per_sample: 32, sample_format: SampleFormat::Float, ..MONO };
/// `triangle()` as libsndfile 1.2.2 encodes it.
const FIXTURES: [&str; 3] = ["triangle.flac", "triangle.ogg", "triangle.mp3"];

fn write_wav<S: hound::Sample + Copy>(path: &Path, spec: WavSpec, samples: &[S]) {
    let mut writer = WavWriter::create(path, spec).unwrap();
    for &sample in samples {
        writer.write_sample(sample).unwrap();
    }
    writer.finalize().unwrap();
}

fn wav<S: hound::Sample + Copy>(spec: WavSpec, samples: &[S]) -> anyhow::Result<Vec<i16>> {
    let folder = TempDir::new()?;
    let path = folder.path().join("recording.wav");
    write_wav(&path, spec, samples);
    load(&path, 22_050)
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A RIFF of one `fmt ` chunk and 64-bit floats.
fn wav_of_doubles(samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> =
        samples.iter().flat_map(|&sample| (f64::from(sample) / 32768.0).to_le_bytes()).collect();
    let mut fmt = [3_u16, 1].map(u16::to_le_bytes).concat();
    fmt.extend([22_050_u32, 8 * 22_050].map(u32::to_le_bytes).concat());
    fmt.extend([8_u16, 64].map(u16::to_le_bytes).concat());
    let chunks = [b"WAVE".to_vec(), chunk(b"fmt ", &fmt), chunk(b"data", &data)].concat();
    chunk(b"RIFF", &chunks)
}

/// 16-bit mono; AIFF is big-endian, and its sample rate an 80-bit float: here 22050 = 1.345825195 * 2^14.
fn aiff(samples: &[i16]) -> Vec<u8> {
    let chunk = |name: &[u8], body: &[u8]| [name, &(body.len() as u32).to_be_bytes(), body].concat();
    let mut common = 1_u16.to_be_bytes().to_vec();
    common.extend((samples.len() as u32).to_be_bytes());
    common.extend(16_u16.to_be_bytes());
    common.extend((16_383_u16 + 14).to_be_bytes());
    common.extend((22_050_u64 << (63 - 14)).to_be_bytes());
    let sound: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let sound = [&[0; 8], &sound[..]].concat();
    chunk(b"FORM", &[b"AIFF".to_vec(), chunk(b"COMM", &common), chunk(b"SSND", &sound)].concat())
}

#[test]
fn doubles_and_aiff_are_read() {
    let samples = triangle();
    let even = &samples[..5512];
    assert_eq!(read(&wav_of_doubles(even)).unwrap(), even);
    assert_eq!(read(&aiff(even)).unwrap(), even);
}

#[test]
fn a_front_end_of_another_rate_hears_recordings_at_its_own() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("recording.wav");
    write_wav(&path, WavSpec { sample_rate: 16_000, ..MONO }, &triangle());
    assert_eq!(load(&path, 16_000).unwrap(), triangle());
    assert_eq!(load(&path, 8_000).unwrap().len(), 5513_usize.div_ceil(2));
    assert_eq!(load(&path, 48_000).unwrap().len(), 3 * 5513);
}

#[test]
fn sixteen_bit_mono_comes_through_unchanged() {
    let samples: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    assert_eq!(wav(MONO, &samples).unwrap(), samples);
}

#[test]
fn every_width_has_the_same_full_scale() {
    // -1, -1/2, 0 and 1/4 of full scale. Wide PCM is written as WAVE_FORMAT_EXTENSIBLE.
    let expected = [-32_768, -16_384, 0, 8_192];
    for bits_per_sample in [8, 16, 24, 32] {
        let half = 1_i32 << (bits_per_sample - 2);
        let samples = [-half - half, -half, 0, half / 2];
        assert_eq!(
            wav(WavSpec { bits_per_sample, ..MONO }, &samples).unwrap(),
            expected,
            "{bits_per_sample}"
        );
    }
    assert_eq!(wav(FLOAT, &[-1.0_f32, -0.5, 0.0, 0.25]).unwrap(), expected);
}

#[test]
fn what_exceeds_full_scale_saturates() {
    assert_eq!(wav(FLOAT, &[1.0_f32, 7.5, -7.5]).unwrap(), [32_767, 32_767, -32_768]);
}

#[test]
fn channels_are_averaged() {
    let stereo = WavSpec { channels: 2, ..MONO };
    assert_eq!(wav(stereo, &[100_i16, 300, -100, 100, 32_767, 32_767]).unwrap(), [200, 0, 32_767]);
    let quadro = WavSpec { channels: 4, ..MONO };
    assert_eq!(wav(quadro, &[100_i16, 200, 300, 400]).unwrap(), [250]);
}

#[test]
fn any_usual_rate_is_brought_to_22050_hz() {
    for sample_rate in [8_000, 16_000, 44_100, 48_000, 192_000] {
        let angle = |n: u32, rate: u32| (TAU * 440.0 * f64::from(n) / f64::from(rate)).sin() * 16_000.0;
        let samples: Vec<i16> = (0..sample_rate).map(|n| angle(n, sample_rate) as i16).collect();
        let loaded = wav(WavSpec { sample_rate, ..MONO }, &samples).unwrap();
        assert_eq!(loaded.len(), 22_050);
        for (n, &sample) in (0..).zip(&loaded).skip(5_000).take(10_000) {
            assert!((f64::from(sample) - angle(n, 22_050)).abs() < 3.0, "{sample_rate} Hz, sample {n}");
        }
    }
}

#[test]
fn one_sample_is_a_recording() {
    assert_eq!(wav(MONO, &[5_i16]).unwrap(), [5]);
    assert_eq!(wav(WavSpec { sample_rate: 48_000, ..MONO }, &[5_i16]).unwrap().len(), 1);
}

#[test]
fn flac_is_exact_and_the_lossy_formats_are_close() {
    let original = triangle();
    for name in FIXTURES {
        let loaded = load(&fixture(name), 22_050).unwrap();
        assert_eq!(loaded.len(), original.len(), "{name}");
        let energy =
            |samples: &mut dyn Iterator<Item = i32>| samples.map(|s| f64::from(s).powi(2)).sum::<f64>();
        let pairs = loaded.iter().zip(&original);
        let noise = energy(&mut pairs.map(|(&found, &exact)| i32::from(found) - i32::from(exact)));
        let signal = energy(&mut original.iter().map(|&sample| i32::from(sample)));
        // libsndfile itself decodes them at 37 and 41 dB.
        let allowed = if name.ends_with("flac") { 0.0 } else { signal / 1e3 };
        assert!(noise <= allowed, "{name}: {noise} {allowed}");
    }
}

/// As ffmpeg writes to a pipe (0xFFFFFFFF bytes of data) and sox does (0x7FFFFFFF less its header).
#[test]
fn a_wav_file_of_unknown_length_goes_to_its_end() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("recording.wav");
    write_wav(&path, MONO, &triangle());
    let mut streamed = fs::read(&path).unwrap();
    let data = streamed.windows(4).position(|name| name == b"data").unwrap() + 4;
    for length in [0xFFFF_FFFF_u32, 0x7FFF_FFFF - 36] {
        streamed[data..data + 4].copy_from_slice(&length.to_le_bytes());
        assert_eq!(read(&streamed).unwrap(), triangle());
        assert_eq!(read(&streamed[..streamed.len() - 3]).unwrap(), triangle()[..triangle().len() - 2]);
    }
}

#[test]
fn broken_wav_files_are_explained() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("recording.wav");
    write_wav(&path, MONO, &[1_i16; 1000]);
    let whole = fs::read(&path).unwrap();

    assert!(complaint(read(&[])).contains("the file is empty"));
    assert!(complaint(read(&whole[..whole.len() - 1])).contains("cut short"));
    assert!(complaint(read(&whole[..44])).contains("cut short"));
    assert!(complaint(read(&whole[..20])).contains("cut short"));
    assert!(complaint(read(b"Dogs are sitting by the door")).contains("not a WAV, AIFF, FLAC, MP3"));
    assert!(complaint(read(&[0; 4096])).contains("not a WAV, AIFF, FLAC, MP3"));
    assert!(complaint(read(b"RIFF\x04\0\0\0AVI ")).contains("not a valid WAV"));
    assert!(complaint(wav(MONO, &[] as &[i16])).contains("no samples"));
    assert!(complaint(wav(FLOAT, &[0.0_f32, f32::NAN])).contains("not numbers"));
    assert!(complaint(wav(FLOAT, &[0.0_f32, f32::INFINITY])).contains("not numbers"));
    assert!(complaint(wav(WavSpec { sample_rate: 4_000, ..MONO }, &[0_i16])).contains("4000 Hz"));
    assert!(complaint(wav(WavSpec { sample_rate: 400_000, ..MONO }, &[0_i16])).contains("400000 Hz"));
    assert!(complaint(load(&folder.path().join("no-recording.wav"), 22_050)).contains("cannot use"));
    let folder_as_file = folder.path().join("folder-recording.wav");
    fs::create_dir(&folder_as_file).unwrap();
    assert!(complaint(load(&folder_as_file, 22_050)).contains("cannot use"));
}

#[test]
fn a_flac_file_that_is_cut_or_altered_is_broken() {
    let whole = fs::read(fixture("triangle.flac")).unwrap();
    assert!(read(&whole).is_ok());
    for cut in [10, 100, whole.len() / 2] {
        complaint(read(&whole[..whole.len() - cut]));
    }
    for position in [whole.len() - 100, whole.len() / 2] {
        let mut altered = whole.clone();
        altered[position] ^= 0x10;
        complaint(read(&altered));
    }
}

/// The remainder of FLAC's checksums: of 16 bits, or of 8 in the upper half.
fn remainder(bytes: &[u8], polynomial: u16) -> u16 {
    bytes.iter().fold(0, |remainder, &byte| {
        let shift = |r: u16, _| if r >> 15 == 1 { r << 1 ^ polynomial } else { r << 1 };
        (0..8).fold(remainder ^ u16::from(byte) << 8, shift)
    })
}

/// 8000 Hz, 8 bits, in frames of 65535 samples of silence that take 11 bytes each (RFC 9639, 8.2 and 9).
fn flac_of_silence(frames: u8) -> Vec<u8> {
    let blocks = [0xFF; 4];
    // 20 bits of sample rate, 3 of channels and 5 of bits per sample, both less one; 36 of an unknown length.
    let format = [0x01, 0xF4, 0x00, 0x70, 0, 0, 0, 0];
    let mut flac = [b"fLaC\x80\0\0\x22".as_slice(), &blocks, &[0; 6], &format, &[0; 16]].concat();
    for number in 0..frames {
        // Frames are numbered as UTF-8 numbers characters; the length follows, less one.
        let number = char::from(number).to_string();
        let mut frame = [&[0xFF, 0xF8, 0x70, 0x00], number.as_bytes(), &[0xFF, 0xFE]].concat();
        frame.push((remainder(&frame, 0x0700) >> 8) as u8);
        frame.extend([0, 0]); // Constant, and 0.
        frame.extend(remainder(&frame, 0x8005).to_be_bytes());
        flac.extend(frame);
    }
    flac
}

#[test]
fn a_short_file_cannot_fill_the_memory() {
    let silence = vec![0; (3 * 65_535 * 22_050_usize).div_ceil(8_000)];
    assert_eq!(read(&flac_of_silence(3)).unwrap(), silence);
    // 30 minutes and 2 seconds in 2.5 KB.
    assert!(complaint(read(&flac_of_silence(220))).contains("half an hour"));
}

/// Half an hour is the limit of what is held in memory, not of what is read block by block.
#[test]
fn a_long_recording_is_read_in_blocks() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("recording.wav");
    fs::write(&path, flac_of_silence(220)).unwrap();
    let mut count = 0;
    for block in blocks(&path, 8_000).unwrap() {
        let block = block.unwrap();
        assert!(!block.is_empty() && block.len() <= 65_535);
        count += block.len();
    }
    assert_eq!(count, 220 * 65_535);
}

#[test]
fn what_comes_before_a_fault_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("recording.wav");
    let mut altered = flac_of_silence(3);
    // An MD5 behind the sizes of blocks and frames and the format: that of other samples, which is known at the end.
    altered[26..42].fill(1);
    fs::write(&path, &altered).unwrap();
    let mut read: Vec<_> = blocks(&path, 8_000).unwrap().collect();
    complaint(read.pop().unwrap());
    let before: Vec<i16> = read.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!((before.len(), before.iter().max()), (3 * 65_535, Some(&0)));
}

#[test]
fn blocks_make_up_the_recording() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("recording.wav");
    let samples: Vec<i16> = (0..200_000i64).map(|n| (n * n % 65_537 - 32_768) as i16).collect();
    for (channels, bits_per_sample, sample_rate) in [(1, 16, 22_050), (2, 24, 48_000), (3, 32, 32_000)] {
        write_wav(&path, WavSpec { channels, bits_per_sample, sample_rate, ..MONO }, &samples[..199_998]);
        let read: Vec<Vec<i16>> = blocks(&path, 22_050).unwrap().map(Result::unwrap).collect();
        assert!(read.len() > 1);
        assert_eq!(read.concat(), load(&path, 22_050).unwrap());
    }
}

/// Chunks fill whole words: behind one of an odd length lies a byte that belongs to none.
#[test]
fn other_chunks_are_skipped() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("recording.wav");
    write_wav(&path, MONO, &triangle());
    let mut contents = fs::read(&path).unwrap();
    contents.splice(12..12, *b"LIST\x03\0\0\0abc\0");
    assert_eq!(read(&contents).unwrap(), triangle());
}

#[cfg(unix)]
#[test]
fn what_has_no_end_is_refused() {
    let message = format!("{:#}", load(Path::new("/dev/zero"), 22_050).unwrap_err());
    assert!(message.contains("/dev/zero") && message.contains("not a regular file"), "{message}");
}

#[test]
fn broken_recordings_are_named_and_the_others_loaded() {
    let folder = TempDir::new().unwrap();
    let path = |name| folder.path().join(name);
    write_wav(&path("DC_a01.wav"), MONO, &[1_i16, 2, 3]);
    fs::write(path("DC_a02.wav"), b"RIFF").unwrap();
    write_wav(&path("DC_a03.wav"), MONO, &[4_i16, 5]);
    let names = ["DC_a01.wav", "DC_a02.wav", "DC_a03.wav", "DC_a04.wav"];
    let files: Vec<PathBuf> = names.iter().map(|name| path(name)).collect();
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();

    let cache = Cache::at(&path("cache"));
    for _ in ["decoded", "from the cache"] {
        let loaded = load_all(&files, 22_050, &cache);
        assert_eq!(loaded.samples, [(0, vec![1, 2, 3]), (2, vec![4, 5])]);
        let broken: Vec<_> = loaded.broken.into_iter().map(|broken| broken.path).collect();
        assert_eq!(broken, [path("DC_a02.wav"), path("DC_a04.wav")]);
    }

    write_wav(&path("DC_a01.wav"), MONO, &[7_i16]);
    assert_eq!(load_all(&files, 22_050, &cache).samples[0], (0, vec![7]));
}

proptest! {
    #[test]
    fn altered_bytes_are_decoded_or_refused(
        name in prop::sample::select(&["triangle.wav", "triangle.flac", "triangle.ogg", "triangle.mp3"][..]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        header_change in (0..64usize, any::<u8>()),
        length in any::<prop::sample::Index>(),
    ) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("recording.wav");
        let mut contents = if name.ends_with("wav") {
            write_wav(&path, MONO, &triangle());
            fs::read(&path).unwrap()
        } else {
            fs::read(fixture(name)).unwrap()
        };
        for (position, value) in changes {
            let position = position.index(contents.len());
            contents[position] = value;
        }
        contents[header_change.0] ^= header_change.1;
        let kept = contents.len() - length.index(contents.len() / 4);
        fs::write(&path, &contents[..kept]).unwrap();
        if let Err(error) = load(&path, 22_050) {
            prop_assert!(error.to_string().contains("recording.wav"));
        }
    }
}
