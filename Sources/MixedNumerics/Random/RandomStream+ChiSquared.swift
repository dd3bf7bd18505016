// Chi-squared variates, for sums of squares that are simulated without their terms.

extension RandomStream {
    /// A χ² variate; zero for no degrees of freedom.
    ///
    /// By the squeeze of Marsaglia and Tsang (2000), ACM Transactions on Mathematical Software 26(3): with
    /// *d = a − 1/3* and *V = (1 + X/√(9d))³*, *dV* has the gamma distribution of shape *a* when *X* is normal and a
    /// uniform number passes *log U < X²/2 + d(1 − V + log V)*. Only exactly defined operations are used, as for normal
    /// variates.
    /// - Complexity: O(1): fewer than 1.1 trials on average.
    public mutating func nextChiSquared(degreesOfFreedom: Int) -> Double {
        guard degreesOfFreedom > 1 else {
            guard degreesOfFreedom == 1 else { return 0 }
            let normal = nextNormal()
            return normal * normal
        }
        let d = 0.5 * Double(degreesOfFreedom) - 1.0 / 3
        let scale = 1 / (9 * d).squareRoot()
        while true {
            let normal = nextNormal()
            let root = 1 + scale * normal
            guard root > 0 else { continue }
            let cube = root * root * root
            let uniform = nextUniform()
            let square = normal * normal
            if uniform < 1 - 0.0331 * square * square { return 2 * d * cube }
            let bound = 0.5 * square + d * (1 - cube + PortableNormalQuantile.logarithm(cube))
            if PortableNormalQuantile.logarithm(uniform) < bound { return 2 * d * cube }
        }
    }
}
