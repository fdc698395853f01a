/// What has been heard of a voice before a recording: what a running reference takes off each band. Other references
/// know no voices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Voice {
    /// Frames of speech that it is known by, 0 for a voice that is not known.
    pub heard: u16,
    /// How far each band's mean in speech, relative to the level, is from that of voices in general, in 1/128 dB.
    pub deviations: Vec<i16>,
}
