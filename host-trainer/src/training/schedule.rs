/// Steps over which the learning rate rises, as a share of all.
const WARM_UP: f32 = 0.03;

/// The share of the highest learning rate at a point of the run, from 0 to 1: a linear rise, then half a
/// cosine down to 0 (Loshchilov and Hutter, "SGDR", 2017).
pub(super) fn cosine(progress: f32) -> f32 {
    if progress < WARM_UP {
        progress / WARM_UP
    } else {
        let annealed = (progress - WARM_UP) / (1.0 - WARM_UP);
        0.5 * (1.0 + (std::f32::consts::PI * annealed).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_then_falls_to_nothing() {
        assert_eq!(cosine(0.0), 0.0);
        assert!((cosine(WARM_UP) - 1.0).abs() < 1e-6);
        assert!((cosine(WARM_UP + (1.0 - WARM_UP) / 2.0) - 0.5).abs() < 1e-6);
        assert!(cosine(1.0).abs() < 1e-6);
    }
}
