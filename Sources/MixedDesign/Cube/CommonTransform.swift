// One map of the columns for cross-products that were collected under several, and how each is brought into it.
//
// Goals: no cancellation, and nothing changed that need not change, so that adding and taking away return to the start.

internal import MixedLinearAlgebra

/// The map that a sum of cross-products has, and the changes of basis that lead to it.
struct CommonTransform {
    let transform: FixedColumnTransform
    /// For each part *M* with *[X̃ ỹ] = [X̃ᵢ ỹᵢ] M*, the response last; `nil` where nothing changes.
    let maps: [Matrix?]

    /// Chooses the map.
    ///
    /// Scales and rotation are those of the largest part, of a rotated one where there is one. Shifts are too, unless the mean
    /// of all rows lies further than a scale away from them. What is still nearly collinear is rotated further.
    /// - Parameter signs: 1 for parts that are added, −1 for those that are taken away.
    init(_ parts: [CrossProducts], signs: [Double]) {
        let added = parts.indices.filter { signs[$0] > 0 }
        let rotated = added.filter { parts[$0].transform.rotation != nil }
        let candidates = rotated.isEmpty ? added : rotated
        // Of equally large parts the first.
        let base = candidates.max {
            parts[$0].rowCount < parts[$1].rowCount || (parts[$0].rowCount == parts[$1].rowCount && $0 > $1)
        }
        guard let base else {
            transform = FixedColumnTransform(columnCount: 0)
            maps = []
            return
        }
        let start = parts[base].transform
        let size = start.columnCount
        let constant = start.constantCombination
        let isShared = parts.allSatisfy { $0.transform.constantCombination == constant }

        var scales = start.scales
        if start.rotation == nil {
            for column in 0..<size where parts[base].moments.fixed[column, column] == 0 {
                // A column that is constant in the largest part says nothing about its size.
                let other = added.first { parts[$0].moments.fixed[column, column] != 0 }
                if let other { scales[column] = parts[other].transform.scales[column] }
            }
        }
        var shifts = start.shifts
        var responseShift = start.responseShift
        if let constant, isShared {
            let means = Self.means(parts, signs: signs, around: start, constant: constant)
            for column in 0..<size where constant[column] == 0 {
                if abs(means[column]) > scales[column] { shifts[column] += means[column] }
            }
            if abs(means[size]) > start.responseScale { responseShift += means[size] }
        } else {
            shifts = [Double](repeating: 0, count: size)
            responseShift = 0
        }
        let common = FixedColumnTransform(
            shifts: shifts, scales: scales, rotation: start.rotation,
            constantCombination: isShared ? constant : nil, responseShift: responseShift,
            responseScale: start.responseScale)
        let direct = parts.map { Self.map(from: $0.transform, to: common) }
        // Columns that are far from collinear in every part may be nearly so together, as the level of a factor and its
        // product with a covariate are when each part has one level.
        let together = Self.gram(parts, direct, signs: signs)
        guard let further = FixedColumnTransform.rotation(ofGram: together) else {
            transform = common
            maps = direct
            return
        }
        let turned = FixedColumnTransform(
            shifts: shifts, scales: scales, rotation: (start.rotation ?? .identity(size)) * further,
            constantCombination: common.constantCombination, responseShift: responseShift,
            responseScale: start.responseScale)
        transform = turned
        maps = parts.map { Self.map(from: $0.transform, to: turned) }
    }

    /// *X̃'WX̃* of all parts together under some maps.
    private static func gram(_ parts: [CrossProducts], _ maps: [Matrix?], signs: [Double]) -> Matrix {
        let columns = Array(0..<(parts.first?.fixedColumnCount ?? 0))
        var sum = Matrix(rows: columns.count, columns: columns.count)
        for ((part, map), sign) in zip(zip(parts, maps), signs) {
            let own = (map.map { part.fixed.congruent($0) } ?? part.fixed).selecting(rows: columns, columns: columns)
            for index in sum.storage.indices { sum.storage[index] += sign * own.storage[index] }
        }
        return sum
    }

    /// The weighted means of the columns, and last of the response, over all rows, less the shifts of `base`.
    ///
    /// With *1 = X̃c* the sums are *c'[X̃ ỹ]'W[X̃ ỹ]*.
    private static func means(
        _ parts: [CrossProducts], signs: [Double], around base: FixedColumnTransform, constant: [Double]
    ) -> [Double] {
        let size = base.columnCount
        var sums = [Double](repeating: 0, count: size + 1)
        var total = 0.0
        for (part, sign) in zip(parts, signs) {
            let direction = part.transform.unrotated(part.transform.scaled(constant))
            let products = (0...size).map { column in
                (0..<size).reduce(0) { $0 + direction[$1] * part.fixed[$1, column] }
            }
            let weight = zip(direction, products).reduce(0) { $0 + $1.0 * $1.1 }
            let centred = part.transform.unrotatedRow(Array(products[..<size]))
            for column in 0..<size {
                let shift = part.transform.shifts[column] - base.shifts[column]
                sums[column] += sign * (weight * shift + part.transform.scales[column] * centred[column])
            }
            sums[size] +=
                sign
                * (weight * (part.transform.responseShift - base.responseShift)
                    + part.transform.responseScale * products[size])
            total += sign * weight
        }
        return total > 0 ? sums.map { $0 / total } : [Double](repeating: 0, count: size + 1)
    }

    /// *M* with *[X̃* ỹ*] = [X̃ ỹ]M*.
    ///
    /// With *N = R⁻¹ diag(s)* and *1 = Xa*, and shifts that are zero wherever *a* is not,
    /// *M = N diag(1/s*)R* + (Na)(m − m*)'diag(1/s*)R**: the shifts themselves, which may be large, never enter.
    private static func map(from old: FixedColumnTransform, to new: FixedColumnTransform) -> Matrix? {
        guard old != new else { return nil }
        let size = old.columnCount
        var matrix = Matrix(rows: size + 1, columns: size + 1)
        let rotates = old.rotation != new.rotation || old.scales != new.scales
        if rotates {
            var right = new.rotation ?? .identity(size)
            for column in 0..<size {
                for row in 0..<size { right[row, column] *= old.scales[row] / new.scales[row] }
            }
            for column in 0..<size {
                let solved = old.unrotated(right.column(column))
                for row in 0..<size { matrix[row, column] = solved[row] }
            }
        } else {
            for column in 0..<size { matrix[column, column] = 1 }
        }
        matrix[size, size] = old.responseScale / new.responseScale
        guard let constant = old.constantCombination else { return matrix }
        let direction = old.unrotated(old.scaled(constant))
        var differences = zip(old.shifts, new.shifts).map { $0 - $1 }
        for row in 0..<size { differences[row] /= new.scales[row] }
        let rotation = new.rotation
        for column in 0..<size {
            var step = rotation == nil ? differences[column] : 0
            if let rotation { for row in 0...column { step += differences[row] * rotation[row, column] } }
            if step == 0 { continue }
            for row in 0..<size { matrix[row, column] += direction[row] * step }
        }
        let response = (old.responseShift - new.responseShift) / new.responseScale
        for row in 0..<size { matrix[row, size] = direction[row] * response }
        return matrix
    }
}

extension FixedColumnTransform {
    /// A combination of columns as one of scaled columns.
    fileprivate func scaled(_ combination: [Double]) -> [Double] { zip(combination, scales).map { $0 * $1 } }

    /// *v'R⁻¹*: sums of rotated columns as sums of scaled columns.
    fileprivate func unrotatedRow(_ vector: [Double]) -> [Double] {
        guard let rotation else { return vector }
        var result = vector
        for column in 0..<columnCount {
            for row in 0..<column { result[column] -= result[row] * rotation[row, column] }
            result[column] /= rotation[column, column]
        }
        return result
    }
}
