// What the iteratively solved equations say about coefficients and random effects, in the units of the data.

internal import MixedDesign
internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension IterativeEquations {
    /// *b̂ = Λû* of each grouping factor in the units of the data.
    func effectValues(_ state: State) -> [Matrix] {
        let scale = products.transform.responseScale
        let blocks = factorBlocks(of: state.relativeFactors)
        func effects(_ index: Int, _ order: [Int], _ own: UnsafePointer<Double>) -> Matrix {
            let factor = products.factors[index]
            let width = factor.columnCount
            var values = Matrix(rows: factor.levelCount, columns: width)
            for (place, level) in order.enumerated() {
                for row in 0..<width {
                    var sum = 0.0
                    for column in 0..<width { sum += blocks[index][row, column] * own[place * width + column] }
                    values[level, row] = sum * scale / factor.columnScales[row]
                }
            }
            return values
        }
        return products.factors.indices.compactMap { index in
            if let position = layout.chain.firstIndex(where: { $0.factor == index }) {
                return effects(index, layout.chain[position].order, state.chainEffects[position].pointer)
            }
            return layout.border.first { $0.factor == index }.map {
                effects(index, $0.order, state.borderEffects.pointer + $0.offset)
            }
        }
    }

    /// For each symmetric direction the derivative of *(X'V⁻¹X)⁻¹*, in the units of the data.
    func coefficientSensitivity(_ state: State) -> [Matrix] {
        solutionProducts().map { mappedBack(state.unitCovariance * $0 * state.unitCovariance) }
    }

    /// The objective at the current θ with its Monte Carlo standard error.
    ///
    /// - Returns: `nil` where the log-determinant cannot be estimated.
    func deviance(_ state: State, settings: IterativeSettings) -> (value: Double, standardError: Double)? {
        guard
            let border = LogDeterminantEstimate(
                matrix, preconditioner, solver, probes: settings.determinantProbes, tolerance: settings.solveTolerance)
        else { return nil }
        let rows = Double(residualRows)
        var deviance = matrix.chain.logDeterminant + border.value - products.sumOfLogWeights
        deviance += rows * 2 * log(products.transform.responseScale)
        if method == .restrictedLikelihood { deviance += state.logDeterminant - fixedBasis.logDeterminant }
        deviance += rows * (1 + log(2 * Double.pi * state.residualSumOfSquares / rows))
        return deviance.isFinite ? (deviance, border.standardError) : nil
    }
}
