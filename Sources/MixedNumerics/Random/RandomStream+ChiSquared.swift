// Chi-squared variates.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension RandomStream {
    /// A chi-squared variate: the square of a normal one for one degree of freedom, else twice a gamma variate.
    ///
    /// Marsaglia & Tsang (2000), "A simple method for generating gamma variables", ACM Transactions on Mathematical Software 26,
    /// 363: about 1.05 normal and uniform numbers each. Zero for degrees of freedom that are not positive.
    public mutating func nextChiSquared(degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else { return 0 }
        if degreesOfFreedom == 1 {
            let z = nextNormal()
            return z * z
        }
        let shape = 0.5 * degreesOfFreedom
        // Shapes below one are had from the next higher one.
        let boost = shape < 1 ? pow(nextUniform(), 1 / shape) : 1
        let d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let z = nextNormal()
            let root = 1 + c * z
            let uniform = nextUniform()
            guard root > 0 else { continue }
            let cube = root * root * root
            let square = z * z
            if uniform < 1 - 0.0331 * square * square || log(uniform) < 0.5 * square + d * (1 - cube + log(cube)) {
                return 2 * d * cube * boost
            }
        }
    }
}
