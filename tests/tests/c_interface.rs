//! C programs on the library for C: with the host's compiler under sanitizers, and on a Cortex-M4F under QEMU. They say
//! what `predict` and `listen` say.
//!
//! Needs a C and a C++ compiler, `arm-none-eabi-gcc`, `qemu-system-arm` and the target thumbv7em-none-eabihf:
//! `tests/run` installs them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use engine::listen::{Conversion, Event, Opinion, Settings, Verdict};
use host_trainer::evaluate::{Footprint, HostListener, Prediction, Scorer};
use host_trainer::{SHIPPED_MODEL, audio, source_code, synth};
use serde::Deserialize;
use serde_json::from_str;
use tempfile::TempDir;

const WARNINGS: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1"];
const SANITIZERS: [&str; 3] = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const CORTEX_M4F: [&str; 8] = [
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfloat-abi=hard",
    "-mfpu=fpv4-sp-d16",
    "-ffreestanding",
    "-ffunction-sections",
    "-nostdlib",
    "-Wl,--gc-sections,-z,noexecstack",
];
/// Utterances of a stream.
const UTTERANCES: usize = 4;
/// Samples of a pause, longer than the hangover, and of the model's window.
const PAUSE: usize = 40_000;
const WINDOW: usize = 66_150;
/// In Hz.
const MICROPHONE_RATE: u32 = 16_000;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a command to its end: its output.
fn run(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| {
        format!("cannot run {:?}: `tests/run` installs what the tests need", command.get_program())
    })?;
    let [text, errors] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    ensure!(output.status.success(), "{command:?}: {}\n{text}{errors}", output.status);
    Ok(text.into_owned())
}

/// The library of a target; without one, of the host.
fn library(target: &str) -> Result<PathBuf> {
    let path = run(Command::new(workspace().join("engine/c/build")).arg(target))?;
    Ok(workspace().join(path.trim()))
}

fn host() -> Result<String> {
    let version = run(Command::new("rustc").arg("-vV"))?;
    version.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).context("no host")
}

/// A folder with what the programs want: the model as C source, and recordings.
fn folder(clip: &[i16], stream: &[i16]) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let facts = Footprint::of_blob(SHIPPED_MODEL)?;
    std::fs::write(
        folder.path().join("model.h"),
        source_code::c(SHIPPED_MODEL, &facts, "model.h".as_ref())?,
    )?;
    for (name, samples) in [("clip.raw", clip), ("stream.raw", stream)] {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        std::fs::write(folder.path().join(name), bytes)?;
    }
    Ok(folder)
}

/// Compiles a program in a folder.
fn compile(compiler: &str, flags: &[&str], sources: &[&str], target: &str, folder: &Path) -> Result<PathBuf> {
    let program = folder.join("program");
    let mut command = Command::new(compiler);
    command.args(WARNINGS).args(flags).arg("-I").arg(folder);
    command.arg("-I").arg(workspace().join("engine/c/include"));
    command.args(sources.iter().map(|name| workspace().join("tests/c").join(name)));
    command.arg(library(target)?).arg("-o").arg(&program);
    if !target.contains("none") {
        command.args(["-lm", "-lpthread", "-ldl"]);
    }
    run(&mut command)?;
    Ok(program)
}

/// The answer that a program prints first.
#[derive(Debug, Deserialize)]
struct Answer {
    label: String,
    index: usize,
    confidence: u16,
    probabilities: Vec<u16>,
    scores: Vec<i8>,
}

/// An event that it prints.
#[derive(Debug, Default, PartialEq, Deserialize)]
struct Line {
    kind: u8,
    start: u64,
    sample: u64,
    label: String,
    index: usize,
    confidence: u16,
    probabilities: Vec<u16>,
    valence: i16,
    arousal: i16,
}

/// A probability in C's steps of 2^-15.
fn steps(probability: f32) -> u16 {
    (probability * 32_768.0) as u16
}

impl Line {
    /// What the engine's event is in C; `start` is where the utterance began.
    fn of(event: Event<'_>, begin: &mut u64) -> Self {
        match event {
            Event::Began { sample } => {
                *begin = sample;
                Self { kind: 1, start: sample, sample, ..Self::default() }
            }
            Event::Announced(opinion) => {
                Self { kind: 2, start: *begin, sample: opinion.sample(), ..opinion.into() }
            }
            Event::Ended { start, end, verdict } => {
                let (kind, said) = match verdict {
                    Verdict::Emotion(opinion) => (3, opinion.into()),
                    Verdict::Unsure(opinion) => (4, opinion.into()),
                    Verdict::NotSpeech => (5, Self::default()),
                };
                Self { kind, start, sample: end, ..said }
            }
        }
    }
}

impl From<Opinion<'_>> for Line {
    fn from(opinion: Opinion<'_>) -> Self {
        let affect = opinion.affect();
        Self {
            label: opinion.label().to_owned(),
            index: opinion.class(),
            confidence: steps(opinion.confidence()),
            probabilities: opinion.probabilities().map(|(_, share)| steps(share)).collect(),
            valence: affect.valence,
            arousal: affect.arousal,
            ..Self::default()
        }
    }
}

/// The events of the listener that `host-trainer listen` uses.
fn events(stream: &[i16], rate: u32) -> Result<Vec<Line>> {
    let mut coefficients = Vec::new();
    let conversion = Conversion::between(rate, audio::SAMPLE_RATE, &mut coefficients);
    let mut listener = Box::new(HostListener::new());
    listener.load(SHIPPED_MODEL, &Settings { conversion, ..Settings::DEFAULT })?;
    let (mut events, mut begin) = (Vec::new(), 0);
    listener.push(stream, |event| events.push(Line::of(event, &mut begin)))?;
    listener.flush(|event| events.push(Line::of(event, &mut begin)))?;
    Ok(events)
}

fn assert_answer(found: &Answer, expected: &Prediction) {
    assert_eq!(found.scores, expected.scores);
    assert_eq!((found.index, &found.label), (expected.class, &expected.emotion));
    assert_eq!(found.confidence, steps(expected.confidence));
    assert!(found.probabilities.iter().copied().eq(expected.probabilities.iter().map(|(_, p)| steps(*p))));
}

/// What a program prints must be what `predict` and `listen` say.
fn assert_hears(output: &str, clip: &[i16], stream: &[i16]) -> Result<()> {
    let (answer, found) = output.split_once('\n').context("no answer")?;
    assert_answer(&from_str(answer)?, &Scorer::new(SHIPPED_MODEL)?.classify(clip));
    let found: Vec<Line> = found.lines().map(from_str).collect::<Result<_, _>>()?;
    let mut expected = events(stream, audio::SAMPLE_RATE)?;
    expected.extend(events(stream, MICROPHONE_RATE)?);
    assert_eq!(found, expected);
    assert!(found.iter().any(|line| line.kind == 3 || line.kind == 4), "{found:?}");
    Ok(())
}

/// A window of speech, and a stream of the built-in corpus with a pause before each utterance.
fn recordings() -> Result<(Vec<i16>, Vec<i16>)> {
    let folder = tempfile::tempdir()?;
    synth::write_corpus(folder.path(), UTTERANCES, 1)?;
    let (mut clip, mut stream) = (Vec::new(), Vec::new());
    for utterance in synth::utterances(UTTERANCES)? {
        clip = audio::load(&folder.path().join(utterance.path()), audio::SAMPLE_RATE)?;
        // A microphone is never quite silent.
        stream.extend((0..PAUSE).map(|n| [0, 1, 0, -1, 1, 0, -1][n * n % 7]));
        stream.extend_from_slice(&clip);
    }
    Ok((audio::window(&clip, WINDOW), stream))
}

/// Runs a program on a board with a Cortex-M4F under QEMU: what it prints.
fn run_on_cortex_m4f(source: &str, folder: &Path) -> Result<String> {
    let script = workspace().join("tests/c/an386.ld");
    let mut flags = CORTEX_M4F.to_vec();
    flags.extend(["-std=c99", "-T", script.to_str().context("a path in UTF-8")?]);
    let target = "thumbv7em-none-eabihf";
    let program = compile("arm-none-eabi-gcc", &flags, &[source, "an386.c"], target, folder)?;
    let mut qemu = Command::new("qemu-system-arm");
    qemu.args(["-machine", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none"]);
    qemu.args(["-chardev", "stdio,id=out", "-semihosting-config", "enable=on,target=native,chardev=out"]);
    run(qemu.arg("-kernel").arg(program).current_dir(folder).stdin(Stdio::null()))
}

#[test]
fn a_c_program_on_a_cortex_m4f_says_what_the_host_says() -> Result<()> {
    let (clip, stream) = recordings()?;
    let folder = folder(&clip, &stream)?;
    assert_hears(&run_on_cortex_m4f("hear.c", folder.path())?, &clip, &stream)
}

/// Bytes of stack, as `docs/c.md` states them.
#[test]
fn the_stack_is_no_deeper_than_is_documented() -> Result<()> {
    let (clip, stream) = recordings()?;
    let folder = folder(&clip, &stream)?;
    let depths: BTreeMap<String, u32> = from_str(&run_on_cortex_m4f("stack.c", folder.path())?)?;
    let limits =
        [("classifier", 2736), ("classifier_init", 2672), ("listener", 3376), ("listener_init", 2712)];
    for ((name, depth), limit) in depths.iter().zip(limits) {
        assert!(name == limit.0 && *depth <= limit.1, "{depths:?}");
    }
    Ok(())
}

#[test]
fn a_c_program_on_the_host_says_what_the_host_says() -> Result<()> {
    let (clip, stream) = recordings()?;
    let folder = folder(&clip, &stream)?;
    let flags = [SANITIZERS.as_slice(), &["-std=c99"]].concat();
    let program = compile("gcc", &flags, &["hear.c", "host.c"], &host()?, folder.path())?;
    assert_hears(&run(Command::new(program).current_dir(folder.path()))?, &clip, &stream)
}

#[test]
fn a_frozen_voice_stays_so_in_the_next_stream() -> Result<()> {
    let (clip, stream) = recordings()?;
    let folder = folder(&clip, &stream)?;
    let flags = [SANITIZERS.as_slice(), &["-std=c99"]].concat();
    let program = compile("gcc", &flags, &["frozen.c", "host.c"], &host()?, folder.path())?;
    run(Command::new(program).current_dir(folder.path()))?;
    Ok(())
}

#[test]
fn what_c_does_wrong_it_is_told() -> Result<()> {
    let folder = folder(&[], &[])?;
    let flags = [SANITIZERS.as_slice(), &["-std=c11"]].concat();
    let program = compile("gcc", &flags, &["misuse.c"], &host()?, folder.path())?;
    run(&mut Command::new(program))?;
    Ok(())
}

#[test]
fn the_header_is_c_plus_plus_as_well() -> Result<()> {
    let folder = folder(&[], &[])?;
    let program = compile("g++", &["-std=c++11"], &["memory.cpp"], &host()?, folder.path())?;
    run(&mut Command::new(program))?;
    Ok(())
}

#[test]
fn the_cmake_package_builds_its_example() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let example = workspace().join("engine/c/examples/cmake");
    run(Command::new("cmake").arg("-S").arg(&example).arg("-B").arg(folder.path()))?;
    let mut build = Command::new("cmake");
    build.arg("--build").arg(folder.path());
    // Where all tests are built, the trainer is too.
    let trainer = std::env::current_exe()?.parent().context("a folder")?.join("../host-trainer");
    if trainer.exists() {
        build.env("HOST_TRAINER", trainer);
    }
    run(&mut build)?;
    // Nobody speaks where there is no sound.
    let said = run(Command::new(folder.path().join("hear")).stdin(Stdio::null()))?;
    assert_eq!(said, "");

    // Of what is cross-compiled, the compiler's flags say the processor.
    for (flags, expected) in [
        ("-mcpu=cortex-m0plus -mthumb", "thumbv6m-none-eabi"),
        ("-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16", "thumbv7em-none-eabihf"),
        ("-mcpu=cortex-m33 -mthumb", "thumbv8m.main-none-eabi"),
    ] {
        let folder = tempfile::tempdir()?;
        let mut cmake = Command::new("cmake");
        cmake.arg("-S").arg(&example).arg("-B").arg(folder.path()).arg(format!("-DCMAKE_C_FLAGS={flags}"));
        cmake.args(["-DCMAKE_SYSTEM_NAME=Generic", "-DCMAKE_C_COMPILER=arm-none-eabi-gcc"]);
        let said = run(cmake.arg("-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY"))?;
        assert!(said.contains(&format!("Emotion: {expected},")), "{said}");
    }
    Ok(())
}

/// What arduino-cli's library specification wants, and what Zephyr's module file refers to; neither can be run here.
#[test]
fn the_packages_are_laid_out_as_specified() -> Result<()> {
    let folder = workspace().join("engine/c");
    let properties = std::fs::read_to_string(folder.join("arduino/library.properties"))?;
    let keys: Vec<_> =
        properties.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key).collect();
    for key in ["name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url"] {
        assert!(keys.contains(&key), "{key}");
    }
    assert!(properties.contains("\nprecompiled=true\n") && properties.contains("\nldflags=-lemotion\n"));

    let module = std::fs::read_to_string(folder.join("zephyr/module.yml"))?;
    let value = |key: &str| module.lines().find_map(|line| line.trim().strip_prefix(key)).map(str::trim);
    assert_eq!(value("name:"), Some("emotion"));
    let cmake = value("cmake:").context("no cmake")?;
    assert!(folder.join(cmake).join("CMakeLists.txt").is_file());
    assert!(folder.join(value("kconfig:").context("no kconfig")?).is_file());
    Ok(())
}
