//! A network whose rows come from anywhere.
#![cfg(all(feature = "std", feature = "unstable"))]

mod common;

use common::{every_operator, loud, weighted};
use prosodia::blob::Body;
use prosodia::{
    FrontEndError, LayerError, LoadError, Model, Network, NotReady, Session, arena_bytes, sample_rate,
};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

#[test]
fn it_takes_a_whole_window_or_says_what_is_wrong_with_it() -> Result {
    let blob = weighted().to_bytes()?;
    assert_eq!(sample_rate(&blob), 0);
    let mut network = Network::<64>::new();
    assert_eq!(network.run(&[0; 3]), Err(NotReady::NoModel));
    network.load(&blob)?;
    assert_eq!(network.run(&[4, 6, 8])?, [20]);
    for length in [0, 2, 4] {
        assert_eq!(network.run(&vec![0; length]), Err(NotReady::Values { needed: 3, found: length }));
    }
    assert_eq!(network.push(&[0, 0]), Err(NotReady::Values { needed: 1, found: 2 }));
    Ok(())
}

#[test]
fn a_stream_that_ends_too_early_says_what_is_missing() -> Result {
    let blob = weighted().to_bytes()?;
    let mut network = Network::<64>::new();
    network.load(&blob)?;
    assert_eq!(network.push(&[4])?, None);
    assert_eq!(network.finish(), Err(NotReady::Rows { missing: 2 }));
    // The next input is another one.
    assert_eq!(network.push(&[6])?, None);
    assert_eq!(network.push(&[0])?, None);
    assert_eq!(network.push(&[0])?, Some([3].as_slice()));
    assert_eq!(network.finish()?, [3]);
    Ok(())
}

#[test]
fn an_arena_too_small_says_what_suffices() -> Result {
    let blob = weighted().to_bytes()?;
    // Two rows of the input and the sum are kept, each in 8 bytes; three rows and the sum are worked on.
    assert_eq!(arena_bytes(&blob), 32);
    let mut network = Network::<31>::new();
    assert_eq!(network.load(&blob), Err(LoadError::ArenaTooSmall { needed: 32, available: 31 }));
    assert_eq!(network.run(&[0; 3]), Err(NotReady::NoModel));
    assert_eq!(Network::<32>::new().load(&blob), Ok(()));
    Ok(())
}

/// Of a model with a front end the network alone: the scores of `docs/blob-format.md`'s example become 0 and 1.
#[test]
fn it_takes_the_network_of_a_model() -> Result {
    let blob = loud().to_bytes()?;
    let mut network = Network::<4096>::new();
    network.load(&blob)?;
    assert_eq!(network.run(&[100; 3])?, [127, -128]);
    assert_eq!(network.runnable().map(|runnable| runnable.labels().len()), Some(2));
    Ok(())
}

#[test]
fn what_hears_refuses_a_network_without_a_front_end() -> Result {
    let blob = weighted().to_bytes()?;
    let refused = LoadError::FrontEnd(FrontEndError::Missing);
    assert_eq!(Model::from_bytes(&blob).err(), Some(refused));
    assert_eq!(Session::new().load(&blob, &mut [0; 64]), Err(refused));
    Ok(())
}

#[test]
fn metadata_and_header_agree_on_the_front_end() -> Result {
    let mut heard = loud().to_bytes()?;
    heard[16..20].fill(0);
    let mut unheard = weighted().to_bytes()?;
    unheard[16..20].copy_from_slice(&16_000u32.to_le_bytes());
    for mut blob in [heard, unheard] {
        prosodia::blob::reseal(&mut blob);
        assert_eq!(Network::<4096>::new().load(&blob), Err(LoadError::Malformed));
    }
    Ok(())
}

#[test]
fn its_answer_is_one_row_with_a_value_for_each_label() -> Result {
    let ending = |index| Err(LoadError::Layer { index, error: LayerError::Ending });
    let mut two_rows = every_operator();
    two_rows.front_end = None;
    two_rows.labels.clear();
    assert_eq!(load(&two_rows), Ok(()));
    two_rows.layers.truncate(4); // ends in the max pool's two rows
    assert_eq!(load(&two_rows), ending(3));
    let mut labelled = weighted();
    labelled.labels = ["sum"].into_iter().collect();
    assert_eq!(load(&labelled), Ok(()));
    labelled.labels = ["a", "b"].into_iter().collect();
    assert_eq!(load(&labelled), ending(0));
    Ok(())
}

fn load(body: &Body<'_>) -> std::result::Result<(), LoadError> {
    Network::<4096>::new().load(&body.to_bytes().unwrap())
}
