// Which combinations of coefficients the data can answer when columns of the design are combinations of others.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The null space of the fixed-effects design: directions in which coefficients can change without any row noticing.
///
/// A combination *c'β* has one value for all solutions, it is estimable, when *c* is orthogonal to that space; Searle
/// (1971), Linear Models, section 5.4.
struct Estimability: Sendable {
    /// The design's columns that were estimated.
    let kept: [Int]
    /// Columns that are combinations of earlier ones.
    let aliasedNames: [String]
    /// An orthonormal basis of the null space, for coefficients in units of their columns' lengths.
    let nullVectors: [[Double]]
    /// The lengths of the columns, root mean square.
    private let lengths: [Double]

    /// How far a combination may lean into the null space for rounding's sake: a share of its length.
    static let tolerance = 1e-6

    /// - Complexity: O(*p³*) for aliased columns, nothing to do without.
    init(_ fit: LinearMixedModelFit) {
        let products = fit.products
        let size = products.fixedColumnCount
        kept = products.fixedColumnBasis().estimated
        aliasedNames = fit.aliasedNames
        lengths = products.originalSquaredNorms.map { norm in
            norm > 0 ? (norm / Double(max(products.rowCount, 1))).squareRoot() : 1
        }
        let independent = products.independentFixedColumns()
        let isKept = Set(independent)
        let aliased = (0..<size).filter { !isKept.contains($0) }
        guard !aliased.isEmpty,
            let factor = CholeskyDecomposition(products.fixed.selecting(rows: independent, columns: independent))
        else {
            nullVectors = []
            return
        }
        // In the mapped columns X̃ = X B an aliased column is a combination g of the kept ones; B (e − g) leads back.
        let basis = products.transform.basis
        var vectors: [[Double]] = []
        for column in aliased {
            let combination = factor.solve(independent.map { products.fixed[max($0, column), min($0, column)] })
            var mapped = [Double](repeating: 0, count: size)
            mapped[column] = 1
            for (index, value) in zip(independent, combination) { mapped[index] = -value }
            var vector = basis * mapped
            for index in vector.indices { vector[index] *= lengths[index] }
            // Twice, so that rounding of the first time is gone.
            for _ in 0..<2 {
                for earlier in vectors {
                    let share = dot(earlier, vector)
                    for index in vector.indices { vector[index] -= share * earlier[index] }
                }
            }
            let length = dot(vector, vector).squareRoot()
            if length > 0 { vectors.append(vector.map { $0 / length }) }
        }
        nullVectors = vectors
    }

    /// Whether a combination of all columns' coefficients has the same value for every solution.
    ///
    /// - **Shape:** one weight for each column of the design, aliased ones included.
    func isEstimable(_ combination: [Double]) -> Bool {
        guard !nullVectors.isEmpty else { return combination.allSatisfy(\.isFinite) }
        let scaled = self.scaled(combination)
        let length = dot(scaled, scaled).squareRoot()
        guard length.isFinite else { return false }
        return nullVectors.allSatisfy { dot($0, scaled).magnitude <= Self.tolerance * length }
    }

    /// The weights of the coefficients that were estimated.
    func restricted(_ combination: [Double]) -> [Double] { kept.map { combination[$0] } }

    /// Combinations that span what is estimable among some combinations, linearly independent.
    ///
    /// - **Shape:** rows and results have one weight for each column of the design.
    func estimableSpan(_ combinations: [[Double]]) -> [[Double]] {
        let rows = combinations.filter { $0.allSatisfy(\.isFinite) }
        guard !nullVectors.isEmpty, rows.contains(where: { !isEstimable($0) }) else { return independent(rows) }
        // The combinations w'L of the rows whose products with the null space vanish: w'(L N) = 0.
        let scaled = rows.map(self.scaled)
        let size = scaled.reduce(0) { max($0, dot($1, $1)) }
        var products = Matrix(rows: rows.count, columns: rows.count)
        for row in rows.indices {
            for other in 0...row {
                products[row, other] = nullVectors.reduce(0) { $0 + dot($1, scaled[row]) * dot($1, scaled[other]) }
            }
        }
        guard let decomposition = SymmetricEigendecomposition(products) else { return [] }
        var result: [[Double]] = []
        for (index, value) in decomposition.values.enumerated()
        where value <= Self.tolerance * Self.tolerance * max(size, .leastNormalMagnitude) {
            var sum = [Double](repeating: 0, count: lengths.count)
            for (row, weight) in decomposition.vectors.column(index).enumerated() {
                for column in sum.indices { sum[column] += weight * rows[row][column] }
            }
            result.append(sum)
        }
        return independent(result)
    }

    /// How many of some combinations are linearly independent.
    func independentCount(_ combinations: [[Double]]) -> Int { independent(combinations).count }

    /// The rows, without those that are combinations of others, by elimination with the longest row first.
    private func independent(_ rows: [[Double]]) -> [[Double]] {
        var remaining = rows.map { (original: $0, reduced: scaled(restrictingToKept($0))) }
        let longest = remaining.reduce(0) { max($0, dot($1.reduced, $1.reduced)) }.squareRoot()
        var result: [[Double]] = []
        while let next = remaining.indices.max(by: { left, right in
            dot(remaining[left].reduced, remaining[left].reduced)
                < dot(remaining[right].reduced, remaining[right].reduced)
        }) {
            let (original, reduced) = remaining.remove(at: next)
            let length = dot(reduced, reduced).squareRoot()
            guard length > 1e-8 * longest, length > 0 else { break }
            result.append(original)
            for row in remaining.indices {
                let share = dot(reduced, remaining[row].reduced) / (length * length)
                for column in reduced.indices { remaining[row].reduced[column] -= share * reduced[column] }
            }
        }
        return result
    }

    /// A combination with zeros for aliased columns: two estimable ones with the same rest are the same.
    private func restrictingToKept(_ combination: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: combination.count)
        for column in kept { result[column] = combination[column] }
        return result
    }

    private func scaled(_ combination: [Double]) -> [Double] {
        zip(combination, lengths).map { $0 / $1 }
    }
}

/// The sum of the products of two lists.
func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for index in 0..<min(left.count, right.count) { sum += left[index] * right[index] }
    return sum
}
