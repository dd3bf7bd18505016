// Gauss-Legendre quadrature on a finite interval.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Nodes and weights with which an integral over an interval is exact for polynomials of degree 2n - 1.
struct GaussLegendreRule {
    /// On the interval from -1 to 1.
    let nodes: [Double]
    let weights: [Double]

    /// The rule with `count` nodes, by Newton's iteration from Chebyshev's approximation of the roots.
    init(count: Int) {
        var nodes: [Double] = []
        var weights: [Double] = []
        let degree = Double(count)
        for index in 0..<count {
            var x = cos(Double.pi * (Double(index) + 0.75) / (degree + 0.5))
            var derivative = 1.0
            for _ in 0..<8 {
                var previous = 1.0
                var value = x
                for k in stride(from: 2, through: count, by: 1) {
                    (previous, value) = (value, (Double(2 * k - 1) * x * value - Double(k - 1) * previous) / Double(k))
                }
                derivative = degree * (x * value - previous) / (x * x - 1)
                x -= value / derivative
            }
            nodes.append(x)
            weights.append(2 / ((1 - x * x) * derivative * derivative))
        }
        self.nodes = nodes
        self.weights = weights
    }

    func integral(from low: Double, to high: Double, _ function: (Double) -> Double) -> Double {
        let half = 0.5 * (high - low)
        let middle = 0.5 * (high + low)
        var sum = 0.0
        for (node, weight) in zip(nodes, weights) { sum += weight * function(middle + half * node) }
        return half * sum
    }
}
