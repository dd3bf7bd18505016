// The trapezoidal rule on the whole line, which converges exponentially for smooth integrands that vanish at both ends.

/// Sums of a positive integrand with one peak over equidistant points, from near the peak outwards.
///
/// For an integrand analytic in a strip of half-width *d* the error falls as exp(-2π *d* / step) (Trefethen & Weideman 2014,
/// "The exponentially convergent trapezoidal rule", SIAM Review 56, 385).
struct TrapezoidalRule {
    var step: Double
    /// A point from which terms decrease in at least one direction.
    var origin: Double

    /// Terms below this share of the sum end it.
    private static let negligible = 1e-17
    private static let pointLimit = 20_000

    /// The integral with this step.
    func sum(offset: Double = 0, _ term: (Double) -> Double) -> Double {
        var total = 0.0
        for direction in [1.0, -1.0] {
            var index = direction > 0 ? 0 : 1
            var quiet = 0
            while index < Self.pointLimit {
                let value = term(origin + offset + direction * Double(index) * step)
                total += value
                index += 1
                // Two in a row, lest one underflow or zero ends the sum; without any sum yet, a longer look.
                quiet = value <= Self.negligible * total ? quiet + 1 : 0
                if quiet >= (total > 0 ? 2 : 40) { break }
                if value.isNaN { return .nan }
            }
        }
        return total * step
    }

    /// The integral with steps halved until the relative change is at most `tolerance`.
    func integral(tolerance: Double, _ term: (Double) -> Double) -> Double {
        var rule = self
        var value = rule.sum(term)
        for _ in 0..<7 {
            let refined = 0.5 * (value + rule.sum(offset: 0.5 * rule.step, term))
            rule.step *= 0.5
            let change = (refined - value).magnitude
            value = refined
            if !(change > tolerance * value) { break }
        }
        return value
    }
}
