//! What is said: the sentences of the three corpora, transcribed into phones.

use super::phones::{Phone, phone};

/// A sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sentence {
    /// ARPABET symbols, a stressed vowel marked by a 1.
    arpabet: &'static str,
}

/// A sound of a sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Segment {
    pub phone: &'static Phone,
    pub stressed: bool,
}

impl Sentence {
    const fn new(arpabet: &'static str) -> Self {
        Self { arpabet }
    }

    /// Its sounds, in order.
    pub(super) fn segments(self) -> impl Iterator<Item = Segment> {
        self.arpabet.split(' ').map(|symbol| {
            let unmarked = symbol.trim_end_matches('1');
            let phone = phone(unmarked).expect("a test looks every symbol up");
            Segment { phone, stressed: unmarked != symbol }
        })
    }
}

/// Two of the sentences that SAVEE's speakers all say with every emotion.
pub(super) const SAVEE: [Sentence; 2] = [
    // Don't ask me to carry an oily rag like that.
    Sentence::new("D OW N T AE1 S K M IY T AH K AE1 R IY AH N OY1 L IY R AE1 G L AY K DH AE T"),
    // Will you tell me why?
    Sentence::new("W IH L Y UW T EH1 L M IY W AY1"),
];

/// RAVDESS's two statements.
pub(super) const RAVDESS: [Sentence; 2] = [
    // Kids are talking by the door.
    Sentence::new("K IH1 D Z AA R T AO1 K IH NG B AY DH AH D AO1 R"),
    // Dogs are sitting by the door.
    Sentence::new("D AO1 G Z AA R S IH1 T IH NG B AY DH AH D AO1 R"),
];

/// CREMA-D's sentences under the codes of its file names.
pub(super) const CREMA_D: [(&str, Sentence); 12] = [
    // It's eleven o'clock.
    ("IEO", Sentence::new("IH T S IH L EH1 V AH N AH K L AA1 K")),
    // That is exactly what happened.
    ("TIE", Sentence::new("DH AE T IH Z IH G Z AE1 K T L IY W AH T HH AE1 P AH N D")),
    // I'm on my way to the meeting.
    ("IOM", Sentence::new("AY M AA N M AY W EY1 T UW DH AH M IY1 T IH NG")),
    // I wonder what this is about.
    ("IWW", Sentence::new("AY W AH1 N D ER W AH T DH IH S IH Z AH B AW1 T")),
    // The airplane is almost full.
    ("TAI", Sentence::new("DH IY EH1 R P L EY N IH Z AO1 L M OW S T F UH1 L")),
    // Maybe tomorrow it will be cold.
    ("MTI", Sentence::new("M EY1 B IY T AH M AA1 R OW IH T W IH L B IY K OW1 L D")),
    // I would like a new alarm clock.
    ("IWL", Sentence::new("AY W UH D L AY1 K AH N UW AH L AA1 R M K L AA K")),
    // I think I have a doctor's appointment.
    ("ITH", Sentence::new("AY TH IH NG K AY HH AE V AH D AA1 K T ER Z AH P OY1 N T M AH N T")),
    // Don't forget a jacket.
    ("DFA", Sentence::new("D OW1 N T F ER G EH1 T AH JH AE1 K AH T")),
    // I think I've seen this before.
    ("ITS", Sentence::new("AY TH IH1 NG K AY V S IY1 N DH IH S B IH F AO1 R")),
    // The surface is slick.
    ("TSI", Sentence::new("DH AH S ER1 F AH S IH Z S L IH1 K")),
    // We'll stop in a couple of minutes.
    ("WSI", Sentence::new("W IY L S T AA1 P IH N AH K AH1 P AH L AH V M IH1 N AH T S")),
];

#[cfg(test)]
mod tests {
    use super::{CREMA_D, RAVDESS, SAVEE};

    #[test]
    fn every_symbol_is_known_and_every_sentence_has_a_stressed_vowel() {
        let sentences = SAVEE.into_iter().chain(RAVDESS).chain(CREMA_D.map(|(_, sentence)| sentence));
        for sentence in sentences {
            let stressed: Vec<_> = sentence.segments().filter(|segment| segment.stressed).collect();
            assert!(!stressed.is_empty(), "{}", sentence.arpabet);
            assert!(stressed.iter().all(|segment| segment.phone.vowel), "{}", sentence.arpabet);
        }
    }
}
