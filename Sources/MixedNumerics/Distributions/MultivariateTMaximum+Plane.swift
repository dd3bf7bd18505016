// Correlation matrices of rank two, as all comparisons among three means have: a single integral over directions.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The largest of statistics that are projections of one vector in the plane.
///
/// In polar coordinates the radius has a closed tail: with *a_θ* the largest projection of the direction θ,
///
///     P(max T_i > c) = 1/(2π) ∫ (1 + r²/ν)^(-ν/2) dθ,   r = c / a_θ,   or exp(-r²/2) for ν infinite
///
/// The largest projection belongs to the statistic nearest in direction, which divides the circle into smooth parts.
struct PlaneMaximum: Sendable {
    /// For each statistic the angles to the borders of its part of the circle, on either side.
    private let halfWidths: [(Double, Double)]
    /// The largest angle between neighbouring statistics.
    private let widestGap: Double
    private let isTwoSided: Bool
    private static let rule = GaussLegendreRule(count: 20)

    init(_ vectors: [[Double]], sides: MultivariateTMaximum.Sides) {
        let period = sides == .two ? Double.pi : 2 * Double.pi
        let angles = vectors.map { vector -> Double in
            let angle = atan2(vector[1], vector[0]).truncatingRemainder(dividingBy: period)
            return angle < 0 ? angle + period : angle
        }.sorted()
        let gaps = angles.indices.map { index in
            index == angles.count - 1 ? angles[0] + period - angles[index] : angles[index + 1] - angles[index]
        }
        halfWidths = gaps.indices.map { index in
            (min(0.5 * gaps[index == 0 ? gaps.count - 1 : index - 1], .pi / 2), min(0.5 * gaps[index], .pi / 2))
        }
        widestGap = gaps.max() ?? 0
        isTwoSided = sides == .two
    }

    func upperTail(_ c: Double, degreesOfFreedom: Double) -> Double {
        guard c > 0 else { return 1 - lowerTailBelowZero(c, degreesOfFreedom: degreesOfFreedom) }
        let sum = halfWidths.reduce(0) { sum, widths in
            sum + part(widths.0, c, degreesOfFreedom) + part(widths.1, c, degreesOfFreedom)
        }
        return sum / (isTwoSided ? .pi : 2 * .pi)
    }

    /// The integral over the angles from a statistic's own direction to the border of its part.
    private func part(_ width: Double, _ c: Double, _ degreesOfFreedom: Double) -> Double {
        var sum = 0.0
        var low = 0.0
        for share in [1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 1] {
            sum += Self.rule.integral(from: low, to: width * share) { angle in
                let radius = c / max(cos(angle), 1e-300)
                return Self.radiusTail(radius, degreesOfFreedom)
            }
            low = width * share
        }
        return sum
    }

    private static func radiusTail(_ radius: Double, _ degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom < 1e14 else { return exp(-0.5 * radius * radius) }
        return exp(-0.5 * degreesOfFreedom * log1p(radius * radius / degreesOfFreedom))
    }

    /// The probability that all statistics lie below a `c` that is not positive.
    ///
    /// Only directions more than a right angle from every statistic count: those in the middle of a gap wider than π.
    private func lowerTailBelowZero(_ c: Double, degreesOfFreedom: Double) -> Double {
        guard widestGap > .pi else { return 0 }
        let half = 0.5 * widestGap
        let sum =
            2
            * Self.rule.integral(from: 0, to: half - .pi / 2) { angle in
                Self.radiusTail(c / min(cos(half - angle), -1e-300), degreesOfFreedom)
            }
        return sum / (2 * .pi)
    }
}
