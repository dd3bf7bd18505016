// What solving the equations at one point has found, and what is kept of a search that may be stopped.

internal import MixedDesign
internal import MixedLinearAlgebra

/// What solving the equations at an optimum has found.
struct SolvedParts {
    var mappedCoefficients: [Double]
    /// *(X'V⁻¹X)⁻¹*.
    var unitCovariance: Matrix
    /// *b̂* of each grouping factor.
    var effectValues: [Matrix]
    var residualSumOfSquares: Double
    var criterion: Double
    var expansion: DevianceExpansion
    /// The derivatives of `unitCovariance` in the directions of the covariance matrices.
    var sensitivity: [Matrix]
}

/// The best point of an exact search so far.
struct KeptPoint {
    let minimum: DevianceMinimum
    let parts: SolvedParts
}

/// A point at which a search was stopped, as a fit reports it.
struct InterruptedFit {
    let optimum: StoredOptimum
    let parts: SolvedParts
}

extension ProfiledDeviance {
    /// The estimates at the θ that the factorisation holds, after `solveResponse`.
    func solvedParts(_ value: Value, _ expansion: DevianceExpansion, _ sensitivity: [Matrix]) -> SolvedParts {
        SolvedParts(
            mappedCoefficients: mappedCoefficients, unitCovariance: unitCoefficientCovariance(),
            effectValues: effectValues(), residualSumOfSquares: value.residualSumOfSquares,
            criterion: terms.isEmpty
                ? likelihoodDeviance(residualSumOfSquares: value.residualSumOfSquares) : value.deviance,
            expansion: expansion, sensitivity: sensitivity)
    }
}

extension IterativeEquations {
    /// The estimates at a solved θ.
    func solvedParts(
        _ state: State, criterion: Double, _ expansion: DevianceExpansion, _ sensitivity: [Matrix]
    ) -> SolvedParts {
        SolvedParts(
            mappedCoefficients: state.coefficients, unitCovariance: mappedBack(state.unitCovariance),
            effectValues: effectValues(state), residualSumOfSquares: state.residualSumOfSquares,
            criterion: criterion, expansion: expansion, sensitivity: sensitivity)
    }
}
