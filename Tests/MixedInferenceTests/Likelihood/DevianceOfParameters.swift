// −2 log-likelihood as a function of standard deviations, correlations, σ and coefficients, the slow and obvious way.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra

/// Evaluates the likelihood from dense matrices of the random effects, by the cross-products of a fit.
///
///     −2 log L = n log 2πσ² + log|I + Λ'Z'ZΛ| + (‖y − Xβ‖² − w'(I + Λ'Z'ZΛ)⁻¹w)/σ²,   w = Λ'Z'(y − Xβ)
struct DevianceOfParameters {
    private let fit: LinearMixedModelFit

    init(_ fit: LinearMixedModelFit) { self.fit = fit }

    /// How many parameters there are besides the coefficients.
    var varianceCount: Int {
        fit.varianceComponents.reduce(1) { $0 + $1.columnNames.count * ($1.columnNames.count + 1) / 2 }
    }

    /// The deviance, or `nil` for parameters that are none.
    func checkedDeviance(_ parameters: [Double]) -> Double? {
        let value = deviance(parameters)
        return value.isFinite ? value : nil
    }

    func deviance(_ parameters: [Double]) -> Double {
        let products = fit.products
        let transform = products.transform
        let sigma = parameters[varianceCount - 1] / transform.responseScale
        guard sigma > 0 else { return .nan }
        // The coefficients of the mapped columns: β = s B β̃ + m a.
        let coefficients = Array(parameters[varianceCount...])
        var plain = coefficients
        if let constant = transform.constantCombination {
            for index in plain.indices { plain[index] -= transform.responseShift * constant[index] }
        }
        guard let mapped = transform.basis.solving(plain.map { $0 / transform.responseScale }) else { return .nan }
        let width = products.fixedColumnCount
        let vector = mapped.map { -$0 } + [1]
        let residual = zip(products.fixed * vector, vector).reduce(0) { $0 + $1.0 * $1.1 }

        var offsets: [Int] = []
        var total = 0
        for factor in products.factors {
            offsets.append(total)
            total += factor.levelCount * factor.columnCount
        }
        var gram = Matrix(rows: total, columns: total)
        var side = [Double](repeating: 0, count: total)
        for (index, factor) in products.factors.enumerated() {
            let k = factor.columnCount
            for level in 0..<factor.levelCount {
                let start = offsets[index] + level * k
                for column in 0..<k {
                    for row in 0..<k {
                        gram[start + row, start + column] = factor.diagonalBlocks[level * k * k + row + column * k]
                    }
                    for fixed in 0...width {
                        side[start + column] +=
                            factor.fixedBlocks[level * k * (width + 1) + column + fixed * k] * vector[fixed]
                    }
                }
            }
        }
        for pair in products.pairs {
            let k = products.factors[pair.first].columnCount
            let l = products.factors[pair.second].columnCount
            for level in 0..<products.factors[pair.first].levelCount {
                for position in pair.rowStarts[level]..<pair.rowStarts[level + 1] {
                    for column in 0..<l {
                        for row in 0..<k {
                            let left = offsets[pair.first] + level * k + row
                            let right = offsets[pair.second] + Int(pair.columns[position]) * l + column
                            let value = pair.blocks[position * k * l + row + column * k]
                            gram[left, right] = value
                            gram[right, left] = value
                        }
                    }
                }
            }
        }
        guard let root = relativeRoot(parameters, sigma: parameters[varianceCount - 1], size: total, offsets) else {
            return .nan
        }
        var inner = root.transposed * gram * root
        for index in 0..<total { inner[index, index] += 1 }
        guard let decomposition = CholeskyDecomposition(inner) else { return .nan }
        let scaled = root.transposed * side
        let explained = zip(scaled, decomposition.solve(scaled)).reduce(0) { $0 + $1.0 * $1.1 }
        let rows = Double(products.rowCount)
        return rows * log(2 * Double.pi * parameters[varianceCount - 1] * parameters[varianceCount - 1])
            - products.sumOfLogWeights + decomposition.logDeterminant + (residual - explained) / (sigma * sigma)
    }

    /// Λ, block by block roots of the terms' covariance matrices over σ².
    private func relativeRoot(_ parameters: [Double], sigma: Double, size: Int, _ offsets: [Int]) -> Matrix? {
        var root = Matrix(rows: size, columns: size)
        var place = 0
        for term in fit.design.randomTerms {
            let count = term.columnCount
            let factor = fit.products.factors[term.factorIndex]
            var deviations = [Double](repeating: 0, count: count)
            var correlations = Matrix.identity(count)
            for column in 0..<count {
                deviations[column] =
                    parameters[place] / sigma * factor.columnScales[term.columnOffset + column]
                place += 1
                for row in column + 1..<max(count, column + 1) {
                    correlations[row, column] = parameters[place]
                    correlations[column, row] = parameters[place]
                    place += 1
                }
            }
            // A root that singular matrices have too.
            guard let eigen = SymmetricEigendecomposition(correlations), (eigen.values.first ?? 0) > -1e-12 else {
                return nil
            }
            let lower = eigen.vectors * .diagonal(eigen.values.map { max($0, 0).squareRoot() })
            for level in 0..<factor.levelCount {
                let start = offsets[term.factorIndex] + level * factor.columnCount + term.columnOffset
                for column in 0..<count {
                    for row in column..<count {
                        root[start + row, start + column] = deviations[row] * lower[row, column]
                    }
                }
            }
        }
        return root
    }
}
