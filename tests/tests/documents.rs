//! The examples on the documents' pages are what they say.

use anyhow::Result;
use engine::Model;
use engine::model::Run;
use host_trainer::preset::Preset;

const FORMAT: &str = include_str!("../../docs/blob-format.md");
const PRESETS: &str = include_str!("../../docs/guide/presets.md");

/// What stands between fences of a language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let opening = format!("```{language}\n");
    page.split(&opening).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// The bytes of the worked example on the format's page: pairs of hexadecimal digits at the start of a line.
fn bytes_on_the_page() -> Vec<u8> {
    let pairs = |line: &'static str| {
        line.split(' ').map_while(|pair| match pair.len() {
            2 => u8::from_str_radix(pair, 16).ok(),
            _ => None,
        })
    };
    blocks(FORMAT, "hexdump").into_iter().flat_map(str::lines).flat_map(pairs).collect()
}

#[test]
fn the_format_s_example_is_the_model_that_tells_loud_from_quiet() -> Result<()> {
    let blob = bytes_on_the_page();
    assert_eq!(blob, include_bytes!("../../engine/tests/data/loud.postcard"));
    let model = Model::from_bytes(&blob)?;
    let mut arena = vec![0; model.layout().arena_bytes()];
    let mut run = Run::new(model, &mut arena);
    // 3 * 40 * 100 + 100 and 3 * -40 * 100 - 100, times 2^-8, from a zero point of 3.
    for _ in 0..3 {
        run.push(|row| row.fill(100), |_| ());
    }
    assert_eq!(run.scores(), [50, -44]);
    Ok(())
}

#[test]
fn the_guide_s_example_is_a_preset() -> Result<()> {
    let blocks = blocks(PRESETS, "json");
    let examples: Vec<&str> = blocks.into_iter().filter(|block| block.contains("\"front_end\"")).collect();
    assert_eq!(examples.len(), 1);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("preset.json");
    std::fs::write(&path, examples[0])?;
    assert_eq!(Preset::load(&path)?.name, "mine");
    Ok(())
}
