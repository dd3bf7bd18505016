// The cross-products of a sub-model, from those of the model: no row is needed, and no digit is lost.

internal import MixedLinearAlgebra

extension CrossProducts {
    /// The cross-products of the columns that a sub-model keeps or combines.
    ///
    /// With *X' = X T* and the new basis *X̃' = X'B'*, the map of the mapped columns is *M = B⁻¹TB'*, and *[X̃ ỹ]'W[X̃ ỹ]*
    /// becomes *M'(·)M*. Centring is kept wherever the constant stays in the span of the columns, so that nothing cancels.
    ///
    /// - Complexity: O(*p³*), and one pass over the levels and pairs that are kept.
    package func restricted(to restriction: CrossProductsRestriction) -> CrossProducts {
        let keepsFixed = keepsAllFixedColumns(restriction)
        let map =
            keepsFixed
            ? FixedColumnMap(identityOf: transform)
            : FixedColumnMap(
                restriction, from: transform, gram: fixed, unweighted: moments.fixed, rowCount: rowCount)
        let scaled = restriction.factors.map { kept -> FactorColumnMap in
            FactorColumnMap(
                kept, scales: factors[kept.source].columnScales, moments: moments.random[kept.source],
                rowCount: rowCount)
        }
        let count = map.transform.columnCount
        var newPairs: [PairCrossProducts] = []
        for first in scaled.indices {
            for second in scaled.indices where second > first {
                let pair = orientedPair(scaled[first].source, scaled[second].source)
                newPairs.append(
                    pair.mapped(
                        first: first, second: second, firstColumns: scaled[first], secondColumns: scaled[second]))
            }
        }
        let fixedMap = map.matrix.selecting(rows: Array(0..<fixedColumnCount), columns: Array(0..<count))
        return CrossProducts(
            rowCount: rowCount, sumOfLogWeights: sumOfLogWeights, transform: map.transform,
            fixed: keepsFixed ? fixed : fixed.congruent(map.matrix),
            originalSquaredNorms: keepsFixed
                ? originalSquaredNorms : map.squaredNorms(restriction, norms: originalSquaredNorms, gram: fixed),
            moments: UnweightedMoments(
                fixedSums: keepsFixed ? moments.fixedSums : fixedMap.transposed * moments.fixedSums,
                fixed: keepsFixed ? moments.fixed : moments.fixed.congruent(fixedMap),
                random: scaled.map { moments.random[$0.source].congruent($0.matrix) }),
            factors: scaled.map { kept in
                let factor = factors[kept.source]
                if keepsFixed && kept.isIdentity { return factor }
                return factor.mapped(
                    kept, fixed: keepsFixed ? nil : map.matrix, keepsFixedMoments: restriction.keepsFixedMoments)
            },
            pairs: newPairs)
    }

    private func keepsAllFixedColumns(_ restriction: CrossProductsRestriction) -> Bool {
        restriction.fixed.count == fixedColumnCount && restriction.responseOffset.isEmpty
            && restriction.constantCombination == transform.constantCombination
            && restriction.fixed.enumerated().allSatisfy { index, terms in
                terms.count == 1 && terms[0].column == index && terms[0].weight == 1
            }
    }
}

/// The new columns of a factor in the units of the cross-products.
struct FactorColumnMap {
    let source: Int
    /// Old columns by new columns.
    let matrix: Matrix
    let scales: [Double]
    let isIdentity: Bool

    init(_ kept: CrossProductsRestriction.Factor, scales old: [Double], moments: Matrix, rowCount: Int) {
        source = kept.source
        var matrix = Matrix(rows: old.count, columns: kept.columns.count)
        var scales: [Double] = []
        for (target, terms) in kept.columns.enumerated() {
            if terms.count == 1, terms[0].weight == 1 {
                scales.append(old[terms[0].column])
                matrix[terms[0].column, target] = 1
                continue
            }
            var weights = [Double](repeating: 0, count: old.count)
            for (column, weight) in terms { weights[column] += weight * old[column] }
            let square = zip(moments * weights, weights).reduce(0) { $0 + $1.0 * $1.1 }
            let scale = FixedColumnTransform.powerOfTwo(near: (max(square, 0) / Double(max(rowCount, 1))).squareRoot())
            scales.append(scale)
            for row in old.indices { matrix[row, target] = weights[row] / scale }
        }
        self.matrix = matrix
        self.scales = scales
        isIdentity = matrix == .identity(old.count)
    }
}

extension Matrix {
    /// *M'AM* of a symmetric matrix.
    func congruent(_ map: Matrix) -> Matrix {
        var result = map.transposed * (self * map)
        result.symmetrizeFromLower()
        return result
    }

    /// For each column the rows that are not zero.
    fileprivate var sparseColumns: [[(row: Int, value: Double)]] {
        (0..<columnCount).map { column in
            (0..<rowCount).compactMap { self[$0, column] == 0 ? nil : ($0, self[$0, column]) }
        }
    }
}

extension FactorCrossProducts {
    /// The factor with other columns, beside other fixed-effects columns; `nil` leaves those as they are.
    fileprivate func mapped(
        _ map: FactorColumnMap, fixed: Matrix?, keepsFixedMoments: Bool
    ) -> FactorCrossProducts {
        let width = columnCount
        let newWidth = map.matrix.columnCount
        let columns = map.matrix.sparseColumns
        let fixedWidth = levelCount > 0 ? fixedBlocks.count / (levelCount * width) : 0
        let fixedColumns = (fixed ?? .identity(fixedWidth)).sparseColumns
        let newFixedWidth = fixedColumns.count
        var diagonal = [Double](repeating: 0, count: levelCount * newWidth * newWidth)
        var rows = [Double](repeating: 0, count: levelCount * newWidth * newFixedWidth)
        for level in 0..<levelCount {
            let own = level * width * width
            let target = level * newWidth * newWidth
            for (right, rightTerms) in columns.enumerated() {
                for (left, leftTerms) in columns.enumerated() {
                    var sum = 0.0
                    for (b, second) in rightTerms {
                        for (a, first) in leftTerms { sum += first * second * diagonalBlocks[own + a + b * width] }
                    }
                    diagonal[target + left + right * newWidth] = sum
                }
            }
            let ownFixed = level * width * fixedWidth
            let targetFixed = level * newWidth * newFixedWidth
            for (right, rightTerms) in fixedColumns.enumerated() {
                for (left, leftTerms) in columns.enumerated() {
                    var sum = 0.0
                    for (b, second) in rightTerms {
                        for (a, first) in leftTerms { sum += first * second * fixedBlocks[ownFixed + a + b * width] }
                    }
                    rows[targetFixed + left + right * newWidth] = sum
                }
            }
        }
        return FactorCrossProducts(
            columnCount: newWidth, rowCounts: rowCounts, columnScales: map.scales, diagonalBlocks: diagonal,
            fixedBlocks: rows,
            fixedMoments: fixed == nil ? fixedMoments : keepsFixedMoments ? mappedMoments(fixedColumns) : nil)
    }

    /// *M'[X̃ ỹ]'W[X̃ ỹ]M* of every level, packed.
    private func mappedMoments(_ columns: [[(row: Int, value: Double)]]) -> [Double]? {
        guard let fixedMoments, levelCount > 0 else { return nil }
        let size = fixedMoments.count / levelCount
        let width = fixedBlocks.count / (levelCount * columnCount)
        let newSize = columns.count * (columns.count + 1) / 2
        guard levelCount <= Self.fixedMomentsLimit / max(newSize, 1) else { return nil }
        // Where a column of the packed triangle begins, less its first row.
        let starts = (0..<width).map { $0 * width - $0 * ($0 + 1) / 2 }
        var result: [Double] = []
        result.reserveCapacity(levelCount * newSize)
        for level in 0..<levelCount {
            let own = level * size
            for (right, rightTerms) in columns.enumerated() {
                for leftTerms in columns[right...] {
                    var sum = 0.0
                    for (b, second) in rightTerms {
                        for (a, first) in leftTerms {
                            sum += first * second * fixedMoments[own + starts[min(a, b)] + max(a, b)]
                        }
                    }
                    result.append(sum)
                }
            }
        }
        return result
    }
}

extension PairCrossProducts {
    /// The same pairs between factors at other places and with other columns.
    fileprivate func mapped(
        first: Int, second: Int, firstColumns: FactorColumnMap, secondColumns: FactorColumnMap
    ) -> PairCrossProducts {
        guard !(firstColumns.isIdentity && secondColumns.isIdentity) else {
            return PairCrossProducts(
                first: first, second: second, rowStarts: rowStarts, columns: columns, blocks: blocks)
        }
        let height = firstColumns.matrix.rowCount
        let size = height * secondColumns.matrix.rowCount
        let left = firstColumns.matrix.sparseColumns
        let right = secondColumns.matrix.sparseColumns
        var mapped: [Double] = []
        mapped.reserveCapacity(pairCount * left.count * right.count)
        for pair in 0..<pairCount {
            for rightTerms in right {
                for leftTerms in left {
                    var sum = 0.0
                    for (b, second) in rightTerms {
                        for (a, first) in leftTerms { sum += first * second * blocks[pair * size + a + b * height] }
                    }
                    mapped.append(sum)
                }
            }
        }
        return PairCrossProducts(
            first: first, second: second, rowStarts: rowStarts, columns: columns, blocks: mapped)
    }
}
