// The map from a model's centred, scaled and rotated columns to those of a sub-model.

internal import MixedLinearAlgebra

/// *M = B⁻¹TB'* and the new transform, the response in the last row and column.
struct FixedColumnMap {
    /// Old mapped columns and response by new ones.
    let matrix: Matrix
    let transform: FixedColumnTransform
    /// The new columns as they are in the data, by the old mapped columns.
    private let plain: [[Double]]

    /// The map that changes nothing.
    init(identityOf transform: FixedColumnTransform) {
        matrix = .identity(transform.columnCount + 1)
        self.transform = transform
        plain = []
    }

    /// - Parameters:
    ///   - gram: *[X̃ ỹ]'W[X̃ ỹ]*.
    ///   - unweighted: *X̃'X̃*, from which scales are chosen.
    init(
        _ restriction: CrossProductsRestriction, from old: FixedColumnTransform, gram: Matrix, unweighted: Matrix,
        rowCount: Int
    ) {
        let size = old.columnCount
        // The constant as a combination of the scaled columns, if the model has it.
        let constant = old.constantCombination.map { combination in
            combination.indices.map { combination[$0] * old.scales[$0] }
        }
        let newConstant = constant == nil ? nil : restriction.constantCombination
        let keepsConstant = newConstant != nil
        var shifts: [Double] = []
        var scales: [Double] = []
        var columns: [[Double]] = []
        var plain: [[Double]] = []
        for (index, terms) in restriction.fixed.enumerated() {
            var scaled = [Double](repeating: 0, count: size)
            var shift = 0.0
            for (column, weight) in terms {
                scaled[column] += weight * old.scales[column]
                shift += weight * old.shifts[column]
            }
            let isCentred = newConstant.map { $0[index] == 0 } ?? false
            // A multiple of the constant is all shift: as a column beside the constant it would have to cancel against it.
            if isCentred, let constant, let share = Self.constantShare(of: scaled, constant) {
                shift += share
                for row in 0..<size { scaled[row] -= share * constant[row] }
            }
            var uncentred = scaled
            if let constant, shift != 0 {
                for row in 0..<size { uncentred[row] += shift * constant[row] }
            }
            let whole = old.unrotated(uncentred)
            // A product of levels that never occur together is a sum of columns that leaves nothing but rounding.
            let isEmpty = terms.count > 1 && Self.isRounding(whole, gram)
            let vector = isEmpty ? [Double](repeating: 0, count: size) : isCentred ? old.unrotated(scaled) : whole
            plain.append(isEmpty ? vector : whole)
            var scale = 1.0
            if terms.count == 1, terms[0].weight == 1, isCentred || shift == 0 {
                scale = old.scales[terms[0].column]
            } else {
                let square = zip(unweighted * vector, vector).reduce(0) { $0 + $1.0 * $1.1 }
                scale = FixedColumnTransform.powerOfTwo(
                    near: (max(square, 0) / Double(max(rowCount, 1))).squareRoot())
            }
            shifts.append(isCentred && !isEmpty ? shift : 0)
            scales.append(scale)
            columns.append(vector.map { $0 / scale })
        }
        self.plain = plain

        // y less the columns that are held: as a scaled combination, and a shift.
        var scaled = [Double](repeating: 0, count: size)
        var responseShift = old.responseShift
        for (column, weight) in restriction.responseOffset {
            scaled[column] -= weight * old.scales[column]
            responseShift -= weight * old.shifts[column]
        }
        var responseScale = old.responseScale
        if !keepsConstant, let constant, responseShift != 0 {
            for row in 0..<size { scaled[row] += responseShift * constant[row] }
        }
        var response = old.unrotated(scaled) + [old.responseScale]
        if !keepsConstant, old.responseShift != 0 {
            let square = zip(gram * response, response).reduce(0) { $0 + $1.0 * $1.1 }
            responseScale = FixedColumnTransform.powerOfTwo(
                near: (max(square, 0) / Double(max(rowCount, 1))).squareRoot())
        }
        for row in response.indices { response[row] /= responseScale }

        var basis = Matrix(rows: size, columns: columns.count, columnMajor: columns.flatMap { $0 })
        var rotation: Matrix?
        if old.rotation != nil || !keepsConstant {
            rotation = FixedColumnTransform.rotation(ofGram: unweighted.congruent(basis))
            if let rotation { basis = basis * rotation }
        }
        var matrix = Matrix(rows: size + 1, columns: columns.count + 1)
        for column in columns.indices {
            for row in 0..<size { matrix[row, column] = basis[row, column] }
        }
        for row in response.indices { matrix[row, columns.count] = response[row] }
        self.matrix = matrix
        transform = FixedColumnTransform(
            shifts: shifts, scales: scales, rotation: rotation, constantCombination: newConstant,
            responseShift: keepsConstant ? responseShift : 0, responseScale: responseScale)
    }

    /// How many times the constant a combination of scaled columns contains, where that can be told from its weights: the
    /// constant is one of the columns, or the combination is a multiple of it.
    private static func constantShare(of scaled: [Double], _ constant: [Double]) -> Double? {
        let used = constant.indices.filter { constant[$0] != 0 }
        guard let first = used.first, scaled[first] != 0 else { return nil }
        let share = scaled[first] / constant[first]
        if used.count == 1 { return share }
        return scaled.indices.allSatisfy { scaled[$0] == share * constant[$0] } ? share : nil
    }

    /// Whether a combination of columns has no length beyond the rounding of its parts.
    private static func isRounding(_ vector: [Double], _ gram: Matrix) -> Bool {
        var sum = 0.0
        var size = 0.0
        for column in vector.indices where vector[column] != 0 {
            for row in vector.indices where vector[row] != 0 {
                let value = gram[row, column] * vector[row] * vector[column]
                sum += value
                size += abs(value)
            }
        }
        return sum <= 1e-13 * size
    }

    /// *Σ w x²* of the new columns before mapping.
    func squaredNorms(_ restriction: CrossProductsRestriction, norms: [Double], gram: Matrix) -> [Double] {
        restriction.fixed.enumerated().map { index, terms in
            if terms.count == 1 { return terms[0].weight * terms[0].weight * norms[terms[0].column] }
            let vector = plain[index]
            var sum = 0.0
            for column in vector.indices where vector[column] != 0 {
                for row in vector.indices { sum += gram[row, column] * vector[row] * vector[column] }
            }
            return max(sum, 0)
        }
    }
}

extension FixedColumnTransform {
    /// *R⁻¹v*: a combination of scaled columns as one of rotated columns.
    func unrotated(_ vector: [Double]) -> [Double] {
        guard let rotation else { return vector }
        var result = vector
        for row in stride(from: columnCount - 1, through: 0, by: -1) {
            for column in row + 1..<max(columnCount, row + 1) { result[row] -= rotation[row, column] * result[column] }
            result[row] /= rotation[row, row]
        }
        return result
    }
}
