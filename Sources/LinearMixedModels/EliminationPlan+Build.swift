// Laying the blocks of a design out in the order of elimination; linear in the size of the cross-products.

internal import MixedDesign
internal import MixedLinearAlgebra

extension EliminationPlan {
    /// Plans the elimination of a design's random effects.
    ///
    /// - Parameters:
    ///   - fixedColumns: The fixed-effects columns to keep, ascending.
    ///   - peeling: Whether levels may be peeled off the border.
    /// - Complexity: Linear in the size of the cross-products.
    init(_ products: CrossProducts, fixedColumns: [Int], peeling: EliminationOrder.Peeling = .whereItPays) {
        let pairs = OrientedPairs(products)
        let order = EliminationOrder(products, pairs: pairs, peeling: peeling)
        let columns = fixedColumns + [products.fixedColumnCount]
        let layout = ChainLayout(products, pairs, order, tailCount: columns.count)
        chain = order.positions.indices.map { layout.chainFactor($0, columns: columns) }
        border = order.border.map { BorderFactor($0, products, columns: columns) }
        borderPairs = Self.borderPairs(order, pairs)
        borderEffectCount = order.borderEffectCount
        fixedCount = fixedColumns.count
        fixed = Storage(columns.flatMap { column in columns.map { products.fixed[$0, column] } })
        factorOfColumn = Storage(zeros: borderEffectCount)
        for (index, factor) in border.enumerated() {
            for level in 0..<factor.levelCount {
                for column in 0..<factor.width {
                    factorOfColumn.pointer[Int(factor.columns.pointer[level]) + column] = Int32(index)
                }
            }
        }
        places = products.factors.indices.map { LevelPlaces($0, order, levelCount: products.factors[$0].levelCount) }
    }

    private static func borderPairs(_ order: EliminationOrder, _ pairs: OrientedPairs) -> [BorderPair] {
        var result: [BorderPair] = []
        for (first, left) in order.border.enumerated() {
            for (second, right) in order.border.enumerated().dropFirst(first + 1) {
                let pair = pairs.oriented(left.factor, right.factor)
                var places = [Int32](repeating: -1, count: pair.columns.max().map { Int($0) + 1 } ?? 0)
                for (place, level) in right.levels.enumerated() where Int(level) < places.count {
                    places[Int(level)] = Int32(place)
                }
                let size = pair.columns.isEmpty ? 0 : pair.blocks.count / pair.columns.count
                var starts = [0]
                var levels: [Int32] = []
                var blocks: [Double] = []
                for level in left.levels {
                    for position in pair.rowStarts[Int(level)]..<pair.rowStarts[Int(level) + 1]
                    where places[Int(pair.columns[position])] >= 0 {
                        levels.append(places[Int(pair.columns[position])])
                        blocks.append(contentsOf: pair.blocks[position * size..<(position + 1) * size])
                    }
                    starts.append(levels.count)
                }
                result.append(
                    BorderPair(
                        first: first, second: second, rowStarts: Storage(starts), levels: Storage(levels),
                        blocks: Storage(blocks)))
            }
        }
        return result
    }
}

extension EliminationPlan.BorderFactor {
    fileprivate init(_ remainder: EliminationOrder.Remainder, _ products: CrossProducts, columns: [Int]) {
        let blocks = products.factors[remainder.factor]
        factor = remainder.factor
        width = blocks.columnCount
        levels = Storage(remainder.levels)
        self.columns = Storage(remainder.columns)
        diagonal = Storage(zeros: levels.count * width * width)
        rows = Storage(zeros: levels.count * width * columns.count)
        blocks.copyDiagonal(of: remainder.levels, into: diagonal.pointer)
        for (index, level) in remainder.levels.enumerated() {
            blocks.copyFixedBlocks(
                of: Int(level), columns: columns, into: rows.pointer + index * width * columns.count)
        }
    }
}

extension EliminationPlan.LevelPlaces {
    fileprivate init(_ factor: Int, _ order: EliminationOrder, levelCount: Int) {
        codes = Storage(zeros: levelCount)
        position = order.positions.firstIndex { $0.factor == factor } ?? 0
        for position in order.positions where position.factor == factor {
            for (place, level) in position.levels.enumerated() { codes.pointer[Int(level)] = -1 - Int32(place) }
        }
        for remainder in order.border where remainder.factor == factor {
            for (level, column) in zip(remainder.levels, remainder.columns) { codes.pointer[Int(level)] = column }
        }
    }
}

extension FactorCrossProducts {
    /// Copies the diagonal blocks of some levels, one after the other.
    fileprivate func copyDiagonal(of levels: [Int32], into target: UnsafeMutablePointer<Double>) {
        let size = columnCount * columnCount
        diagonalBlocks.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            for (index, level) in levels.enumerated() {
                (target + index * size).update(from: base + Int(level) * size, count: size)
            }
        }
    }

    /// Copies the cross-products of a level with some fixed-effects columns, or the response.
    @inline(__always)
    fileprivate func copyFixedBlocks(of level: Int, columns: [Int], into target: UnsafeMutablePointer<Double>) {
        let start = level * (fixedBlocks.count / max(levelCount, 1))
        for (index, column) in columns.enumerated() {
            for effect in 0..<columnCount {
                target[effect + index * columnCount] = fixedBlocks[start + effect + column * columnCount]
            }
        }
    }
}

/// The patterns of all chain levels, and from them their rows.
private struct ChainLayout {
    let products: CrossProducts
    let pairs: OrientedPairs
    let order: EliminationOrder
    let tailCount: Int
    /// For each position.
    private let patternStarts: [Storage<Int>]
    private let patternColumns: [Storage<Int32>]
    private let patternPlaces: [[Storage<Int32>]]
    private let rowStarts: [Storage<Int>]
    private let rows: [Storage<Double>]

    init(_ products: CrossProducts, _ pairs: OrientedPairs, _ order: EliminationOrder, tailCount: Int) {
        self.products = products
        self.pairs = pairs
        self.order = order
        self.tailCount = tailCount
        let widths = order.positions.map { products.factors[$0.factor].columnCount }
        // Columns in front of the patterns.
        let ancestorColumns = order.positions.indices.map { widths[($0 + 1)...].reduce(0, +) }
        let tracer = PatternTracer(products, pairs, order)
        let counts = order.positions.map { Storage<Int>(zeros: $0.levels.count) }
        tracer.visit { position, level, _, width, _, _ in counts[position].pointer[level] += width }

        var patternStarts: [Storage<Int>] = []
        var rowStarts: [Storage<Int>] = []
        for (position, own) in order.positions.enumerated() {
            let starts = Storage<Int>(zeros: own.levels.count + 1)
            let ends = Storage<Int>(zeros: own.levels.count + 1)
            for level in own.levels.indices {
                let count = counts[position].pointer[level]
                starts.pointer[level + 1] = starts.pointer[level] + count
                ends.pointer[level + 1] =
                    ends.pointer[level] + widths[position] * (ancestorColumns[position] + count + tailCount)
            }
            patternStarts.append(starts)
            rowStarts.append(ends)
        }
        let patternColumns = patternStarts.map { Storage<Int32>(zeros: $0.pointer[$0.count - 1]) }
        let patternPlaces = zip(order.positions, patternColumns).map { position, columns in
            position.ancestors.map { _ in Storage<Int32>(zeros: columns.count) }
        }
        let rows = rowStarts.map { Storage<Double>(zeros: $0.pointer[$0.count - 1]) }
        self.patternStarts = patternStarts
        self.patternColumns = patternColumns
        self.patternPlaces = patternPlaces
        self.rowStarts = rowStarts
        self.rows = rows

        let isInside = order.positions.map { !$0.ancestors.isEmpty }
        for count in counts { count.clear() }
        // `counts` now says how far each level's pattern has been filled.
        tracer.visit { position, level, column, width, block, blockRows in
            let filled = counts[position].pointer[level]
            let start = patternStarts[position].pointer[level] + filled
            for place in 0..<width { patternColumns[position].pointer[start + place] = Int32(column + place) }
            if isInside[position] {
                for (index, ancestors) in order.positions[position].ancestors.enumerated() {
                    // An ancestor is always visited before: the columns are the last that it has.
                    let place = counts[position + 1 + index].pointer[Int(ancestors[level])] - width
                    for element in 0..<width {
                        patternPlaces[position][index].pointer[start + element] = Int32(place + element)
                    }
                }
            }
            counts[position].pointer[level] = filled + width
            guard let block else { return }
            let k = blockRows
            let target =
                rows[position].pointer + rowStarts[position].pointer[level] + k * (ancestorColumns[position] + filled)
            for element in 0..<k {
                for place in 0..<width { target[element + place * k] = block[place + element * width] }
            }
        }
    }

    func chainFactor(_ position: Int, columns: [Int]) -> EliminationPlan.ChainFactor {
        let own = order.positions[position]
        let blocks = products.factors[own.factor]
        let width = blocks.columnCount
        let coarser = order.positions[(position + 1)...]
        let ancestorWidths = coarser.map { products.factors[$0.factor].columnCount }
        let starts = rowStarts[position].pointer
        let target = rows[position].pointer
        var offset = 0
        for (ancestor, ancestorWidth) in zip(coarser, ancestorWidths) {
            let size = width * ancestorWidth
            let pair = pairs.oriented(own.factor, ancestor.factor)
            pair.blocks.withUnsafeBufferPointer { source in
                for (level, original) in own.levels.enumerated() {
                    let block = pair.rowStarts[Int(original)] * size
                    for element in 0..<size {
                        target[starts[level] + width * offset + element] = source[block + element]
                    }
                }
            }
            offset += ancestorWidth
        }
        for (level, original) in own.levels.enumerated() {
            blocks.copyFixedBlocks(
                of: Int(original), columns: columns, into: target + starts[level + 1] - width * columns.count)
        }
        let diagonal = Storage<Double>(zeros: own.levels.count * width * width)
        blocks.copyDiagonal(of: own.levels, into: diagonal.pointer)
        return EliminationPlan.ChainFactor(
            factor: own.factor, width: width, levels: Storage(own.levels),
            ancestors: own.ancestors.map { Storage($0) }, ancestorWidths: Array(ancestorWidths),
            ancestorColumnCount: offset,
            patternStarts: patternStarts[position], patternColumns: patternColumns[position],
            patternPlaces: patternPlaces[position], rowStarts: rowStarts[position], rows: rows[position],
            diagonal: diagonal,
            widestRow: own.levels.indices.reduce(0) { max($0, (starts[$1 + 1] - starts[$1]) / width) },
            cuts: cuts(position),
            touches: BorderTouches(
                borderEffectCount: order.borderEffectCount, tailCount: tailCount,
                patternStarts: patternStarts[position], patternColumns: patternColumns[position]))
    }

    /// Numbers in a range of levels that is worth a task of its own.
    private static let smallestRange = 16384
    private static let largestRangeCount = 16

    /// Cuts a position's levels into ranges of about the same work wherever the coarsest level they lie in changes.
    private func cuts(_ position: Int) -> [Int] {
        let own = order.positions[position]
        let count = own.levels.count
        let starts = rowStarts[position].pointer
        let parts = min(Self.largestRangeCount, starts[count] / Self.smallestRange)
        guard parts > 1 else { return [0, count] }
        var cuts = [0]
        for level in 1..<max(count, 1) where starts[level] * parts >= starts[count] * cuts.count {
            if let tree = own.ancestors.last, tree[level] == tree[level - 1] { continue }
            cuts.append(level)
        }
        return cuts + [count]
    }
}

/// Walks over the border columns of all chain levels, column by column.
private struct PatternTracer {
    let products: CrossProducts
    let order: EliminationOrder
    /// The border levels by ascending column: their remainder, their number, their column.
    private let levels: [(remainder: Int, level: Int32, column: Int32)]
    /// For each remainder and each position the pairs by the border factor's levels.
    private let pairs: [[PairCrossProducts]]

    init(_ products: CrossProducts, _ pairs: OrientedPairs, _ order: EliminationOrder) {
        self.products = products
        self.order = order
        var byColumn = [(remainder: Int, level: Int32, column: Int32)?](repeating: nil, count: order.borderEffectCount)
        for (index, remainder) in order.border.enumerated() {
            for (level, column) in zip(remainder.levels, remainder.columns) {
                byColumn[Int(column)] = (index, level, column)
            }
        }
        levels = byColumn.compactMap { $0 }
        self.pairs = order.border.map { remainder in
            order.positions.map { pairs.oriented(remainder.factor, $0.factor) }
        }
    }

    /// Visits each border level that a chain level touches, itself or through the finer levels inside it; a level's
    /// ancestors before itself, and its border levels by ascending column.
    ///
    /// - Parameter visit: Receives the position, the level, the border level's column and width, and the block of their
    ///   cross-products, border effects by chain effects, where there is one.
    func visit(_ visit: (Int, Int, Int, Int, UnsafePointer<Double>?, Int) -> Void) {
        // For each position and level the border column that was visited last.
        let last = order.positions.map { Storage<Int32>(zeros: $0.levels.count) }
        for part in last { part.pointer.update(repeating: -1, count: part.count) }
        func touch(
            _ position: Int, _ level: Int, _ column: Int32, _ width: Int, _ block: UnsafePointer<Double>?, _ k: Int
        ) {
            guard last[position].pointer[level] != column else { return }
            last[position].pointer[level] = column
            visit(position, level, Int(column), width, block, k)
        }
        for border in levels {
            let width = products.factors[order.border[border.remainder].factor].columnCount
            // Coarsest first: the pairs of a level are among those of the levels it lies in.
            for (position, own) in order.positions.enumerated().reversed() {
                guard own.factor != order.border[border.remainder].factor else { continue }
                let k = products.factors[own.factor].columnCount
                let pair = pairs[border.remainder][position]
                pair.blocks.withUnsafeBufferPointer { blocks in
                    for place in pair.rowStarts[Int(border.level)]..<pair.rowStarts[Int(border.level) + 1] {
                        let level = Int(own.placeOfLevel[Int(pair.columns[place])])
                        guard level >= 0, let base = blocks.baseAddress else { continue }
                        for index in own.ancestors.indices.reversed() {
                            touch(position + 1 + index, Int(own.ancestors[index][level]), border.column, width, nil, 0)
                        }
                        touch(position, level, border.column, width, base + place * width * k, k)
                    }
                }
            }
        }
    }
}
