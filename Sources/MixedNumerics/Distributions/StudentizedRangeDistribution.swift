// The studentized range, Tukey's distribution of the largest difference among means.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The range of `groups` independent standard normal variates over an independent estimate of their standard deviation.
///
///     P(Q > q) = ∫ f(s) T(q s) ds,   T(w) = k ∫ φ(z) [Φ(z)^(k-1) - (Φ(z) - Φ(z-w))^(k-1)] dz
///
/// *T* is the upper tail of the range of *k* normal variates, *f* the density of the estimate (Tukey 1953; Copenhaver &
/// Holland 1988, Journal of Statistical Computation and Simulation 30, 1). Both integrands are positive, so that far tails keep
/// about ten correct digits; R's `ptukey` returns one less the lower tail and has none below 1e-11.
/// Tukey's adjusted p-value of a difference with *t* statistic *t* is `upperTail(sqrt(2) * |t|)`.
///
/// - **Complexity:** a few thousand normal probabilities, about 0.2 ms; a quantile takes about eight tails.
public struct StudentizedRangeDistribution: ContinuousDistribution {
    /// How many variates the range is taken over, at least 2.
    public let groups: Int
    /// Of the estimated standard deviation; fractional or infinite.
    public let degreesOfFreedom: Double

    public init(groups: Int, degreesOfFreedom: Double) {
        self.groups = groups
        self.degreesOfFreedom = degreesOfFreedom
    }

    private var isDefined: Bool { groups >= 2 && degreesOfFreedom > 0 }
    /// The range of two is √2 times the absolute value of a t variate.
    private var student: StudentTDistribution? {
        groups == 2 ? StudentTDistribution(degreesOfFreedom: degreesOfFreedom) : nil
    }

    public func upperTail(_ x: Double) -> Double {
        guard isDefined, !x.isNaN else { return .nan }
        guard x > 0 else { return 1 }
        guard x < .infinity else { return 0 }
        if let student { return student.twoSidedTailProbability(x * 0.5.squareRoot()) }
        let range = NormalRange(groups: groups)
        return min(1, expectation(decay: 0.25 * x * x) { range.upperTail(x * $0) })
    }

    public func cumulative(_ x: Double) -> Double {
        guard isDefined, !x.isNaN else { return .nan }
        guard x > 0 else { return 0 }
        let upper = upperTail(x)
        guard upper > 0.5, groups > 2 else { return 1 - upper }
        let range = NormalRange(groups: groups)
        return expectation(decay: 0) { range.cumulative(x * $0) }
    }

    public func density(_ x: Double) -> Double {
        guard isDefined, !x.isNaN else { return .nan }
        guard x >= 0, x < .infinity else { return 0 }
        if let student { return 2.0.squareRoot() * student.density(x * 0.5.squareRoot()) }
        let range = NormalRange(groups: groups)
        return expectation(decay: 0.25 * x * x) { $0 * range.density(x * $0) }
    }

    public func quantile(_ p: Double) -> Double {
        isDefined ? positiveQuantile(lower: p, guess: guess(upper: 1 - p)) : .nan
    }

    public func upperQuantile(_ q: Double) -> Double {
        isDefined ? positiveQuantile(upper: q, guess: guess(upper: q)) : .nan
    }

    private func expectation(decay: Double, _ function: (Double) -> Double) -> Double {
        ScaleMixture(degreesOfFreedom: degreesOfFreedom).expectation(decay: decay, function)
    }

    /// Bonferroni's bound, close in the tail.
    private func guess(upper q: Double) -> Double {
        let pairs = Double(groups) * Double(groups - 1)
        let student = StudentTDistribution(degreesOfFreedom: degreesOfFreedom)
        return 2.0.squareRoot() * student.upperQuantile(min(0.4, max(q, 1e-300) / pairs))
    }
}

/// The range of independent standard normal variates, by the trapezoidal rule over the largest of them.
///
/// Values of Φ at the rule's points are computed once and serve all ranges.
private struct NormalRange {
    let groups: Double
    private let step: Double
    /// Where the largest of the variates has its peak.
    private let peak: Double
    private let firstIndex: Int
    /// Φ at the points of the rule, and its logarithm times k - 1.
    private let lower: [Double]
    private let logPower: [Double]

    init(groups: Int) {
        let count = Double(groups)
        self.groups = count
        // The largest variate is spread as Gumbel's distribution of scale 1 / sqrt(2 log k); small ranges as 1 / sqrt(k).
        let step = min(0.3, 0.33 / (2 * log(count)).squareRoot(), 0.7 / count.squareRoot())
        self.step = step
        peak = NormalDistribution().upperQuantile(1 / count)
        let firstIndex = Int((-8.5 / step).rounded(.down))
        self.firstIndex = firstIndex
        lower = (firstIndex...(-firstIndex)).map { NormalTails.lower(Double($0) * step) }
        logPower = lower.map { (count - 1) * log($0) }
    }

    private func lower(_ index: Int) -> Double {
        index < firstIndex ? 0 : (index - firstIndex < lower.count ? lower[index - firstIndex] : 1)
    }

    /// Φ(z)^(k-1).
    private func power(_ index: Int) -> Double {
        index < firstIndex ? 0 : (index - firstIndex < logPower.count ? exp(logPower[index - firstIndex]) : 1)
    }

    /// The rule's sum of a function of index and point, which has one peak near `center`.
    private func sum(around center: Double, _ term: (Int, Double) -> Double) -> Double {
        let origin = Int((center / step).rounded())
        var total = 0.0
        for direction in [1, -1] {
            var index = direction > 0 ? origin : origin - 1
            var quiet = 0
            for _ in 0..<4_000 {
                let value = term(index, Double(index) * step)
                total += value
                index += direction
                quiet = value <= 1e-16 * total ? quiet + 1 : 0
                if quiet >= (total > 0 ? 2 : 40) { break }
            }
        }
        return total * step
    }

    func upperTail(_ w: Double) -> Double {
        guard w > 0 else { return 1 }
        guard w < 75 else { return 0 }
        let others = groups - 1
        return groups
            * sum(around: max(peak, 0.5 * w)) { index, z in
                let ratio = min(1, NormalTails.lower(z - w) / max(lower(index), Double.leastNormalMagnitude))
                let share: Double
                if groups * ratio < 1e-5 {
                    share = others * ratio * (1 - 0.5 * (others - 1) * ratio * (1 - (others - 2) * ratio / 3))
                } else {
                    share = -expm1(others * log1p(-ratio))
                }
                return NormalTails.density(z) * power(index) * share
            }
    }

    func cumulative(_ w: Double) -> Double {
        guard w > 0 else { return 0 }
        guard w < 75 else { return 1 }
        return groups
            * sum(around: 0.5 * w) { _, z in
                NormalTails.density(z) * pow(NormalTails.between(z - w, z), groups - 1)
            }
    }

    func density(_ w: Double) -> Double {
        guard w >= 0, w < 75 else { return 0 }
        return groups * (groups - 1)
            * sum(around: 0.5 * w) { _, z in
                NormalTails.density(z) * NormalTails.density(z - w)
                    * pow(NormalTails.between(z - w, z), groups - 2)
            }
    }
}
