// The change of basis under which the fixed-effects columns are accumulated, so that their cross-products keep
// their digits: centred, scaled, and rotated where they are nearly collinear.
//
// Goals, in this order: no cancellation in X'X and y'y; exact invertibility; no cost a row beyond p².

package import MixedLinearAlgebra

/// An invertible map of design columns, *X̃ = X B*, and of the response, *ỹ = (y − m)/s*.
///
/// Raw cross-products of a response near 10⁶ with unit spread lose twelve digits of the residual sum of squares;
/// centred ones lose none. All scales are powers of two, so that scaling itself never rounds.
package struct FixedColumnTransform: Hashable, Sendable, Codable {
    /// Subtracted from every column outside the support of the constant combination.
    package private(set) var shifts: [Double]
    /// Divides every column after the shift; a power of two.
    package private(set) var scales: [Double]
    /// The upper triangular rotation applied last, or `nil` when the columns are far enough from collinear.
    package private(set) var rotation: Matrix?
    /// *a* with *X a = 1*, or `nil`.
    package private(set) var constantCombination: [Double]?
    package private(set) var responseShift: Double
    package private(set) var responseScale: Double

    /// How far the condition number of the first batch may go before its columns are rotated.
    ///
    /// Cross-products lose the digits of its square: with 10⁴, as of an interaction with a covariate far from zero, the
    /// likelihood would be known to eight digits only, and parts of the data added up would differ from the whole there.
    static let largestUnrotatedCondition = 1e2
    /// Columns whose squared length outside the span of the earlier ones is below this share are left unrotated:
    /// they are aliased, or the first batch says too little about them.
    static let smallestRotatedPivot = 1e-13

    package var columnCount: Int { shifts.count }

    /// Chooses the map from a first batch of rows, the response in the last column; the batch itself is not changed.
    package init(
        firstBatch batch: UnsafePointer<Double>, rows: Int, columns: Int, leadingDimension: Int,
        constantCombination: [Double]?
    ) {
        self.constantCombination = constantCombination
        shifts = [Double](repeating: 0, count: columns)
        scales = [Double](repeating: 1, count: columns)
        responseShift = 0
        responseScale = 1
        for column in 0...columns {
            let values = batch + column * leadingDimension
            let isResponse = column == columns
            var shift = 0.0
            if let constantCombination {
                if !isResponse && constantCombination[column] != 0 { continue }
                for row in 0..<rows { shift += values[row] }
                shift /= Double(max(rows, 1))
            }
            var sumOfSquares = 0.0
            for row in 0..<rows { sumOfSquares += (values[row] - shift) * (values[row] - shift) }
            let scale = Self.powerOfTwo(near: (sumOfSquares / Double(max(rows, 1))).squareRoot())
            if isResponse {
                responseShift = shift
                responseScale = scale
            } else {
                shifts[column] = shift
                scales[column] = scale
            }
        }
        rotation = rotationOfFirstBatch(batch, rows: rows, leadingDimension: leadingDimension)
    }

    /// The identity map, for designs without columns and for tests.
    package init(columnCount: Int) {
        shifts = [Double](repeating: 0, count: columnCount)
        scales = [Double](repeating: 1, count: columnCount)
        responseShift = 0
        responseScale = 1
    }

    /// Takes over a map that was chosen before.
    package init(
        shifts: [Double], scales: [Double], rotation: Matrix?, constantCombination: [Double]?, responseShift: Double,
        responseScale: Double
    ) {
        self.shifts = shifts
        self.scales = scales
        self.rotation = rotation
        self.constantCombination = constantCombination
        self.responseShift = responseShift
        self.responseScale = responseScale
    }

    /// The power of two nearest below a size; 1 for a column of zeros.
    package static func powerOfTwo(near size: Double) -> Double {
        guard size.isFinite, size > 0 else { return 1 }
        return Double(sign: .plus, exponent: min(max(size.exponent, -500), 500), significand: 1)
    }

    /// Maps a batch of rows in place, the response in the last column.
    package func apply(to batch: UnsafeMutablePointer<Double>, rows: Int, leadingDimension: Int) {
        for column in 0...columnCount {
            let isResponse = column == columnCount
            let shift = isResponse ? responseShift : shifts[column]
            let factor = 1 / (isResponse ? responseScale : scales[column])
            if shift == 0 && factor == 1 { continue }
            let values = batch + column * leadingDimension
            for row in 0..<rows { values[row] = (values[row] - shift) * factor }
        }
        if let rotation {
            rotation.storage.withUnsafeBufferPointer { triangular in
                guard let base = triangular.baseAddress else { return }
                DenseKernel.multiplyUpper(
                    batch, rows: rows, columns: columnCount, leadingDimension: leadingDimension, byUpper: base,
                    triangularStride: columnCount)
            }
        }
    }

    /// The inverse of the Cholesky factor of the first batch's columns, when they are nearly collinear.
    private func rotationOfFirstBatch(
        _ batch: UnsafePointer<Double>, rows: Int, leadingDimension: Int
    ) -> Matrix? {
        let size = columnCount
        guard size > 1, rows > size else { return nil }
        var copy = [Double](repeating: 0, count: rows * (size + 1))
        for column in 0...size {
            for row in 0..<rows { copy[row + column * rows] = batch[row + column * leadingDimension] }
        }
        var gram = Matrix(rows: size, columns: size)
        copy.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            apply(to: base, rows: rows, leadingDimension: rows)
            gram.storage.withUnsafeMutableBufferPointer { target in
                guard let result = target.baseAddress else { return }
                DenseKernel.addCrossProduct(
                    base, rows: rows, columns: size, leadingDimension: rows, into: result, resultStride: size)
            }
        }
        return Self.rotation(ofGram: gram)
    }

    /// *R⁻¹* with *G = R'R* in units of the columns' lengths, or `nil` when the condition number is small.
    static func rotation(ofGram gram: Matrix) -> Matrix? {
        let size = gram.rowCount
        let lengths = gram.diagonal.map { $0 > 0 ? $0.squareRoot() : 1 }
        var upper = Matrix(rows: size, columns: size)
        var isFree = [Bool](repeating: true, count: size)
        var smallest = 1.0
        for column in 0..<size {
            for row in 0..<column where isFree[row] {
                var value = gram[column, row] / (lengths[row] * lengths[column])
                for inner in 0..<row where isFree[inner] { value -= upper[inner, row] * upper[inner, column] }
                upper[row, column] = value / upper[row, row]
            }
            var pivot = gram[column, column] / (lengths[column] * lengths[column])
            for inner in 0..<column where isFree[inner] { pivot -= upper[inner, column] * upper[inner, column] }
            if pivot > smallestRotatedPivot {
                upper[column, column] = pivot.squareRoot()
                smallest = min(smallest, upper[column, column])
            } else {
                isFree[column] = false
            }
        }
        guard smallest * largestUnrotatedCondition < 1 else { return nil }
        // Columns left free of the rotation keep a unit column; the others become columns of the inverse of R.
        var inverse = Matrix.identity(size)
        for column in 0..<size where isFree[column] {
            inverse[column, column] = 1 / upper[column, column]
            for row in stride(from: column - 1, through: 0, by: -1) where isFree[row] {
                var value = 0.0
                for inner in row + 1...column where isFree[inner] {
                    value += upper[row, inner] * inverse[inner, column]
                }
                inverse[row, column] = -value / upper[row, row]
            }
        }
        // Back from unit lengths to the lengths of the scaled columns, in which the batches arrive.
        for column in 0..<size where isFree[column] {
            for row in 0...column where isFree[row] { inverse[row, column] *= lengths[column] / lengths[row] }
        }
        return inverse
    }
}

extension FixedColumnTransform {
    /// The matrix *B* of *X̃ = X B*; coefficients come back by *β = s B β̃ + m a*.
    package var basis: Matrix {
        let size = columnCount
        var basis = rotation ?? .identity(size)
        for column in 0..<size {
            var constant = 0.0
            for row in 0..<size {
                let value = basis[row, column] / scales[row]
                basis[row, column] = value
                constant -= shifts[row] * value
            }
            if let constantCombination, constant != 0 {
                for row in 0..<size { basis[row, column] += constant * constantCombination[row] }
            }
        }
        return basis
    }

    /// *2 log |det B|* over some columns, by which *log |X'V⁻¹X|* of the mapped columns falls short of the original's.
    package func logDeterminant(ofColumns columns: [Int]) -> Double {
        var sum = 0.0
        for column in columns {
            sum += logarithm(abs(rotation?[column, column] ?? 1) / scales[column])
        }
        return 2 * sum
    }

    /// The length of the original column outside the span of the earlier ones is this times that of the mapped column.
    package func originalLength(ofColumn column: Int) -> Double {
        scales[column] / abs(rotation?[column, column] ?? 1)
    }
}
