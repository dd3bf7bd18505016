// Bias, standard errors and confidence intervals from the replicates of a bootstrap, as R's package boot has them.

internal import MixedNumerics

/// How a confidence interval is made from the replicates of a bootstrap.
public enum BootstrapIntervalMethod: String, Hashable, Sendable, Codable, CaseIterable {
    /// Quantiles of the replicates.
    case percentile
    /// Quantiles of the replicates' errors, turned around the estimate.
    case basic
    /// The estimate less its bias, and normal quantiles of the standard error.
    case normal
}

/// A parameter's estimate with its uncertainty by a bootstrap.
public struct BootstrapInterval: Hashable, Sendable {
    /// The name of the parameter.
    public let term: String
    public let estimate: Double
    /// The mean of the replicates less the estimate.
    public let bias: Double
    /// The standard deviation of the replicates.
    public let standardError: Double
    public let lowerLimit: Double
    public let upperLimit: Double
    /// How many replicates have a value of this parameter.
    public let replicateCount: Int
}

extension BootstrapSample {
    /// Bias, standard error and confidence interval of every parameter.
    ///
    /// Quantiles are interpolated between order statistics on the scale of normal quantiles, as by R's
    /// `boot::boot.ci(type = c("perc", "basic", "norm"))`: with *r = (R + 1)α* and *k = ⌊r⌋*,
    ///
    ///     q_α = t_(k) + (Φ⁻¹(α) − Φ⁻¹(k/(R+1))) / (Φ⁻¹((k+1)/(R+1)) − Φ⁻¹(k/(R+1))) · (t_(k+1) − t_(k))
    ///
    /// Davison and Hinkley (1997), Bootstrap Methods and Their Application, equation 5.8. Replicates without a value are
    /// left out.
    /// - Throws: `BootstrapError` for a level outside of 0 to 1.
    /// - Complexity: A sort for each parameter.
    public func intervals(
        method: BootstrapIntervalMethod = .percentile, level: Double = 0.95
    ) throws(BootstrapError) -> [BootstrapInterval] {
        guard level > 0, level < 1 else { throw .level(level) }
        return parameterNames.indices.map { index in
            let values = finiteValues(index)
            let estimate = original[index]
            let moments = Moments(values)
            let bias = moments.mean - estimate
            let limits: (Double, Double)
            switch method {
            case .percentile:
                limits = OrderStatistics(values).quantiles((1 - level) / 2, (1 + level) / 2)
            case .basic:
                let quantiles = OrderStatistics(values).quantiles((1 - level) / 2, (1 + level) / 2)
                limits = (2 * estimate - quantiles.1, 2 * estimate - quantiles.0)
            case .normal:
                let margin = moments.standardDeviation * NormalDistribution().quantile((1 + level) / 2)
                limits = (estimate - bias - margin, estimate - bias + margin)
            }
            return BootstrapInterval(
                term: parameterNames[index], estimate: estimate, bias: bias,
                standardError: moments.standardDeviation, lowerLimit: limits.0, upperLimit: limits.1,
                replicateCount: values.count)
        }
    }

    /// How many replicates an interval of a level needs so that its ends are not the smallest and largest of them.
    static func smallestReplicateCount(level: Double) -> Int {
        let needed = (2 / (1 - level)).rounded(.up)
        return needed < 1e9 ? Int(needed) : Int.max
    }

    private struct Moments {
        let mean: Double
        let standardDeviation: Double

        init(_ values: [Double]) {
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            self.mean = mean
            standardDeviation = values.count > 1 ? (squares / (count - 1)).squareRoot() : .nan
        }
    }
}

/// Quantiles of sorted values.
struct OrderStatistics {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    func quantiles(_ lower: Double, _ upper: Double) -> (Double, Double) { (quantile(lower), quantile(upper)) }

    /// The quantile by interpolation on the normal scale; NaN of no values.
    func quantile(_ probability: Double) -> Double {
        let count = sorted.count
        guard count > 0 else { return .nan }
        let rank = Double(count + 1) * probability
        guard rank >= 1 else { return sorted[0] }
        guard rank < Double(count) else { return sorted[count - 1] }
        let whole = Int(rank)
        let low = sorted[whole - 1]
        guard Double(whole) != rank else { return low }
        let normal = NormalDistribution()
        let left = normal.quantile(Double(whole) / Double(count + 1))
        let right = normal.quantile(Double(whole + 1) / Double(count + 1))
        return low + (normal.quantile(probability) - left) / (right - left) * (sorted[whole] - low)
    }
}
