//! `import`, `run` and `export` from outside: networks that others trained.

mod calls;

use std::path::{Path, PathBuf};

use calls::{assert_refused, file, folder, one_json, recording, shown, trainer};
use serde_json::Value;

/// A network as TensorFlow wrote it.
fn network(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", "import", name].iter().collect()
}

#[test]
fn a_tflite_file_is_imported_inspected_run_and_exported() {
    let folder = folder();
    let (tflite, blob) = (network("over_time.tflite"), folder.path().join("model.postcard"));
    let import = ["import", shown(&tflite), "--out", shown(&blob), "--json"];
    let imported = one_json(trainer(&folder).args(import).assert().get_output());
    assert_eq!(imported["labels"], Value::from(Vec::<String>::new()));
    assert_eq!(imported["front_end"], Value::Null);
    assert_eq!(imported["layers"][4]["op"], "dense");
    let inspected =
        one_json(trainer(&folder).args(["inspect", shown(&blob), "--json"]).assert().get_output());
    assert_eq!(inspected, imported);

    let mut input = Vec::new();
    ndarray_npy::WriteNpyExt::write_npy(&ndarray::Array2::<i8>::zeros((20, 4)), &mut input).unwrap();
    let input = file(&folder, "input.npy", &input);
    let run = ["run", "--model", shown(&blob), shown(&input), "--json"];
    let answer = one_json(trainer(&folder).args(run).assert().get_output());
    assert_eq!(answer["output"].as_array().map(Vec::len), Some(2));

    for (name, part) in
        [("new/folder/model.h", "static const unsigned char model["), ("model.rs", "pub const MODEL: &[u8]")]
    {
        let source = folder.path().join(name);
        trainer(&folder).args(["export", shown(&blob), "--c-array", shown(&source)]).assert().success();
        let source = std::fs::read_to_string(source).unwrap();
        assert!(
            source.contains(part) && source.contains("aligned(16)") | source.contains("align(16)"),
            "{source}"
        );
    }
}

#[test]
fn what_cannot_be_imported_is_named_in_a_line() {
    let folder = folder();
    let out = folder.path().join("model.postcard");
    let refused = |tflite: &Path, options: &[&str], parts: &[&str]| {
        let mut command = trainer(&folder);
        command.args(["import", shown(tflite), "--out", shown(&out)]).args(options);
        assert_refused(command.assert().get_output(), parts);
        assert!(!out.exists());
    };
    let joined = network("refused_joined.tflite");
    refused(&joined, &[], &["refused_joined.tflite", "layer 2", "CONCATENATION", "add branches up"]);
    let whole = std::fs::read(network("over_time.tflite")).unwrap();
    refused(
        &file(&folder, "cut.tflite", &whole[..whole.len() / 2]),
        &[],
        &["cut.tflite", "cut off or damaged"],
    );
    refused(
        &file(&folder, "text.tflite", b"this is no network at all"),
        &[],
        &["text.tflite", "not a .tflite file"],
    );
    refused(&network("over_time.tflite"), &["--labels", "a,b,c"], &["3 labels for 2 outputs"]);
}

#[test]
fn inputs_are_of_a_network_s_shape_and_not_written_over() {
    let folder = folder();
    let tflite = file(&folder, "mine.tflite", &std::fs::read(network("over_time.tflite")).unwrap());
    let blob = folder.path().join("model.postcard");
    let import =
        |out: &Path| trainer(&folder).args(["import", shown(&tflite), "--out", shown(out)]).output().unwrap();
    assert_refused(&import(&tflite), &["mine.tflite would be written over"]);
    assert_refused(&import(folder.path()), &["no regular file"]);
    let facts = {
        let imported = import(&blob);
        assert!(imported.status.success(), "{imported:?}");
        one_json(trainer(&folder).args(["inspect", shown(&blob), "--json"]).assert().get_output())
    };
    let [rows, columns, channels] =
        [0, 1, 2].map(|axis| facts["input"]["shape"][axis].as_u64().unwrap() as usize);
    assert!(facts["input"]["scale"].as_f64().unwrap() > 0.0 && facts["output"]["zero_point"].is_i64());
    let npy = |name: &str, shape: &[usize]| {
        let mut bytes = Vec::new();
        ndarray_npy::WriteNpyExt::write_npy(&ndarray::ArrayD::<i8>::zeros(shape), &mut bytes).unwrap();
        file(&folder, name, &bytes)
    };
    let run = |input: &Path, options: &[&str]| {
        trainer(&folder).args(["run", "--model", shown(&blob), shown(input)]).args(options).output().unwrap()
    };
    let values = rows * columns * channels;
    for (name, shape) in [("flat.npy", vec![values]), ("batch.npy", vec![1, rows, columns, channels])] {
        assert!(run(&npy(name, &shape), &[]).status.success(), "{name}");
    }
    let turned = npy("turned.npy", &[channels, columns, rows]);
    for options in [&[][..], &["--stream"]] {
        let message = String::from_utf8(run(&turned, options).stderr).unwrap();
        assert!(message.contains("turned.npy") && message.contains("transpose it"), "{message}");
    }
    let whole = std::fs::read(npy("whole.npy", &[values])).unwrap();
    for (name, bytes) in [("empty.npy", &[][..]), ("cut.npy", &whole[..whole.len() - 1])] {
        assert_refused(&run(&file(&folder, name, bytes), &[]), &[name, "int8: its end is missing"]);
    }
    let header = format!("{:<117}\n", "{'descr': '|i1', 'fortran_order': False, 'shape': (400000000000,)}");
    let boasting = [&b"\x93NUMPY\x01\x00\x76\x00"[..], header.as_bytes(), b"\x01"].concat();
    assert_refused(&run(&file(&folder, "boasting.npy", &boasting), &[]), &["int8: its end is missing"]);
    let other = run(&npy("other.npy", &[rows + 1, columns, channels]), &[]);
    assert!(!String::from_utf8_lossy(&other.stderr).contains("transpose"), "{other:?}");
    assert_refused(&other, &["other.npy", &format!("the network reads {rows} rows of")]);
    let short = run(&npy("short.npy", &[1, columns, channels]), &["--stream"]);
    let message = String::from_utf8(short.stderr).unwrap();
    assert!(short.status.success() && message.contains("short.npy: no answer yet"), "{message}");
}

#[test]
fn a_mistyped_front_end_is_refused() {
    let folder = folder();
    let front_end = r#""sample_rate": 22050, "fft_length": 2048, "hop_length": 512, "mel_bands": 24,
        "window_samples": 10240, "mel_scale": "slaney", "reference": "window_maximum""#;
    let json = format!(r#"{{"front_end": {{{front_end}}}, "scale": {{"mean": 1, "deviation": 2}}}}"#);
    let front_end = file(&folder, "hearing.json", json.as_bytes());
    let out = folder.path().join("model.postcard");
    let import = ["import", "--labels", "a,b", "--front-end", shown(&front_end), "--out", shown(&out)];
    let output = trainer(&folder).args(import).arg(network("over_time.tflite")).output().unwrap();
    assert_refused(&output, &["hearing.json", "unknown field scale"]);
}

#[test]
fn a_network_alone_does_not_hear() {
    let folder = folder();
    let blob = folder.path().join("model.postcard");
    trainer(&folder)
        .args(["import", shown(&network("over_time.tflite")), "--raw", "--out", shown(&blob)])
        .assert()
        .success();
    let tone = recording(&folder, "tone.wav");
    let output = trainer(&folder).args(["predict", "--model", shown(&blob), shown(&tone)]).assert();
    assert_refused(output.get_output(), &["model.postcard", "has none", "prosodia::Network"]);
}
