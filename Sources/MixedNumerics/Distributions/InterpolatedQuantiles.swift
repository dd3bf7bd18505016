// Tables of quantiles for loops that need millions of them.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Quantiles of *S* = (χ²_ν / ν)^½, from a table over normal quantiles.
struct ScaleQuantiles: Sendable {
    /// Above this many degrees of freedom *S* counts as 1.
    static let limit = 1e12
    private static let first = -8.5
    private static let step = 1.0 / 16
    private static let count = 273
    /// log *S* and its slope at the points of the table.
    private let values: [Double]
    private let slopes: [Double]

    init(degreesOfFreedom: Double) {
        guard degreesOfFreedom < Self.limit else {
            values = []
            slopes = []
            return
        }
        let distribution = ChiSquaredDistribution(degreesOfFreedom: degreesOfFreedom)
        var values: [Double] = []
        var slopes: [Double] = []
        for index in 0..<Self.count {
            let z = Self.first + Double(index) * Self.step
            let x =
                z < 0
                ? distribution.quantile(NormalTails.lower(z)) : distribution.upperQuantile(NormalTails.upper(z))
            values.append(0.5 * log(x / degreesOfFreedom))
            slopes.append(0.5 * NormalTails.density(z) / (x * distribution.density(x)))
        }
        self.values = values
        self.slopes = slopes
    }

    /// The quantile of `p`, by Hermite's cubic between the points.
    func value(_ p: Double) -> Double {
        guard !values.isEmpty else { return 1 }
        let position = (PortableNormalQuantile.value(p) - Self.first) / Self.step
        let index = min(max(Int(position), 0), Self.count - 2)
        return exp(
            HermiteCubic.value(
                position - Double(index), values[index], values[index + 1], slopes[index] * Self.step,
                slopes[index + 1] * Self.step))
    }
}

/// Quantiles of Student's t beyond a bound, from a table over the logarithm of the tail that is left.
struct TailQuantiles {
    private static let step = 0.125
    private static let count = 290
    private let values: [Double]
    private let slopes: [Double]

    init(_ student: StudentTDistribution, tail: Double) {
        var values: [Double] = []
        var slopes: [Double] = []
        for index in 0..<Self.count {
            let rest = tail * exp(-Double(index) * Self.step)
            let x = student.upperQuantile(rest)
            values.append(log(x))
            slopes.append(rest / (x * student.density(x)))
        }
        self.values = values
        self.slopes = slopes
    }

    /// The value that is exceeded with probability `share` of the tail.
    func value(_ share: Double) -> Double {
        let position = -log(share) / Self.step
        let index = min(max(Int(position), 0), Self.count - 2)
        return exp(
            HermiteCubic.value(
                position - Double(index), values[index], values[index + 1], slopes[index] * Self.step,
                slopes[index + 1] * Self.step))
    }
}

/// Interpolation by values and slopes at both ends.
enum HermiteCubic {
    @inline(__always)
    static func value(_ t: Double, _ left: Double, _ right: Double, _ leftSlope: Double, _ rightSlope: Double) -> Double
    {
        let rise = right - left
        return left + t
            * (leftSlope + t * (3 * rise - 2 * leftSlope - rightSlope + t * (leftSlope + rightSlope - 2 * rise)))
    }
}
