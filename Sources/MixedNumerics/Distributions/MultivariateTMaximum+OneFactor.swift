// Correlations that one common factor explains, as comparisons with a control have: a double integral.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The largest of statistics with *ρ_ij = l_i l_j*.
///
///     P(max |Z_i| > c) = ∫ φ(u) [1 - Π_i P(|l_i u + (1 - l_i²)^½ E_i| <= c)] du
struct OneFactorMaximum: Sendable {
    /// A loading that some statistics share.
    private struct Loading {
        let value: Double
        /// (1 - l²)^-½.
        let precision: Double
        let count: Double
    }

    private let loadings: [Loading]
    private let sides: MultivariateTMaximum.Sides
    private let step: Double
    private let largest: Double
    private let smallest: Double

    init(loadings: [Double], sides: MultivariateTMaximum.Sides) {
        // Absolute values do not depend on the sign of a loading.
        let sorted = loadings.map { sides == .two ? $0.magnitude : $0 }.sorted()
        var groups: [(value: Double, count: Double)] = []
        for value in sorted {
            if let last = groups.last, value - last.value < 1e-13 {
                groups[groups.count - 1].count += 1
            } else {
                groups.append((value, 1))
            }
        }
        self.loadings = groups.map { group in
            Loading(value: group.value, precision: 1 / (1 - group.value * group.value).squareRoot(), count: group.count)
        }
        self.sides = sides
        largest = max(0, sorted.last ?? 0)
        smallest = min(0, sorted.first ?? 0)
        // The narrowest feature is the edge where a statistic passes the bound; many statistics sharpen it.
        let steepest = self.loadings.map { $0.value.magnitude * $0.precision }.max() ?? 0
        step = min(0.5, 0.5 / max(steepest, 1e-3)) / (1 + 0.15 * log(Double(sorted.count)))
    }

    func upperTail(_ c: Double, degreesOfFreedom: Double) -> Double {
        let mixture = ScaleMixture(degreesOfFreedom: degreesOfFreedom)
        let upper = mixture.expectation(decay: c > 0 ? 0.5 * c * c : 0) { normalProbability(c * $0, isUpper: true) }
        guard upper > 0.5 else { return upper }
        return 1 - mixture.expectation(decay: c < 0 ? 0.5 * c * c : 0) { normalProbability(c * $0, isUpper: false) }
    }

    private func normalProbability(_ c: Double, isUpper: Bool) -> Double {
        if c > 45 { return isUpper ? 0 : 1 }
        if c < -45 { return isUpper ? 1 : 0 }
        let reach = 9 + largest * c.magnitude
        let isTwoSided = sides == .two
        let first = isTwoSided ? 0 : Int(((-9 + smallest * c.magnitude) / step).rounded(.down))
        var sum = 0.0
        for index in first...Int((reach / step).rounded(.up)) {
            let u = Double(index) * step
            var logInside = 0.0
            for loading in loadings {
                var outside = NormalTails.upper((c - loading.value * u) * loading.precision)
                if isTwoSided { outside += NormalTails.upper((c + loading.value * u) * loading.precision) }
                logInside += loading.count * log1p(-min(outside, 1))
            }
            let value = NormalTails.density(u) * (isUpper ? -expm1(logInside) : exp(logInside))
            sum += isTwoSided && index > 0 ? 2 * value : value
        }
        return sum * step
    }
}
