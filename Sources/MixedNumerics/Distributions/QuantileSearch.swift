// Inversion of a tail probability on the positive axis, to the last digits, wherever the first guess comes from.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Finds where a tail probability of a positive variate takes a given value.
///
/// Newton's iteration on the logarithm of the tail as a function of the logarithm of `x`, in which the tails of all the
/// distributions here are nearly straight, kept inside a bracket by bisection. Boost's own quantiles serve as first guesses:
/// far out in the tails they may be off in the fifth digit, or infinite.
struct QuantileSearch {
    /// The probability above or below `x`.
    var tail: (Double) -> Double
    var density: (Double) -> Double
    /// Whether `tail` decreases.
    var isUpper: Bool

    /// The `x` with `tail(x) == target`, for a target strictly between 0 and 1; beyond the normal range of `Double`, 0 or infinity.
    func solve(_ target: Double, guess: Double) -> Double {
        guard target > 0, target < 1 else {
            if target.isNaN || target < 0 || target > 1 { return .nan }
            return (target == 0) == isUpper ? .infinity : 0
        }
        var low = Double.leastNormalMagnitude
        var high = Double.greatestFiniteMagnitude
        var x = guess > 0 && guess.isFinite ? guess : 1
        var previousStep = Double.infinity
        for _ in 0..<400 {
            let value = tail(x)
            if value == target { return x }
            if value.isNaN { return .nan }
            let isBelow = (value > target) == isUpper
            if isBelow { low = max(low, x) } else { high = min(high, x) }

            let slope = x * density(x) / value
            let excess = (value / target - 1).magnitude < 0.1 ? log1p(value / target - 1) : log(value) - log(target)
            let step = (isUpper ? excess : -excess) / slope
            var next = x * exp(step)
            let isInside = next > low && next < high
            if isInside, step.magnitude < 1e-15 || (step.magnitude < 1e-9 && step.magnitude >= previousStep) {
                return next
            }
            if !isInside {
                // A step of rounding size that leaves the bracket says that the bracket's end is the answer.
                if step.magnitude < 1e-14 { return x }
                next = low.squareRoot() * high.squareRoot()
                if next <= low || next >= high { return isBelow ? beyond(high) : before(low) }
            }
            previousStep = step.magnitude
            x = next
        }
        return x
    }

    private func beyond(_ high: Double) -> Double { high == .greatestFiniteMagnitude ? .infinity : high }
    private func before(_ low: Double) -> Double { low == .leastNormalMagnitude ? 0 : low }
}

extension ContinuousDistribution {
    /// The quantile of a positive variate: the smaller of the two tails is the one inverted.
    func positiveQuantile(lower p: Double, guess: Double) -> Double {
        p <= 0.5
            ? QuantileSearch(tail: cumulative, density: density, isUpper: false).solve(p, guess: guess)
            : QuantileSearch(tail: upperTail, density: density, isUpper: true).solve(1 - p, guess: guess)
    }

    /// The upper quantile of a positive variate.
    func positiveQuantile(upper q: Double, guess: Double) -> Double {
        q <= 0.5
            ? QuantileSearch(tail: upperTail, density: density, isUpper: true).solve(q, guess: guess)
            : QuantileSearch(tail: cumulative, density: density, isUpper: false).solve(1 - q, guess: guess)
    }
}
