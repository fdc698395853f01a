//! The sounds of English as targets for the synthesiser.
//!
//! Formants and bandwidths of a male voice after tables II and III of Klatt (1980), a diphthong as the two
//! points between which it glides. Nasals stand as their murmur: Klatt's nasal zero cancels F1 and leaves the
//! nasal pole at 270 Hz. Durations after the inherent durations of J. Allen, S. Hunnicutt and D. Klatt, "From
//! Text to Speech: The MITalk System", Cambridge University Press, 1987.

/// One sound.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phone {
    /// Its ARPABET symbol.
    pub symbol: &'static str,
    /// How long it lasts in a stressed syllable.
    pub milliseconds: f64,
    /// F1 to F3 at its beginning, Hz.
    pub onset: [f64; 3],
    /// F1 to F3 at its end, Hz.
    pub offset: [f64; 3],
    /// The bandwidths of F1 to F3, Hz.
    pub bandwidths: [f64; 3],
    /// Amplitude of voicing, 1 in a vowel.
    pub voicing: f64,
    /// Amplitude of the noise made at the glottis, 1 in an h.
    pub aspiration: f64,
    /// The noise made at a constriction: centre and width of its band in Hz, RMS amplitude where 1 is about
    /// as loud as a vowel.
    pub frication: [f64; 3],
    /// The share of the duration, at its beginning, during which the mouth is shut.
    pub closure: f64,
    /// Whether it carries a syllable.
    pub vowel: bool,
}

const fn vowel(symbol: &'static str, milliseconds: f64, formants: [f64; 3], bandwidths: [f64; 3]) -> Phone {
    diphthong(symbol, milliseconds, formants, formants, bandwidths)
}

const fn diphthong(
    symbol: &'static str,
    milliseconds: f64,
    onset: [f64; 3],
    offset: [f64; 3],
    bandwidths: [f64; 3],
) -> Phone {
    Phone {
        symbol,
        milliseconds,
        onset,
        offset,
        bandwidths,
        voicing: 1.0,
        aspiration: 0.0,
        frication: [1000.0, 1000.0, 0.0],
        closure: 0.0,
        vowel: true,
    }
}

const fn sonorant(
    symbol: &'static str,
    milliseconds: f64,
    formants: [f64; 3],
    bandwidths: [f64; 3],
) -> Phone {
    Phone { voicing: 0.7, vowel: false, ..vowel(symbol, milliseconds, formants, bandwidths) }
}

const fn fricative(
    symbol: &'static str,
    milliseconds: f64,
    voicing: f64,
    formants: [f64; 3],
    frication: [f64; 3],
) -> Phone {
    Phone {
        voicing,
        frication,
        ..sonorant(symbol, milliseconds, formants, [if voicing > 0.0 { 60.0 } else { 200.0 }, 90.0, 160.0])
    }
}

const fn stop(
    symbol: &'static str,
    milliseconds: f64,
    voicing: f64,
    formants: [f64; 3],
    burst: [f64; 3],
) -> Phone {
    Phone {
        closure: 0.65,
        aspiration: if voicing > 0.0 { 0.0 } else { 0.6 },
        ..fricative(symbol, milliseconds, voicing, formants, burst)
    }
}

/// Every sound, in no order that matters.
static PHONES: [Phone; 38] = [
    diphthong("IY", 155.0, [310.0, 2020.0, 2960.0], [290.0, 2070.0, 2960.0], [50.0, 200.0, 400.0]),
    diphthong("IH", 135.0, [400.0, 1800.0, 2570.0], [470.0, 1600.0, 2600.0], [50.0, 100.0, 140.0]),
    diphthong("EY", 190.0, [480.0, 1720.0, 2520.0], [330.0, 2020.0, 2600.0], [60.0, 100.0, 200.0]),
    diphthong("EH", 150.0, [530.0, 1680.0, 2500.0], [620.0, 1530.0, 2530.0], [60.0, 90.0, 200.0]),
    diphthong("AE", 230.0, [620.0, 1660.0, 2430.0], [650.0, 1490.0, 2470.0], [70.0, 130.0, 320.0]),
    vowel("AA", 240.0, [700.0, 1220.0, 2600.0], [130.0, 70.0, 160.0]),
    diphthong("AO", 240.0, [600.0, 990.0, 2570.0], [630.0, 1040.0, 2600.0], [90.0, 100.0, 80.0]),
    vowel("AH", 140.0, [620.0, 1220.0, 2550.0], [80.0, 50.0, 140.0]),
    diphthong("OW", 220.0, [540.0, 1100.0, 2300.0], [450.0, 900.0, 2300.0], [80.0, 70.0, 70.0]),
    diphthong("UH", 160.0, [450.0, 1100.0, 2350.0], [500.0, 1180.0, 2390.0], [80.0, 100.0, 80.0]),
    diphthong("UW", 210.0, [350.0, 1250.0, 2200.0], [320.0, 900.0, 2200.0], [65.0, 110.0, 140.0]),
    diphthong("ER", 180.0, [470.0, 1270.0, 1540.0], [420.0, 1310.0, 1540.0], [100.0, 60.0, 110.0]),
    diphthong("AY", 250.0, [660.0, 1200.0, 2550.0], [400.0, 1880.0, 2500.0], [85.0, 85.0, 200.0]),
    diphthong("AW", 260.0, [640.0, 1230.0, 2550.0], [420.0, 940.0, 2350.0], [80.0, 70.0, 110.0]),
    diphthong("OY", 280.0, [550.0, 960.0, 2400.0], [360.0, 1820.0, 2450.0], [70.0, 75.0, 145.0]),
    sonorant("W", 80.0, [290.0, 610.0, 2150.0], [50.0, 80.0, 60.0]),
    sonorant("Y", 80.0, [260.0, 2070.0, 3020.0], [40.0, 250.0, 500.0]),
    sonorant("R", 80.0, [310.0, 1060.0, 1380.0], [70.0, 100.0, 120.0]),
    sonorant("L", 80.0, [310.0, 1050.0, 2880.0], [50.0, 100.0, 280.0]),
    sonorant("M", 70.0, [270.0, 1270.0, 2130.0], [80.0, 200.0, 200.0]),
    sonorant("N", 60.0, [270.0, 1340.0, 2470.0], [80.0, 300.0, 300.0]),
    sonorant("NG", 95.0, [270.0, 1990.0, 2850.0], [80.0, 300.0, 300.0]),
    fricative("F", 100.0, 0.0, [340.0, 1100.0, 2080.0], [4500.0, 6000.0, 0.08]),
    fricative("V", 60.0, 0.4, [220.0, 1100.0, 2080.0], [4500.0, 6000.0, 0.05]),
    fricative("TH", 90.0, 0.0, [320.0, 1290.0, 2540.0], [5500.0, 5000.0, 0.07]),
    fricative("DH", 50.0, 0.4, [270.0, 1290.0, 2540.0], [5500.0, 5000.0, 0.04]),
    fricative("S", 105.0, 0.0, [320.0, 1390.0, 2530.0], [5500.0, 2000.0, 0.25]),
    fricative("Z", 75.0, 0.4, [240.0, 1390.0, 2530.0], [5500.0, 2000.0, 0.15]),
    fricative("SH", 105.0, 0.0, [300.0, 1840.0, 2750.0], [2900.0, 1200.0, 0.35]),
    stop("P", 90.0, 0.0, [400.0, 1100.0, 2150.0], [1500.0, 3000.0, 0.25]),
    stop("B", 85.0, 0.4, [200.0, 1100.0, 2150.0], [1500.0, 3000.0, 0.15]),
    stop("T", 75.0, 0.0, [400.0, 1600.0, 2600.0], [4500.0, 2000.0, 0.35]),
    stop("D", 75.0, 0.4, [200.0, 1600.0, 2600.0], [4000.0, 2000.0, 0.2]),
    stop("K", 80.0, 0.0, [300.0, 1990.0, 2850.0], [2200.0, 600.0, 0.35]),
    stop("G", 80.0, 0.4, [200.0, 1990.0, 2850.0], [2200.0, 600.0, 0.2]),
    Phone { closure: 0.4, ..fricative("CH", 120.0, 0.0, [350.0, 1800.0, 2820.0], [3200.0, 1500.0, 0.35]) },
    Phone { closure: 0.4, ..fricative("JH", 100.0, 0.4, [260.0, 1800.0, 2820.0], [3200.0, 1500.0, 0.2]) },
    Phone {
        aspiration: 1.0,
        voicing: 0.0,
        ..sonorant("HH", 80.0, [500.0, 1500.0, 2500.0], [200.0, 120.0, 160.0])
    },
];

/// The sound with an ARPABET symbol.
pub(super) fn phone(symbol: &str) -> Option<&'static Phone> {
    PHONES.iter().find(|phone| phone.symbol == symbol)
}
