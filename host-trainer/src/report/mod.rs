//! What came out of a training run, for people (`report.html`) and for scripts (`metrics.json`).

mod chart;
mod spectrogram;
