// Tables of quantiles for loops that need millions of them.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A function by its values and slopes at evenly spaced points, with Hermite's cubic between them.
struct HermiteTable: Sendable {
    private let first: Double
    private let step: Double
    private let values: [Double]
    /// Slopes for a step, not for a unit.
    private let slopes: [Double]

    /// - Parameters:
    ///   - count: how many points there are; at least two.
    ///   - point: the function and its derivative there.
    init(from first: Double, step: Double, count: Int, point: (Double) -> (value: Double, slope: Double)) {
        let points = (0..<count).map { point(first + Double($0) * step) }
        self.init(from: first, step: step, values: points.map(\.value), slopes: points.map(\.slope))
    }

    /// A table of at least two points that are known.
    init(from first: Double, step: Double, values: [Double], slopes: [Double]) {
        self.first = first
        self.step = step
        self.values = values
        self.slopes = slopes.map { $0 * step }
    }

    /// The function at a place; beyond the table by its first or last cubic.
    @inline(__always)
    func value(_ place: Double) -> Double {
        let position = (place - first) / step
        let index = position > 0 ? Int(min(position, Double(values.count - 2))) : 0
        let t = position - Double(index)
        let rise = values[index + 1] - values[index]
        let (left, right) = (slopes[index], slopes[index + 1])
        return values[index] + t * (left + t * (3 * rise - 2 * left - right + t * (left + right - 2 * rise)))
    }
}

/// Quantiles of *S* = (χ²_ν / ν)^½, from a table of log *S* over normal quantiles.
struct ScaleQuantiles: Sendable {
    /// Above this many degrees of freedom *S* counts as 1.
    static let limit = 1e12
    /// `nil` where *S* counts as 1.
    private let table: HermiteTable?

    init(degreesOfFreedom: Double) {
        guard degreesOfFreedom < Self.limit else {
            table = nil
            return
        }
        let distribution = ChiSquaredDistribution(degreesOfFreedom: degreesOfFreedom)
        table = HermiteTable(from: -8.5, step: 1.0 / 16, count: 273) { z in
            let x =
                z < 0
                ? distribution.quantile(NormalTails.lower(z)) : distribution.upperQuantile(NormalTails.upper(z))
            return (0.5 * log(x / degreesOfFreedom), 0.5 * NormalTails.density(z) / (x * distribution.density(x)))
        }
    }

    /// The quantile of `p`.
    func value(_ p: Double) -> Double {
        guard let table else { return 1 }
        return exp(table.value(PortableNormalQuantile.value(p)))
    }
}

/// Quantiles of Student's t beyond a bound, from a table of their logarithms over that of the tail that is left.
struct TailQuantiles {
    private let table: HermiteTable

    init(_ student: StudentTDistribution, tail: Double) {
        table = HermiteTable(from: 0, step: 0.125, count: 290) { depth in
            let rest = tail * exp(-depth)
            let x = student.upperQuantile(rest)
            return (log(x), rest / (x * student.density(x)))
        }
    }

    /// The value that is exceeded with probability `share` of the tail.
    func value(_ share: Double) -> Double { exp(table.value(-log(share))) }
}
