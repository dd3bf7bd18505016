// What leaving out one group of rows at a time does to a fit.

internal import MixedLinearAlgebra

/// How coefficients and their covariance change when rows are left out.
public struct CoefficientInfluence: Hashable, Sendable {
    /// *β̂ − β̂₍₋ᵢ₎*, R's `dfbeta`; NaN where a coefficient cannot be estimated without the rows.
    ///
    /// - **Scale:** units of the response per unit of the column.
    public let changes: [Double]
    /// The changes over the standard errors without the rows, R's `dfbetas`.
    public let standardizedChanges: [Double]
    /// Cook's distance *δ'V⁻¹δ/p*, with *V* the covariance matrix of *β̂* from all rows.
    public let cooksDistance: Double
    /// The same with the covariance matrix without the rows, *δ'V₍₋ᵢ₎⁻¹δ/p*: HLMdiag's `mdffits`.
    public let mdffits: Double
    /// *det V₍₋ᵢ₎ / det V*: above 1 where the rows add precision.
    public let covarianceRatio: Double
    /// *|tr(V⁻¹V₍₋ᵢ₎) − p|*: 0 where the rows leave the precision as it is.
    public let covarianceTrace: Double

    /// What cannot be told because a coefficient cannot be estimated without the rows.
    static func inestimable(_ count: Int) -> CoefficientInfluence {
        CoefficientInfluence(
            changes: [Double](repeating: .nan, count: count),
            standardizedChanges: [Double](repeating: .nan, count: count), cooksDistance: .nan, mdffits: .nan,
            covarianceRatio: .nan, covarianceTrace: .nan)
    }
}

/// A fit without one group.
public struct GroupDeletion: Sendable {
    /// The group that is left out.
    public let level: String
    /// Its rows.
    public let rowCount: Int
    /// What changes when the covariance parameters are held at the estimates from all rows.
    public let influence: CoefficientInfluence
    /// The trace of the group's block of the hat matrix of the fixed effects; over all groups they add up to *p*.
    public let leverage: Double
    /// What changes when all parameters are estimated again; `nil` where that was not asked for.
    public let refit: GroupRefit?
}

/// All parameters estimated again without one group.
public struct GroupRefit: Sendable {
    /// What changes in the coefficients.
    public let influence: CoefficientInfluence
    /// For each variance parameter *θ̂₍₋ᵢ₎/θ̂ − 1*, HLMdiag's relative variance change; NaN where it was zero.
    public let relativeVarianceChanges: [Double]
    /// Whether the search found an optimum.
    public let hasConverged: Bool
}

/// What each group of a fit contributes: R's `influence(model, "group")` for linear mixed models.
public struct GroupInfluence: Sendable {
    /// The column or grouping factor.
    public let group: String
    /// R's names of the coefficients.
    public let coefficientNames: [String]
    /// The names of the variance parameters that refits tell of: those of lme4's `VarCorr`, by group, then the residual
    /// variance.
    public let varianceNames: [String]
    /// One entry for each group, in the order of its levels.
    public let deletions: [GroupDeletion]
    /// Whether all parameters were estimated again without each group.
    public let isRefitted: Bool
}

/// A fit's covariance of the coefficients, against which deletions are measured.
struct InfluenceReference {
    let precision: Matrix
    private let logDeterminant: Double
    /// The residual variance.
    private let variance: Double

    /// - Parameter precision: *X̃'V⁻¹X̃*, relative to the residual variance.
    init?(precision: Matrix, variance: Double) {
        guard let decomposition = CholeskyDecomposition(precision), variance > 0 else { return nil }
        self.precision = precision
        logDeterminant = decomposition.logDeterminant
        self.variance = variance
    }

    /// The influence of rows.
    ///
    /// - Parameters:
    ///   - change: *β̂ − β̂₍₋ᵢ₎* in the coordinates of `precision`.
    ///   - covariance: *V₍₋ᵢ₎* over a residual variance, in the same coordinates.
    ///   - deletedVariance: That residual variance; the one of all rows where it is held.
    ///   - basis: Brings a change to the units of the data.
    func influence(
        change: [Double], covariance: Matrix, deletedVariance: Double? = nil, basis: Matrix
    ) -> CoefficientInfluence {
        let size = change.count
        guard size > 0, let deleted = CholeskyDecomposition(covariance) else { return .inestimable(size) }
        let ratio = (deletedVariance ?? variance) / variance
        let changes = basis * change
        let scaled = basis * covariance
        let errors = (0..<size).map { row in
            var sum = 0.0
            for column in 0..<size { sum += scaled[row, column] * basis[row, column] }
            return (sum * ratio * variance).squareRoot()
        }
        let own = quadraticForm(precision, change)
        let other = zip(deleted.solve(change), change).reduce(0) { $0 + $1.0 * $1.1 }
        return CoefficientInfluence(
            changes: changes, standardizedChanges: zip(changes, errors).map { $0 / $1 },
            cooksDistance: own / (Double(size) * variance), mdffits: other / (Double(size) * variance * ratio),
            covarianceRatio: exponential(
                deleted.logDeterminant + logDeterminant + Double(size) * naturalLogarithm(ratio)),
            covarianceTrace: abs(ratio * precision.inner(covariance) - Double(size)))
    }
}
