// Responses of a sub-model as cross-products with the columns of the model, so that both can be fitted to them.

package import MixedDesign
internal import MixedLinearAlgebra

extension RefitModel {
    /// A source of responses with the parameters of a sub-model.
    ///
    /// With *X' = XT* and *Z' = ZU*, coefficients *β'* and effects *b'* of the sub-model are *Tβ'* and *Ub'* of the model.
    /// - Parameters:
    ///   - smaller: The fit of the sub-model, from the model's cross-products.
    ///   - restriction: What the sub-model keeps of the model's columns.
    /// - Returns: `nil` where the sub-model has columns that are aliased in the model.
    /// - Complexity: One factorisation.
    package func simulator(
        ofSubmodel smaller: LinearMixedModelFit, _ restriction: CrossProductsRestriction
    ) -> ResponseSimulator? {
        let products = deviance.products
        guard let coefficients = mappedCoefficients(smaller, restriction) else { return nil }
        let scale = products.transform.responseScale
        let sigma = smaller.residualStandardDeviation
        let relative = products.factors.indices.map { factor -> Matrix in
            guard let place = restriction.factors.firstIndex(where: { $0.source == factor }) else {
                let width = products.factors[factor].columnCount
                return Matrix(rows: width, columns: width)
            }
            return relativeFactor(smaller, restriction.factors[place], place: place)
        }
        let layout = products.factors.enumerated().map { index, factor in
            RandomTermLayout(factor: index, columnOffset: 0, columnCount: factor.columnCount)
        }
        let workspace = BlockFactorization(deviance.plan, products: products, threads: 1)
        return ResponseSimulator(
            root: DesignRoot(workspace), terms: layout, relativeFactors: relative, coefficients: coefficients,
            sigma: sigma / scale, effects: nil, rowCount: products.rowCount)
    }

    /// *β̃* of the mapped columns with *XTβ' = X(sBβ̃ + ma)*.
    private func mappedCoefficients(
        _ smaller: LinearMixedModelFit, _ restriction: CrossProductsRestriction
    ) -> [Double]? {
        let transform = deviance.products.transform
        var original = [Double](repeating: 0, count: transform.columnCount)
        for (name, terms) in zip(smaller.design.fixedColumnNames, restriction.fixed) {
            guard let coefficient = smaller[coefficient: name] else { continue }
            for (column, weight) in terms { original[column] += weight * coefficient }
        }
        let basis = deviance.fixedBasis
        let isEstimated = Set(basis.estimated)
        guard original.indices.allSatisfy({ isEstimated.contains($0) || original[$0] == 0 }) else { return nil }
        guard !basis.estimated.isEmpty else { return [] }
        return basis.matrix.solving(
            basis.estimated.enumerated().map { index, column in
                (original[column] - transform.responseShift * (basis.constant?[index] ?? 0)) / transform.responseScale
            })
    }

    /// A square root of *UΣ'U'/σ²*, in the units of the cross-products: of the model's width, with as many columns as rows.
    private func relativeFactor(
        _ smaller: LinearMixedModelFit, _ kept: CrossProductsRestriction.Factor, place: Int
    ) -> Matrix {
        let factor = deviance.products.factors[kept.source]
        let width = factor.columnCount
        let sigma = smaller.residualStandardDeviation
        var covariance = Matrix(rows: width, columns: width)
        for (term, component) in zip(smaller.design.randomTerms, smaller.varianceComponents)
        where term.factorIndex == place {
            for right in 0..<term.columnCount {
                for left in 0..<term.columnCount {
                    let value = component.covariance[left, right] / (sigma * sigma)
                    for (row, leftWeight) in kept.columns[term.columnOffset + left] {
                        for (column, rightWeight) in kept.columns[term.columnOffset + right] {
                            covariance[row, column] +=
                                value * leftWeight * rightWeight * factor.columnScales[row]
                                * factor.columnScales[column]
                        }
                    }
                }
            }
        }
        guard let eigen = SymmetricEigendecomposition(covariance) else { return covariance }
        return eigen.vectors * .diagonal(eigen.values.map { max($0, 0).squareRoot() })
    }
}
