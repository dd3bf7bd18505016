// The bias-reduced adjustment of one cluster, in as many dimensions as its columns span.
//
// A is the symmetric solution of A (V − XMX') A = V, the geometric mean of (V − XMX')⁻¹ and V; with any root V = D'D it is
// D'(D(V − XMX')D')^(−1/2) D. Outside the span of [ZΛ X] both V and V − XMX' are the identity, and so is A; inside, everything
// follows from the cross-products of these columns.

internal import MixedLinearAlgebra

/// What one cluster adds to the sandwich, and what its degrees of freedom are made of.
struct ClusterContribution {
    /// *X'V⁻¹A e*.
    let score: [Double]
    /// *X'A V⁻¹X M*: times a combination *c* it is *X'g*, *g = A V⁻¹X M c*.
    let image: Matrix
    /// *M X'V⁻¹A V A V⁻¹X M*: its form at *c* is *g'V g*.
    let variance: Matrix
}

extension ClusterContribution {
    /// Below this share of the largest, an eigenvalue of *D(V − XMX')D'* is rounding: the cluster fits itself there.
    private static let smallestEigenvalue = 1e-9
    /// Below this share of its length, what a column has outside the span of others is rounding.
    private static let smallestPivot = 1e-11

    /// The contribution with McCaffrey and Bell's adjustment (CR2), as Pustejovsky and Tipton (2018), Journal of Business &
    /// Economic Statistics 36(4), have it.
    ///
    /// - Parameters:
    ///   - gram: *[ZΛ X y]'[ZΛ X y]* of the cluster, rows multiplied by the roots of their weights.
    ///   - effects: How many columns *ZΛ* has.
    ///   - unitCovariance: *M = (X'V⁻¹X)⁻¹* of all rows.
    /// - Complexity: The cube of the columns.
    init?(biasReduced gram: Matrix, effects: Int, coefficients: [Double], unitCovariance: Matrix) {
        let fixed = coefficients.count
        let size = effects + fixed
        guard let basis = SpanBasis(gram, columns: size, tolerance: Self.smallestPivot) else { return nil }
        let rank = basis.rank
        let storage = basis.columns.storage
        let random = Matrix(rows: rank, columns: effects, columnMajor: Array(storage[..<(rank * effects)]))
        let design = Matrix(rows: rank, columns: fixed, columnMajor: Array(storage[(rank * effects)...]))
        let fitted = design * coefficients
        let residuals = (0..<rank).map { basis.response[$0] - fitted[$0] }

        let lower: Matrix
        if effects == 0 {
            lower = .identity(rank)
        } else {
            guard let decomposition = CholeskyDecomposition(.identity(rank) + random * random.transposed) else {
                return nil
            }
            lower = decomposition.lower
        }
        let upper = lower.transposed
        let inner = upper * lower
        let scaledDesign = upper * design
        let form = inner * inner - scaledDesign * unitCovariance * scaledDesign.transposed
        guard let eigen = SymmetricEigendecomposition(form) else { return nil }
        let threshold = Self.smallestEigenvalue * max(eigen.values.last ?? 0, 1)
        var roots = Matrix(rows: rank, columns: rank)
        for (index, value) in eigen.values.enumerated() where value > threshold {
            let root = 1 / value.squareRoot().squareRoot()
            for row in 0..<rank { roots[row, index] = eigen.vectors[row, index] * root }
        }
        // Y = L⁻¹X, G = B^(−1/2) Y; A V⁻¹X = L G.
        let whitened = lower.solvingLower(design)
        let adjusted = roots * (roots.transposed * whitened)
        let scaledResiduals = upper * residuals
        score = adjusted.transposed * scaledResiduals
        let projected = adjusted * unitCovariance
        image = scaledDesign.transposed * projected
        let root = inner * projected
        variance = root.transposed * root
    }
}

/// Columns in the coordinates of an orthonormal basis of their span, from their cross-products alone.
struct SpanBasis {
    let rank: Int
    /// *N'[columns]*, `rank` rows.
    let columns: Matrix
    /// *N'y* for the column after them.
    let response: [Double]

    /// A pivoted Cholesky factorisation: its pivots are columns that span, its rows the coordinates of all.
    init?(_ gram: Matrix, columns count: Int, tolerance: Double) {
        let lengths = (0..<count).map { gram[$0, $0] }
        guard lengths.allSatisfy({ $0 >= 0 && $0.isFinite }), gram.columnCount > count else { return nil }
        let width = count + 1
        var rest = lengths
        var rows: [[Double]] = []
        for _ in 0..<count {
            var pivot = -1
            var share = tolerance
            for column in 0..<count where lengths[column] > 0 && rest[column] > share * lengths[column] {
                share = rest[column] / lengths[column]
                pivot = column
            }
            guard pivot >= 0 else { break }
            let root = rest[pivot].squareRoot()
            var row = [Double](repeating: 0, count: width)
            for column in 0..<width {
                var value = gram[column == count ? gram.columnCount - 1 : column, pivot]
                for earlier in rows { value -= earlier[pivot] * earlier[column] }
                row[column] = value / root
            }
            row[pivot] = root
            for column in 0..<count { rest[column] -= row[column] * row[column] }
            rest[pivot] = 0
            rows.append(row)
        }
        rank = rows.count
        var result = Matrix(rows: rows.count, columns: count)
        for (index, row) in rows.enumerated() {
            for column in 0..<count { result[index, column] = row[column] }
        }
        columns = result
        response = rows.map { $0[count] }
    }
}

extension Matrix {
    /// *L⁻¹X* for a lower triangular *L*, which this is.
    fileprivate func solvingLower(_ right: Matrix) -> Matrix {
        var result = right
        for column in 0..<right.columnCount {
            for row in 0..<rowCount {
                var value = result[row, column]
                for inner in 0..<row { value -= self[row, inner] * result[inner, column] }
                result[row, column] = value / self[row, row]
            }
        }
        return result
    }
}
