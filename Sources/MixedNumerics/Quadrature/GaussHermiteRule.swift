// Gauss-Hermite quadrature: expectations under the standard normal distribution as weighted sums.

/// Nodes and weights with which an expectation under the standard normal distribution is exact for polynomials.
///
///     E f(Z) = sum_i w_i f(z_i),   exact for polynomials of degree 2n - 1
///
/// The weights sum to one; lme4's `GHrule` uses the same convention.
public struct GaussHermiteRule: Hashable, Sendable {
    /// In ascending order, symmetric about zero.
    public let nodes: [Double]
    public let weights: [Double]

    /// The most nodes that a rule has.
    public static let largestCount = 100

    /// The rule with `count` nodes, limited to 1 ... `largestCount`.
    ///
    /// The roots of each Hermite polynomial lie between those of the one before, which brackets them safely; the weights are
    /// Christoffel's numbers 1 / sum_k h_k(z)^2, sums of positive terms.
    /// - **Complexity:** O(count^3), below a millisecond for 30 nodes.
    public init(count: Int) {
        let count = max(1, min(count, Self.largestCount))
        var roots = [0.0]
        for degree in stride(from: 2, through: count, by: 1) {
            // All roots lie within 2 sqrt(degree).
            let bound = 2 * Double(degree).squareRoot()
            let ends = [-bound] + roots + [bound]
            roots = (0..<degree).map { Self.root(ofDegree: degree, between: ends[$0], and: ends[$0 + 1]) }
            for index in 0..<(degree / 2) { roots[index] = -roots[degree - 1 - index] }
            if !degree.isMultiple(of: 2) { roots[degree / 2] = 0 }
        }
        nodes = roots
        weights = roots.map { 1 / Self.evaluate(degree: count, at: $0).sumOfSquares }
    }

    /// The expectation of `function` under the standard normal distribution.
    public func expectation(_ function: (Double) -> Double) -> Double {
        zip(nodes, weights).reduce(0) { $0 + $1.1 * function($1.0) }
    }

    /// The orthonormal Hermite polynomial of a degree, its derivative, and the sum of squares of those of lower degree.
    private static func evaluate(
        degree: Int, at x: Double
    ) -> (value: Double, derivative: Double, sumOfSquares: Double) {
        var previous = 0.0
        var value = 1.0
        var sum = 0.0
        for k in 0..<degree {
            sum += value * value
            let next = (x * value - Double(k).squareRoot() * previous) / Double(k + 1).squareRoot()
            previous = value
            value = next
        }
        return (value, Double(degree).squareRoot() * previous, sum)
    }

    /// The one root between two points, by Newton's iteration kept in its bracket by bisection.
    private static func root(ofDegree degree: Int, between low: Double, and high: Double) -> Double {
        var (low, high) = (low, high)
        let isPositiveAtHigh = evaluate(degree: degree, at: high).value > 0
        var x = 0.5 * (low + high)
        for _ in 0..<100 {
            let (value, derivative, _) = evaluate(degree: degree, at: x)
            if value == 0 { return x }
            if (value > 0) == isPositiveAtHigh { high = x } else { low = x }
            let newton = x - value / derivative
            let next = newton > low && newton < high ? newton : 0.5 * (low + high)
            if (next - x).magnitude <= 2e-16 * max(1, x.magnitude) { return next }
            x = next
        }
        return x
    }
}
