/// The sum of the products of samples and coefficients, modulo 2^32.
// One sum, two products a turn, in a function of its own (whose callers are not inlined): from this the compiler makes
// `smlad` where there is one, which takes a Cortex-M4 less than 2 instructions a product.
#[inline(always)]
pub(super) fn inner_product(samples: &[i16], coefficients: &[i16]) -> i32 {
    let pairs = samples.as_chunks().0.iter().zip(coefficients.as_chunks().0);
    pairs.fold(0, |sum: i32, (&[x, y], &[c, d])| {
        let first = i32::from(x).wrapping_mul(c.into());
        let second = i32::from(y).wrapping_mul(d.into());
        sum.wrapping_add(first).wrapping_add(second)
    })
}
