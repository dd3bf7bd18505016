// Chi-squared variates against their distribution.

import MixedNumerics
import Testing

@Suite struct ChiSquaredVariateTests {
    /// The quantile transform of 20,000 variates is uniform: Kolmogorov's distance below its 10⁻⁴ point, 2.2/√n.
    @Test(arguments: [1, 2, 3, 7, 40, 5000, 1_000_000])
    func followsItsDistribution(_ freedom: Int) {
        let count = 20_000
        var stream = RandomStream(seed: 9, stream: UInt64(freedom))
        let distribution = ChiSquaredDistribution(degreesOfFreedom: Double(freedom))
        let ranks = (0..<count).map { _ in
            distribution.cumulative(stream.nextChiSquared(degreesOfFreedom: freedom))
        }.sorted()
        var distance = 0.0
        for (index, rank) in ranks.enumerated() {
            distance = max(distance, abs(rank - (Double(index) + 0.5) / Double(count)))
        }
        #expect(distance < 2.2 / Double(count).squareRoot(), "\(distance)")
    }

    @Test func noDegreesOfFreedomIsZero() {
        var stream = RandomStream(seed: 1)
        #expect(stream.nextChiSquared(degreesOfFreedom: 0) == 0)
        #expect(stream.nextChiSquared(degreesOfFreedom: -3) == 0)
    }
}
