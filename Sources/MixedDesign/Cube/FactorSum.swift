// The blocks of one grouping factor, added up over parts whose levels differ.

internal import MixedLinearAlgebra

/// The sum of a factor's blocks, without the levels that have lost all their rows.
struct FactorSum {
    let factor: FactorCrossProducts
    /// The unweighted second moments of the factor's columns.
    let moments: Matrix
    /// For each level of all parts its place among those that are left, or −1.
    let newPlaces: [Int]

    /// How much of a level's squares may be left when its rows are gone.
    private static let roundingShare = 1e-6

    init(
        _ parts: [CrossProductsPart], factor index: Int, levelCount: Int, maps: [Matrix?]
    ) throws(CrossProductsSum.Problem) {
        var counts = [Int](repeating: 0, count: levelCount)
        for part in parts {
            for (level, rows) in part.products.factors[index].rowCounts.enumerated() {
                counts[part.levels[index][level]] += part.sign * rows
            }
        }
        if let level = counts.firstIndex(where: { $0 < 0 }) {
            var (has, taken) = (0, 0)
            for part in parts {
                guard let own = part.levels[index].firstIndex(of: level) else { continue }
                let rows = part.products.factors[index].rowCounts[own]
                if part.sign > 0 { has += rows } else { taken += rows }
            }
            throw .level(factor: index, level: level, has: has, taken: taken)
        }
        var places: [Int] = []
        var kept = 0
        for count in counts {
            places.append(count > 0 ? kept : -1)
            if count > 0 { kept += 1 }
        }
        newPlaces = places

        let scales = Self.scales(parts, factor: index)
        let width = scales.count
        let fixedWidth = (parts.first?.products.fixedColumnCount ?? 0) + 1
        let packed = PackedTriangle.count(fixedWidth)
        let keepsMoments =
            kept <= FactorCrossProducts.fixedMomentsLimit / packed
            && parts.allSatisfy { $0.products.factors[index].fixedMoments != nil }
        var diagonal = [Double](repeating: 0, count: levelCount * width * width)
        var size = diagonal
        var rows = [Double](repeating: 0, count: levelCount * width * fixedWidth)
        // Where rows are taken away, what is left of sums is compared with what they were.
        var rowSize = parts.contains { $0.sign < 0 } ? rows : []
        var triangles = keepsMoments ? [Double](repeating: 0, count: levelCount * packed) : []
        var second = Matrix(rows: width, columns: width)
        for (part, map) in zip(parts, maps) {
            let own = part.products.factors[index]
            let sign = Double(part.sign)
            let ratio = zip(own.columnScales, scales).map { $0 / $1 }
            for column in 0..<width {
                for row in 0..<width {
                    second[row, column] +=
                        sign * ratio[row] * ratio[column] * part.products.moments.random[index][row, column]
                }
            }
            let columns = (map ?? .identity(fixedWidth)).nonzeroColumns
            for level in 0..<own.levelCount {
                let target = part.levels[index][level]
                for column in 0..<width {
                    for row in 0..<width {
                        let value =
                            ratio[row] * ratio[column] * own.diagonalBlocks[(level * width + column) * width + row]
                        diagonal[(target * width + column) * width + row] += sign * value
                        size[(target * width + column) * width + row] += abs(value)
                    }
                }
                let blocks = level * width * fixedWidth
                for (column, terms) in columns.enumerated() {
                    let place = (target * fixedWidth + column) * width
                    for (source, weight) in terms {
                        for row in 0..<width {
                            let value = ratio[row] * weight * own.fixedBlocks[blocks + source * width + row]
                            rows[place + row] += sign * value
                            if !rowSize.isEmpty { rowSize[place + row] += abs(value) }
                        }
                    }
                }
            }
            if keepsMoments, let moments = own.fixedMoments {
                Self.addMoments(
                    moments, columns: map == nil ? nil : columns, width: fixedWidth, levels: part.levels[index],
                    sign: sign, into: &triangles)
            }
        }
        for level in 0..<levelCount where places[level] < 0 {
            for column in 0..<width {
                let place = (level * width + column) * width + column
                guard abs(diagonal[place]) <= Self.roundingShare * size[place] else {
                    throw .remainder(factor: index, level: level)
                }
            }
            let blocks = level * width * fixedWidth..<(level + 1) * width * fixedWidth
            guard rowSize.isEmpty || blocks.allSatisfy({ abs(rows[$0]) <= Self.roundingShare * max(rowSize[$0], 1) })
            else { throw .remainder(factor: index, level: level) }
        }
        func keeping(_ values: [Double], _ width: Int) -> [Double] {
            guard kept < levelCount else { return values }
            var result: [Double] = []
            result.reserveCapacity(kept * width)
            for level in 0..<levelCount where places[level] >= 0 {
                result += values[level * width..<(level + 1) * width]
            }
            return result
        }
        factor = FactorCrossProducts(
            columnCount: width, rowCounts: counts.filter { $0 > 0 }, columnScales: scales,
            diagonalBlocks: keeping(diagonal, width * width), fixedBlocks: keeping(rows, width * fixedWidth),
            fixedMoments: keepsMoments ? keeping(triangles, packed) : nil)
        moments = second
    }

    /// The scales of the largest part's columns; of another part where such a column is zero throughout.
    private static func scales(_ parts: [CrossProductsPart], factor: Int) -> [Double] {
        let added = parts.filter { $0.sign > 0 }
        let base = added.enumerated().max {
            ($0.element.products.rowCount, -$0.offset) < ($1.element.products.rowCount, -$1.offset)
        }?.element
        guard let base else { return [] }
        return base.products.factors[factor].columnScales.indices.map { column in
            let isUsed = { (part: CrossProductsPart) in part.products.moments.random[factor][column, column] != 0 }
            let source = isUsed(base) ? base : added.first(where: isUsed) ?? base
            return source.products.factors[factor].columnScales[column]
        }
    }

    /// Adds *M'[X̃ ỹ]'W[X̃ ỹ]M* of each level, packed.
    private static func addMoments(
        _ moments: [Double], columns: [[(row: Int, value: Double)]]?, width: Int, levels: [Int], sign: Double,
        into triangles: inout [Double]
    ) {
        let packed = PackedTriangle.count(width)
        guard let columns else {
            for (level, target) in levels.enumerated() {
                for place in 0..<packed { triangles[target * packed + place] += sign * moments[level * packed + place] }
            }
            return
        }
        for (level, target) in levels.enumerated() {
            var place = target * packed
            for (right, rightTerms) in columns.enumerated() {
                for leftTerms in columns[right...] {
                    var sum = 0.0
                    for (b, second) in rightTerms {
                        for (a, first) in leftTerms {
                            let source = PackedTriangle.place(max(a, b), min(a, b), width: width)
                            sum += first * second * moments[level * packed + source]
                        }
                    }
                    triangles[place] += sign * sum
                    place += 1
                }
            }
        }
    }
}

extension Matrix {
    /// For each column the elements that are not zero.
    var nonzeroColumns: [[(row: Int, value: Double)]] {
        (0..<columnCount).map { column in
            (0..<rowCount).compactMap { self[$0, column] == 0 ? nil : ($0, self[$0, column]) }
        }
    }
}
