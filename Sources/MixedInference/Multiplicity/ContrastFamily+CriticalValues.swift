// Critical values of simultaneous confidence intervals, and which method applies to a family of contrasts.

internal import MixedNumerics

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension ContrastFamily {
    /// The numbers of standard errors on either side of each estimate, or on one side of it, that make intervals hold together.
    ///
    /// With *m* contrasts and *α = 1 - level* these are quantiles of Student's t at *α/m* (Bonferroni) or *1 - (1-α)^(1/m)* (Šidák), of
    /// the studentized range (Tukey), of F with the contrasts' rank (Scheffé), or of the multivariate t maximum (Dunnett). Holm's method
    /// and false discovery rates have no intervals of their own: Bonferroni's are used, as in emmeans, and the note says so.
    /// - Parameter level: Between 0 and 1.
    public func criticalValues(_ method: MultiplicityAdjustment, level: Double = 0.95) -> MultiplicityResult {
        var choice = applicable(method)
        if !choice.method.hasIntervals {
            choice = (
                .bonferroni, "\(choice.method.title) adjustment has no confidence intervals, Bonferroni's are shown"
            )
        }
        let alpha = 1 - level
        let sides = alternative == .twoSided ? 0.5 : 1.0
        var known: [Double: Double] = [:]
        let values = statistics.indices.map { index in
            let df = degreesOfFreedom[index]
            if let value = known[df] { return value }
            let student = StudentTDistribution(degreesOfFreedom: df)
            let value: Double
            switch choice.method {
            case .none: value = student.upperQuantile(alpha * sides)
            case .bonferroni, .holm, .falseDiscoveryRate: value = student.upperQuantile(alpha / size * sides)
            case .sidak: value = student.upperQuantile(-expm1(log(level) / size) * sides)
            case .scheffe:
                let rank = Double(rank)
                value = (rank * FDistribution(numerator: rank, denominator: df).upperQuantile(alpha)).squareRoot()
            case .tukey:
                value =
                    StudentizedRangeDistribution(groups: comparedMeans ?? 2, degreesOfFreedom: df).upperQuantile(alpha)
                    * 0.5.squareRoot()
            case .dunnett: value = maximum(degreesOfFreedom: df).upperQuantile(alpha)
            }
            known[df] = value
            return value
        }
        return MultiplicityResult(
            values: zip(values, statistics).map { $1.isNaN ? .nan : $0 }, method: choice.method,
            note: note("Confidence limits adjusted", choice, unit: "intervals"), error: 0)
    }

    /// The method that is used when one is asked for, and why it is another one.
    func applicable(_ method: MultiplicityAdjustment) -> (method: MultiplicityAdjustment, reason: String?) {
        if statistics.count == 1, method != .scheffe { return (.none, nil) }
        if alternative != .twoSided, method == .tukey || method == .scheffe {
            return (.sidak, "\(method.title)'s method is for two-sided tests, Šidák's is used")
        }
        if method == .tukey, comparedMeans == nil {
            return (.sidak, "Tukey's method is for one set of pairwise comparisons, Šidák's is used")
        }
        if method == .dunnett, correlation == nil {
            return (.sidak, "the correlations of the contrasts are not known, Šidák's method is used")
        }
        return (method, nil)
    }

    /// What a table says below itself.
    func note(
        _ beginning: String, _ choice: (method: MultiplicityAdjustment, reason: String?), unit: String
    ) -> String? {
        guard choice.method != .none else { return nil }
        let scope =
            switch choice.method {
            case .tukey: "for comparing a family of \(comparedMeans ?? 2) means"
            case .scheffe: "with rank \(rank)"
            default: "for \(statistics.count) \(unit)"
            }
        let reason = choice.reason.map { " (\($0))" } ?? ""
        return "\(beginning) by the \(choice.method.title) method \(scope)\(reason)."
    }
}
