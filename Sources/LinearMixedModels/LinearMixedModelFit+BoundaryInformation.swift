// How much the data would say about variances that a smaller model does not have: the shape of the likelihood where
// they are zero.

internal import MixedDesign
package import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// The expected information about the covariances of effects that are without variance, all other covariance
    /// parameters and σ being estimated.
    ///
    /// For directions *S_d* of the new effects' covariance matrices it is *J = I_nn − I_no I_oo⁻¹ I_on* with
    /// *I_de = tr(T̃S_dT̃S_e) − t_d t_e/ν*. It is evaluated at variances so small that the levels' effects are shrunk to a
    /// thousandth, where the digits of *T̃* are not yet lost to cancellation.
    ///
    /// - Parameters:
    ///   - null: For each random term the covariance matrix of its effects over *σ²* in the smaller model, in units of the data.
    ///   - newRows: For each random term the effects that the smaller model does not have.
    /// - **Shape:** term by term the lower triangle of the new effects' covariance matrix, column by column.
    /// - Returns: `nil` where the deviance has no expansion or the covariances cannot be told apart.
    package func boundaryInformation(null: [Matrix], newRows: [[Int]], threads: Int) -> Matrix? {
        guard !computation.isIterative else { return nil }
        let deviance = ProfiledDeviance(products, terms: Self.layout(design), method: method, threads: threads)
        let floors = deviance.floors()
        var factors: [Matrix] = []
        for (index, term) in deviance.terms.enumerated() {
            let size = term.columnCount
            // A pivot whose share of a level's information is a thousandth; the floor has a ten-millionth.
            let small = 100 * floors[index]
            let kept = (0..<size).filter { !newRows[index].contains($0) }
            let scales = kept.map { products.factors[term.factor].columnScales[term.columnOffset + $0] }
            var covariance = null[index].selecting(rows: kept, columns: kept)
            for column in kept.indices {
                for row in kept.indices { covariance[row, column] *= scales[row] * scales[column] }
            }
            guard let eigen = SymmetricEigendecomposition(covariance) else { return nil }
            let roots = eigen.values.map { max($0.squareRoot(), small) }.map { $0.isNaN ? small : $0 }
            let root = kept.isEmpty ? Matrix(rows: 0, columns: 0) : eigen.vectors * .diagonal(roots)
            var factor = Matrix(rows: size, columns: size)
            for row in newRows[index] { factor[row, row] = small }
            for (row, target) in kept.enumerated() {
                for (column, place) in kept.enumerated() { factor[target, place] = root[row, column] }
            }
            factors.append(factor)
        }
        guard let expansion = deviance.expansion(at: factors, curvature: .exact),
            let information = expansion.covarianceInformation
        else { return nil }
        var new: [Int] = []
        var old: [Int] = []
        for (index, direction) in expansion.directions.enumerated() {
            let offset = expansion.columnOffsets[direction.term]
            let isNew = [direction.first, direction.second].allSatisfy { newRows[direction.term].contains($0 - offset) }
            if isNew { new.append(index) } else { old.append(index) }
        }
        var result = information.selecting(rows: new, columns: new)
        guard !old.isEmpty else { return result }
        let among = information.selecting(rows: old, columns: old)
        let between = information.selecting(rows: old, columns: new)
        guard let eigen = SymmetricEigendecomposition(among) else { return nil }
        let threshold = 1e-10 * (eigen.values.last ?? 0)
        result = result - between.transposed * (eigen.pseudoInverse(threshold: threshold) * between)
        result.symmetrizeFromLower()
        return result
    }
}
