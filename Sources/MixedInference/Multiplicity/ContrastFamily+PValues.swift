// Adjusted p-values of several contrasts.

internal import MixedLinearAlgebra
internal import MixedNumerics

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension ContrastFamily {
    /// P-values adjusted for the number of contrasts, as emmeans' `summary(adjust =)` has them.
    ///
    /// With *m* contrasts and single p-values *p*:
    ///
    ///     bonferroni  min(1, m p)                     sidak    1 - (1 - p)^m
    ///     holm        max over smaller p of (m + 1 - rank) p
    ///     fdr         min over larger p of m p / rank
    ///     tukey       P(Q_k,df > √2 |t|)              scheffe  P(F_r,df > t²/r)
    ///     dunnett     P(max |T_j| > |t|), T multivariate t with the contrasts' correlations
    ///
    /// A single contrast needs no adjustment but Scheffé's. Tukey's method applies to pairwise comparisons only, and it and Scheffé's
    /// to two-sided tests only: where they do not apply Šidák's is used, and the note says so. emmeans truncates the degrees of
    /// freedom of multivariate t probabilities to integers; here they are used as they are.
    public func adjustedPValues(_ method: MultiplicityAdjustment) -> MultiplicityResult {
        let choice = applicable(method)
        let single = singlePValues
        var error = 0.0
        var values = single
        switch choice.method {
        case .none: break
        case .bonferroni: values = single.map { $0.isNaN ? .nan : min(1, size * $0) }
        case .sidak: values = single.map { -expm1(size * log1p(-$0)) }
        case .holm: values = stepDown(single)
        case .falseDiscoveryRate: values = stepUp(single)
        case .scheffe:
            values = zip(statistics, degreesOfFreedom).map { statistic, df in
                let rank = Double(rank)
                return FDistribution(numerator: rank, denominator: df).upperTail(statistic * statistic / rank)
            }
        case .tukey:
            values = zip(statistics, degreesOfFreedom).map { statistic, df in
                StudentizedRangeDistribution(groups: comparedMeans ?? 2, degreesOfFreedom: df)
                    .upperTail(2.0.squareRoot() * statistic.magnitude)
            }
        case .dunnett:
            for index in values.indices where !single[index].isNaN {
                let estimate = maximum(degreesOfFreedom: degreesOfFreedom[index])
                    .upperTail(orientedStatistic(index), tolerance: max(1e-7, min(1e-5, 1e-3 * single[index])))
                values[index] = estimate.value
                error = max(error, estimate.error)
            }
        }
        return MultiplicityResult(
            values: values, method: choice.method,
            note: note("P-values adjusted", choice, unit: "tests"), error: error)
    }

    /// The p-values of the contrasts by themselves.
    public var singlePValues: [Double] {
        statistics.indices.map { index in
            let student = StudentTDistribution(degreesOfFreedom: degreesOfFreedom[index])
            let oriented = orientedStatistic(index)
            return alternative == .twoSided ? student.twoSidedTailProbability(oriented) : student.upperTail(oriented)
        }
    }

    var size: Double { Double(statistics.count) }

    /// The statistic such that large values count against the hypothesis.
    private func orientedStatistic(_ index: Int) -> Double {
        switch alternative {
        case .twoSided: statistics[index].magnitude
        case .greater: statistics[index]
        case .less: -statistics[index]
        }
    }

    /// The largest statistic of the contrasts that can be estimated.
    func maximum(degreesOfFreedom: Double) -> MultivariateTMaximum {
        guard let correlation else { return MultivariateTMaximum(correlation: [], degreesOfFreedom: degreesOfFreedom) }
        let known = statistics.indices.filter { !statistics[$0].isNaN && correlation[$0, $0] == 1 }
        return MultivariateTMaximum(
            correlation: correlation.selecting(rows: known, columns: known).storage, degreesOfFreedom: degreesOfFreedom,
            sides: alternative == .twoSided ? .two : .upper)
    }

    /// The indices of the p-values in ascending order, those that are missing left out.
    private func ascending(_ values: [Double]) -> [Int] {
        values.indices.filter { !values[$0].isNaN }.sorted { (values[$0], $0) < (values[$1], $1) }
    }

    private func stepDown(_ values: [Double]) -> [Double] {
        var result = values
        var largest = 0.0
        for (rank, index) in ascending(values).enumerated() {
            largest = max(largest, min(1, (size - Double(rank)) * values[index]))
            result[index] = largest
        }
        return result
    }

    private func stepUp(_ values: [Double]) -> [Double] {
        var result = values
        var smallest = 1.0
        for (rank, index) in ascending(values).enumerated().reversed() {
            smallest = min(smallest, size / Double(rank + 1) * values[index])
            result[index] = smallest
        }
        return result
    }
}
