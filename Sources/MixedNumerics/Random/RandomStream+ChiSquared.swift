// Chi-squared variates, for sums of squares that are simulated without their terms.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension RandomStream {
    /// A χ² variate; zero for no degrees of freedom.
    ///
    /// - Complexity: O(1): fewer than 1.1 trials on average.
    public mutating func nextChiSquared(degreesOfFreedom: Int) -> Double {
        nextChiSquared(degreesOfFreedom: Double(degreesOfFreedom))
    }

    /// A χ² variate: the square of a normal one for one degree of freedom, else twice a gamma variate; zero for degrees of
    /// freedom that are not positive.
    ///
    /// By the squeeze of Marsaglia and Tsang (2000), ACM Transactions on Mathematical Software 26(3): with
    /// *d = a − 1/3* and *V = (1 + X/√(9d))³*, *dV* has the gamma distribution of shape *a* when *X* is normal and a
    /// uniform number passes *log U < X²/2 + d(1 − V + log V)*. For whole degrees of freedom only exactly defined operations
    /// are used, as for normal variates.
    /// - Complexity: O(1): fewer than 1.1 trials on average.
    public mutating func nextChiSquared(degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else { return 0 }
        if degreesOfFreedom == 1 {
            let normal = nextNormal()
            return normal * normal
        }
        let shape = 0.5 * degreesOfFreedom
        // Shapes below one are had from the next higher one.
        let boost = shape < 1 ? pow(nextUniform(), 1 / shape) : 1
        let d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
        let scale = 1 / (9 * d).squareRoot()
        while true {
            let normal = nextNormal()
            let root = 1 + scale * normal
            guard root > 0 else { continue }
            let cube = root * root * root
            let uniform = nextUniform()
            let square = normal * normal
            if uniform < 1 - 0.0331 * square * square { return 2 * d * cube * boost }
            let bound = 0.5 * square + d * (1 - cube + PortableNormalQuantile.logarithm(cube))
            if PortableNormalQuantile.logarithm(uniform) < bound { return 2 * d * cube * boost }
        }
    }
}
