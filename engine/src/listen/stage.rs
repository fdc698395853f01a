/// What listens.
/// ```
/// use prosodia::listen::Stage;
///
/// /// What a device's light shows.
/// fn is_lit(stage: Stage) -> bool {
///     matches!(stage, Stage::Attentive | Stage::Speech | Stage::Ending)
/// }
/// assert!(is_lit(Stage::Speech) && !is_lit(Stage::Asleep));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub enum Stage {
    /// It is quiet: the level alone is heard.
    Asleep,
    /// It is loud, and the network hears whether it is speech or not.
    Attentive,
    /// Somebody speaks.
    Speech,
    /// An utterance is over, and its last answer is worked out bit by bit, so that no call takes long. Who speaks
    /// meanwhile is heard from its end on.
    Ending,
    /// It is loud, but not speech: the front end hears, the network sleeps.
    Doubtful,
}
