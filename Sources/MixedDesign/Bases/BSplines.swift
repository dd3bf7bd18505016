// B-splines over a knot sequence: values, derivatives and polynomial continuation.

/// The B-splines of one order over one knot sequence.
///
/// Evaluated by the Cox-de Boor recurrence on the knot interval that holds x (de Boor 2001, *A Practical Guide to
/// Splines*, chapter X). Left of the first interval and right of the last the end polynomials continue.
struct BSplines: Hashable, Sendable, Codable {
    /// Degree plus one.
    let order: Int
    /// Ascending, with the boundary knots repeated `order` times.
    let knots: [Double]

    /// How many B-splines there are.
    var count: Int { knots.count - order }

    init(order: Int, interior: [Double], boundary: (Double, Double)) {
        self.order = order
        self.knots =
            ([Double](repeating: boundary.0, count: order) + interior
            + [Double](repeating: boundary.1, count: order)).sorted()
    }

    /// The index i of the non-empty interval knots[i] ..< knots[i + 1] that x belongs to, or the end interval nearest to it.
    func interval(holding x: Double) -> Int {
        var low = order - 1
        var high = knots.count - order
        while high - low > 1 {
            let middle = (low + high) / 2
            if knots[middle] <= x { low = middle } else { high = middle }
        }
        while low > order - 1, knots[low] == knots[low + 1] { low -= 1 }
        while low < knots.count - order - 1, knots[low] == knots[low + 1] { low += 1 }
        return low
    }

    /// The `order` B-splines that do not vanish on `interval`, at x, into `values`; the first is number `interval - order + 1`.
    ///
    /// - **Complexity:** O(order²).
    func evaluate(at x: Double, interval: Int, into values: inout [Double]) {
        values[0] = 1
        for width in 1..<max(order, 1) {
            var saved = 0.0
            for index in 0..<width {
                let right = knots[interval + index + 1]
                let left = knots[interval + 1 - width + index]
                let term = values[index] / (right - left)
                values[index] = saved + (right - x) * term
                saved = (x - left) * term
            }
            values[width] = saved
        }
    }

    /// All B-splines, or their derivatives, at one place.
    ///
    /// The derivative of a spline of order k is the difference of two splines of order k - 1.
    func values(at x: Double, derivative: Int = 0) -> [Double] {
        let interval = interval(holding: x)
        guard derivative < order else { return [Double](repeating: 0, count: count) }
        var values = [Double](repeating: 0, count: knots.count - 1)
        values[interval] = 1
        for width in 1..<order {
            // Splines of order `width` become splines of order `width + 1`: their values, or for the last steps their slopes.
            let isSlope = width >= order - derivative
            for index in 0..<(knots.count - 1 - width) {
                let leftSpan = knots[index + width] - knots[index]
                let rightSpan = knots[index + width + 1] - knots[index + 1]
                var next = 0.0
                if isSlope {
                    if leftSpan > 0 { next += Double(width) * values[index] / leftSpan }
                    if rightSpan > 0 { next -= Double(width) * values[index + 1] / rightSpan }
                } else {
                    if leftSpan > 0 { next += (x - knots[index]) * values[index] / leftSpan }
                    if rightSpan > 0 { next += (knots[index + width + 1] - x) * values[index + 1] / rightSpan }
                }
                values[index] = next
            }
        }
        return Array(values[..<count])
    }
}

/// The values of a variable as a spline basis sees them when it is trained.
struct SplineSample {
    /// The most interior knots; beyond, a basis would not fit into memory.
    static let knotLimit = 1000

    /// The values that are not missing, ascending.
    let sorted: [Double]

    init(_ values: [Double], function: String) throws(BasisError) {
        sorted = values.filter { !$0.isNaN }.sorted()
        guard let first = sorted.first, let last = sorted.last, first.isFinite, last.isFinite else {
            throw BasisError("\(function)() needs finite values")
        }
    }

    /// The boundary knots: as given, ascending, or the range of the values.
    func boundary(_ given: [Double]?, function: String) throws(BasisError) -> (Double, Double) {
        var ends = (sorted[0], sorted[sorted.count - 1])
        if let given {
            guard given.count == 2, given.allSatisfy(\.isFinite) else {
                throw BasisError("Boundary.knots of \(function)() must be two numbers")
            }
            ends = (min(given[0], given[1]), max(given[0], given[1]))
        }
        guard ends.0 < ends.1 else { throw BasisError("\(function)() needs at least two distinct values") }
        return ends
    }

    /// `count` knots at equally spaced quantiles (R's type 7) of the values inside the boundary.
    ///
    /// Hyndman & Fan (1996), *The American Statistician* 50(4), definition 7.
    func quantileKnots(_ count: Int, boundary: (Double, Double)) -> [Double] {
        let inside = sorted.filter { $0 >= boundary.0 && $0 <= boundary.1 }
        guard count > 0, !inside.isEmpty else { return [] }
        let step = 1 / Double(count + 1)
        return (1...count).map { number in
            let position = Double(inside.count - 1) * (Double(number) * step)
            let below = min(max(Int(position.rounded(.down)), 0), inside.count - 1)
            let above = min(below + 1, inside.count - 1)
            let share = position - Double(below)
            guard share > 0, inside[above] != inside[below] else { return inside[below] }
            return (1 - share) * inside[below] + share * inside[above]
        }
    }

    /// Checks knots that the formula gives.
    func interiorKnots(_ given: [Double], boundary: (Double, Double), function: String) throws(BasisError) -> [Double] {
        guard given.count <= Self.knotLimit else {
            throw BasisError("\(function)() takes at most \(Self.knotLimit) knots")
        }
        guard given.allSatisfy({ $0.isFinite && $0 > boundary.0 && $0 < boundary.1 }) else {
            throw BasisError("The knots of \(function)() must lie between \(boundary.0) and \(boundary.1)")
        }
        return given.sorted()
    }
}
