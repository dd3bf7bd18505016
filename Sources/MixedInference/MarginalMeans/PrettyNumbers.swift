// Round numbers that cover a range, as R chooses them for axes and ggeffects for predictions.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Sequences of equally spaced round values.
enum PrettyNumbers {
    /// About `count` steps of 1, 2, 5 or 10 times a power of ten that cover a range, as R's `pretty`.
    ///
    /// A larger round number is taken when the cell is nearer to it by R's weighting: biases 1.5 and 2.75.
    static func covering(_ lower: Double, _ upper: Double, count: Int) -> [Double] {
        let bias = 1.5
        let biasOfFive = 0.5 + 1.5 * bias
        let width = upper - lower
        guard width.isFinite, lower.isFinite, width >= 0 else { return [] }
        let steps = max(count, 1)
        let size = max(lower.magnitude, upper.magnitude)
        let weight = 1 + (biasOfFive >= 1.5 * bias + 0.5 ? 1 / (1 + bias) : 1.5 / (1 + biasOfFive))
        let isSmall = width < size * weight * Double(max(1, steps)) * Double.ulpOfOne * 3
        var cell = size == 0 && width == 0 ? 1 : width
        if isSmall {
            cell = max(size, width)
            if cell == 0 { cell = 1 }
            cell *= 0.75
            let least = max(steps / 3, 1)
            if least > 1 { cell /= Double(least) }
        } else {
            cell /= Double(steps)
        }
        cell = min(max(cell, 20 * .leastNormalMagnitude), .greatestFiniteMagnitude / 10)
        let base = pow(10, floor(log10(cell)))
        var unit = base
        if 2 * base - cell < bias * (cell - unit) {
            unit = 2 * base
            if 5 * base - cell < biasOfFive * (cell - unit) {
                unit = 5 * base
                if 10 * base - cell < bias * (cell - unit) { unit = 10 * base }
            }
        }
        var first = floor(lower / unit + 1e-10)
        var last = ceil(upper / unit - 1e-10)
        while first * unit > lower + 1e-10 * unit { first -= 1 }
        while last * unit < upper - 1e-10 * unit { last += 1 }
        let least = Double(max(steps / 3, 1))
        if last - first < least {
            let missing = least - (last - first)
            if first >= 0 {
                last += (missing / 2).rounded(.up)
                first -= (missing / 2).rounded(.down)
            } else {
                first -= (missing / 2).rounded(.up)
                last += (missing / 2).rounded(.down)
            }
        }
        guard last - first <= 10_000 else { return [lower, upper] }
        return (0...Int(last - first)).map { index in
            let value = (first + Double(index)) * unit
            // A decimal unit is not exact: 3 × 0.1 should be 0.3.
            return unit < 1 ? (value * (1 / unit)).rounded() / (1 / unit).rounded() : value
        }
    }

    /// The values at which ggeffects shows a variable of numbers whose range is not small: round ones that cover it.
    ///
    /// - Parameter distinct: how many different values the rows have, as far as is known.
    static func range(_ lower: Double, _ upper: Double, distinct: Int) -> [Double] {
        let width = upper - lower
        guard width > 0, width.isFinite else { return [lower] }
        let stepCount = floor(width / (width.squareRoot() / 10) + 1e-10) + 1
        // Over short ranges ggeffects has one or two values, which show nothing.
        guard stepCount >= 10 else { return covering(lower, upper, count: 5) }
        let base = distinct > 100 ? 3.0 : distinct > 50 ? 5 : 10
        let wanted = pow(base, floor(log10(max(stepCount, 1))))
        guard wanted < 5000 else { return covering(lower, upper, count: 20) }
        let last = lower + (stepCount - 1) * width.squareRoot() / 10
        let coarse = covering(lower, last, count: Int(wanted))
        let middle = covering(lower, last, count: Int((wanted * 1.5).rounded(.up)))
        let fine = covering(lower, last, count: Int(2 * wanted))
        if coarse.count >= distinct { return coarse }
        if coarse.count < 10, middle.count < 25 { return middle }
        if middle.count < 15, fine.count < 25 { return fine }
        return coarse
    }
}
