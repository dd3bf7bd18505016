// lmerTest's rule for the denominator degrees of freedom of several t-tests at once, special cases included.

@testable import MixedInference
import MixedLinearAlgebra
import Testing

@Suite struct CombinedDegreesOfFreedomTests {
    // lmerTest 3.1-3: lmerTest:::get_Fstat_ddf(nu)
    @Test(
        arguments: [
            ([7.5], 7.5), ([1.5], 1.5), ([8, 8, 8], 8), ([1, 1], 1), ([1.5, 30], 2), ([2, 30], 2),
            ([10, 20], 13.07692307692307),
            ([17, 16.999999999999], 16.9999999999995), ([3, 4, 5, 6], 3.92),
            ([.infinity, .infinity], .infinity),
        ] as [([Double], Double)])
    func rule(single: [Double], expected: Double) {
        let value = FixedEffectsInference.combinedDegreesOfFreedom(single)
        if expected.isInfinite { #expect(value == expected) } else { #expect(abs(value - expected) < 1e-9 * expected) }
    }
}
