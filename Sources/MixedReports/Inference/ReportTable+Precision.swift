// How many decimals estimates deserve: those that their standard errors leave meaning to.

extension ReportTable.Format {
    /// The same decimals for estimates, their standard errors and limits: three significant digits of the smallest standard
    /// error.
    ///
    /// Errors that are negligible beside the largest do not count.
    static func precision(of errors: [Double]) -> ReportTable.Format {
        let known = errors.filter { $0.isFinite && $0 > 0 }
        guard let largest = known.max(), let smallest = known.filter({ $0 >= 1e-3 * largest }).min() else {
            return .estimate()
        }
        let decimals = max(0, 2 - SignificantDigits(smallest, digits: 3).exponent)
        return decimals > 8 ? .estimate() : .fixed(decimals: decimals)
    }

    /// The same by the limits of confidence intervals, which lie about four standard errors apart.
    static func precision(ofLimits limits: [(lower: Double, upper: Double)]) -> ReportTable.Format {
        precision(of: limits.map { ($0.upper - $0.lower) / 4 })
    }
}
