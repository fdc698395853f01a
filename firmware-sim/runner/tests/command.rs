//! The command line as a user meets it.

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;

fn sim(arguments: &str) -> Command {
    let mut command = cargo_bin_cmd!("sim");
    command.args(arguments.split_whitespace());
    command
}

fn stderr(command: &mut Command, code: i32) -> String {
    let output = command.assert().code(code).stdout("").get_output().clone();
    String::from_utf8(output.stderr).expect("messages are UTF-8")
}

fn json(arguments: &str) -> Value {
    let output = sim(arguments).assert().success().get_output().clone();
    serde_json::from_slice(&output.stdout).expect("one JSON value")
}

/// The instructions of each entry, whose names and MACs must be as expected.
fn instructions(costs: &Value, expected: &[(&str, u64)]) -> Vec<u64> {
    let costs = costs.as_array().expect("a list");
    let found: Vec<_> =
        costs.iter().map(|cost| (cost["name"].as_str().unwrap(), cost["macs"].as_u64().unwrap())).collect();
    assert_eq!(found, expected);
    costs.iter().map(|cost| cost["instructions"].as_u64().unwrap()).collect()
}

#[test]
fn usage_errors_exit_with_2() {
    for arguments in ["", "classify a.wav", "--board an999 bench", "--board an386", "--board an386 classify"]
    {
        assert!(stderr(&mut sim(arguments), 2).contains("--help"), "{arguments}");
    }
}

#[test]
fn a_missing_qemu_is_named() {
    let message = stderr(sim("--board an386 kernels").env("PATH", ""), 1);
    assert_eq!(
        message,
        "error: qemu-system-arm is not installed: install QEMU for Arm (Debian: `apt install qemu-system-arm`)\n"
    );
}

#[test]
fn a_missing_model_is_named() {
    for program in ["classify a.wav", "bench", "memory"] {
        let message = stderr(&mut sim(&format!("--board an386 {program} --model nowhere.postcard")), 1);
        assert_eq!(message.lines().count(), 1);
        assert!(message.starts_with("error: cannot use nowhere.postcard: "), "{message}");
    }
}

#[test]
fn a_missing_recording_is_named() {
    let message = stderr(&mut sim("--board stm32f405 classify nowhere.flac"), 1);
    assert!(message.starts_with("error: cannot use nowhere.flac: "), "{message}");
}

#[test]
fn the_shipped_model_fits_an_stm32f405() {
    let memory = json("--board stm32f405 memory --json");
    assert_eq!(memory["board"], "stm32f405");
    let bytes = |name: &str| memory[name].as_u64().unwrap();
    assert!((host_trainer::SHIPPED_MODEL.len() as u64..1 << 20).contains(&bytes("flash_bytes")));
    assert!(bytes("stack_bytes") > 0);
    assert!(bytes("static_ram_bytes") + bytes("stack_bytes") < 128 << 10);
}

#[test]
fn layers_and_front_end_add_up_to_the_whole() {
    let model = engine::Model::from_bytes(host_trainer::SHIPPED_MODEL).unwrap();
    let network = model.network();
    let names: Vec<_> =
        network.layers().enumerate().map(|(i, layer)| format!("{i} {}", layer.op.name())).collect();
    let expected: Vec<_> =
        names.iter().enumerate().map(|(i, name)| (name.as_str(), network.macs(i))).collect();

    let bench = json("--board stm32f405 bench --json");
    assert_eq!(bench["board"], "stm32f405");
    let layers: u64 = instructions(&bench["layers"], &expected).iter().sum();
    let front_end = bench["front_end_instructions_per_hop"].as_u64().unwrap() * model.frames() as u64;
    let total = bench["total_instructions"].as_u64().unwrap();
    // What is left is the reference, the quantisation and the start of the recording.
    assert!((0.95..1.1).contains(&(total as f64 / (layers + front_end) as f64)), "{bench}");
    // A second of a stream costs what a second of a window does, but for the rows that layers read behind its end.
    let second = bench["stream"]["instructions_per_second"].as_u64().unwrap() as f64;
    assert!((0.9..1.1).contains(&(second * 3.0 / total as f64)), "{bench}");
    assert!(bench["stream"]["dearest_push_instructions"].as_u64().unwrap() * 10 < total);
    assert!((bench["stream"]["answers_per_second"].as_f64().unwrap() - 22_050.0 / 512.0 / 8.0).abs() < 1e-9);
    assert!(bench["checksum_instructions"].as_u64() < bench["load_instructions"].as_u64());
    assert_eq!(json("--board stm32f405 bench --json"), bench, "instructions are counted, not timed");
}

#[test]
fn kernels_are_measured_in_the_order_of_the_reference_table() {
    let kernels = json("--board an385 kernels --json");
    assert_eq!(kernels["board"], "an385");
    let expected = [
        ("conv 3x3 stride 2, 64x130x1 -> 16", 299_520),
        ("depthwise 3x3 stride 1, 32x65x16", 299_520),
        ("pointwise 32x65, 16 -> 32", 1_064_960),
        ("depthwise 3x3 stride 2, 32x65x32", 152_064),
        ("pointwise 16x33, 32 -> 64", 1_081_344),
        ("depthwise 3x3 stride 1, 16x33x64", 304_128),
        ("pointwise 16x33, 64 -> 64", 2_162_688),
        ("conv 3x3 stride 1, 16x33, 32 -> 32", 4_866_048),
        ("conv 3x3 stride 2, 32x65, 16 -> 32", 2_433_024),
    ];
    // A core without SIMD takes an instruction for each MAC at the very least.
    for (count, (name, macs)) in instructions(&kernels["kernels"], &expected).into_iter().zip(expected) {
        assert!(count > macs, "{name}: {count}");
    }
}
