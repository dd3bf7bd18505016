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
            var uncentred = scaled
            if let constant, shift != 0 {
                for row in 0..<size { uncentred[row] += shift * constant[row] }
            }
            let isCentred = newConstant.map { $0[index] == 0 } ?? false
            let vector = old.unrotated(isCentred ? scaled : uncentred)
            plain.append(old.unrotated(uncentred))
            var scale = 1.0
            if terms.count == 1, terms[0].weight == 1, isCentred || shift == 0 {
                scale = old.scales[terms[0].column]
            } else {
                let square = zip(unweighted * vector, vector).reduce(0) { $0 + $1.0 * $1.1 }
                scale = FixedColumnTransform.powerOfTwo(
                    near: (max(square, 0) / Double(max(rowCount, 1))).squareRoot())
            }
            shifts.append(isCentred ? shift : 0)
            scales.append(scale)
            columns.append(vector.map { $0 / scale })
        }
        self.plain = plain

        var response = [Double](repeating: 0, count: size + 1)
        response[size] = 1
        var responseScale = old.responseScale
        if !keepsConstant, let constant, old.responseShift != 0 {
            response[size] = old.responseScale
            for (row, value) in old.unrotated(constant).enumerated() { response[row] = old.responseShift * value }
            let square = zip(gram * response, response).reduce(0) { $0 + $1.0 * $1.1 }
            responseScale = FixedColumnTransform.powerOfTwo(
                near: (max(square, 0) / Double(max(rowCount, 1))).squareRoot())
            for row in response.indices { response[row] /= responseScale }
        }

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
            responseShift: keepsConstant ? old.responseShift : 0, responseScale: responseScale)
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
    fileprivate func unrotated(_ vector: [Double]) -> [Double] {
        guard let rotation else { return vector }
        var result = vector
        for row in stride(from: columnCount - 1, through: 0, by: -1) {
            for column in row + 1..<max(columnCount, row + 1) { result[row] -= rotation[row, column] * result[column] }
            result[row] /= rotation[row, row]
        }
        return result
    }
}
