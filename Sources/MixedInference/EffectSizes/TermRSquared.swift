// How much of the variation each fixed-effects term explains beyond the others.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The share of variation that a term explains, given all others.
public struct TermRSquared: Hashable, Sendable {
    /// The term's label, as R writes it.
    public let term: String
    /// The F statistic of the hypothesis that all its coefficients are zero.
    public let statistic: Double
    public let numeratorDegreesOfFreedom: Int
    /// Infinite for tests by the normal distribution, where there is no R².
    public let denominatorDegreesOfFreedom: Double
    /// Between 0 and 1.
    public let rSquared: Double
}

extension LinearMixedModelFit {
    /// The semi-partial R² of every fixed-effects term but the intercept.
    ///
    ///     R² = (q F / ν) / (1 + q F / ν)
    ///
    /// *F* is the Wald statistic, on *q* and *ν* degrees of freedom, of the hypothesis that the term's own coefficients are zero, all others
    /// staying in the model (Edwards, Muller, Wolfinger, Qaqish & Schabenberger 2008, Statistics in Medicine 27, 6137, equation 19). For
    /// a linear model it is the classical partial R². In the presence of interactions the hypothesis depends on the contrasts, as
    /// type III tests do. With Satterthwaite's degrees of freedom *ν* is found as in lmerTest (Fai & Cornelius 1996).
    ///
    /// - Parameter inference: The coefficients' covariance and degrees of freedom, by any method.
    public func semiPartialRSquared(_ inference: FixedEffectsInference? = nil) -> [TermRSquared] {
        let inference = inference ?? self.inference()
        let names = design.fixedColumnNames
        return design.fixedTerms.compactMap { term in
            let columns = term.columns.compactMap { coefficientNames.firstIndex(of: names[$0]) }
            guard !columns.isEmpty, !term.variables.isEmpty,
                let test = inference.waldStatistic(ofCoefficients: columns)
            else { return nil }
            let ratio = Double(columns.count) * test.statistic / test.degreesOfFreedom
            return TermRSquared(
                term: term.label, statistic: test.statistic, numeratorDegreesOfFreedom: columns.count,
                denominatorDegreesOfFreedom: test.degreesOfFreedom,
                rSquared: test.degreesOfFreedom.isFinite ? ratio / (1 + ratio) : .nan)
        }
    }
}

extension FixedEffectsInference {
    /// F of the hypothesis that some coefficients are zero, and its denominator degrees of freedom.
    ///
    /// The covariance of the coefficients is diagonalised: F is the mean of independent squared t statistics with *ν_m* degrees of freedom,
    /// and *ν* is chosen such that F has their mean, *ν = 2E/(E - q)* with *E = Σ ν_m/(ν_m - 2)* over *ν_m > 2*.
    fileprivate func waldStatistic(ofCoefficients columns: [Int]) -> (statistic: Double, degreesOfFreedom: Double)? {
        let block = covariance.selecting(rows: columns, columns: columns)
        guard let decomposition = SymmetricEigendecomposition(block), let largest = decomposition.values.last,
            largest > 0
        else { return nil }
        var sum = 0.0
        var freedoms: [Double] = []
        for (index, value) in decomposition.values.enumerated() where value > 1e-12 * largest {
            var combination = [Double](repeating: 0, count: coefficients.count)
            for (row, column) in columns.enumerated() { combination[column] = decomposition.vectors[row, index] }
            let projection = estimate(of: combination)
            sum += projection * projection / value
            freedoms.append(degreesOfFreedom(of: combination))
        }
        let count = Double(freedoms.count)
        return (sum / count, Self.combined(freedoms))
    }

    private static func combined(_ freedoms: [Double]) -> Double {
        guard let first = freedoms.first else { return .nan }
        if freedoms.allSatisfy({ ($0 - first).magnitude <= 1e-8 * first }) || freedoms.allSatisfy(\.isInfinite) {
            return first
        }
        let mean = freedoms.reduce(0) { $1 > 2 ? $0 + ($1.isInfinite ? 1 : $1 / ($1 - 2)) : $0 }
        let count = Double(freedoms.count)
        return mean > count ? 2 * mean / (mean - count) : 2
    }
}
