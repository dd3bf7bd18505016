// Finding the chain and the border of a design, and laying its blocks out.

internal import MixedDesign
internal import MixedLinearAlgebra

extension EliminationPlan {
    /// Plans the elimination of a design's random effects.
    ///
    /// - Parameter fixedColumns: The fixed-effects columns to keep, ascending.
    /// - Complexity: Linear in the size of the cross-products, and the square of the border.
    init(_ products: CrossProducts, fixedColumns: [Int]) {
        let layout = Layout(products)
        let response = products.fixedColumnCount
        let columns = fixedColumns + [response]
        border = layout.border
        borderEffectCount = layout.borderEffectCount
        fixedCount = fixedColumns.count
        let entries = layout.borderEntries(columns: columns)
        borderPlaces = Storage(entries.places)
        borderValues = Storage(entries.values)
        chain = layout.chainFactors(columns: columns)
    }
}

/// The planner's working state.
private struct Layout {
    let products: CrossProducts
    let pairs: OrientedPairs
    /// Chain factors, finest first.
    let order: [Int]
    let border: [EliminationPlan.BorderFactor]
    let borderEffectCount: Int

    init(_ products: CrossProducts) {
        self.products = products
        pairs = OrientedPairs(products)
        order = Self.chain(of: products)
        var border: [EliminationPlan.BorderFactor] = []
        var offset = 0
        for factor in products.factors.indices where !order.contains(factor) {
            let blocks = products.factors[factor]
            border.append(
                .init(factor: factor, width: blocks.columnCount, levelCount: blocks.levelCount, offset: offset))
            offset += blocks.columnCount * blocks.levelCount
        }
        self.border = border
        borderEffectCount = offset
    }

    /// The factor with the most random effects, then again and again the finest factor it is nested in.
    private static func chain(of products: CrossProducts) -> [Int] {
        let factors = products.factors
        func size(_ factor: Int) -> Int { factors[factor].levelCount * factors[factor].columnCount }
        guard let first = factors.indices.max(by: { size($0) < size($1) }) else { return [] }
        var chain = [first]
        while true {
            let last = chain[chain.count - 1]
            let coarser = factors.indices.filter { candidate in
                !chain.contains(candidate) && products.isNested(last, in: candidate)
            }
            guard let next = coarser.max(by: { factors[$0].levelCount < factors[$1].levelCount }) else { return chain }
            chain.append(next)
        }
    }

    // MARK: The border

    func borderEntries(columns: [Int]) -> BorderEntries {
        let stride = borderEffectCount + columns.count
        var base = BorderEntries()
        for factor in border {
            let blocks = products.factors[factor.factor]
            let width = factor.width
            for level in 0..<factor.levelCount {
                let start = factor.offset + level * width
                for column in 0..<width {
                    for row in column..<width {
                        base.append(
                            blocks.diagonalBlocks[level * width * width + row + column * width],
                            at: start + row + (start + column) * stride)
                    }
                    for (index, fixed) in columns.enumerated() {
                        base.append(
                            blocks.fixedBlock(level: level, effect: column, column: fixed, of: products),
                            at: borderEffectCount + index + (start + column) * stride)
                    }
                }
            }
        }
        for coarse in border.indices {
            for fine in border.indices where fine > coarse {
                addBorderPair(border[coarse], border[fine], to: &base, stride: stride)
            }
        }
        for (column, fixedColumn) in columns.enumerated() {
            for (row, fixedRow) in columns.enumerated() where row >= column {
                base.append(
                    products.fixed[fixedRow, fixedColumn],
                    at: borderEffectCount + row + (borderEffectCount + column) * stride)
            }
        }
        return base
    }

    private func addBorderPair(
        _ first: EliminationPlan.BorderFactor, _ second: EliminationPlan.BorderFactor,
        to base: inout BorderEntries, stride: Int
    ) {
        let pair = pairs.oriented(first.factor, second.factor)
        let size = first.width * second.width
        for level in 0..<first.levelCount {
            for position in pair.rowStarts[level]..<pair.rowStarts[level + 1] {
                let row = second.offset + Int(pair.columns[position]) * second.width
                let column = first.offset + level * first.width
                for right in 0..<second.width {
                    for left in 0..<first.width {
                        base.append(
                            pair.blocks[position * size + left + right * first.width],
                            at: row + right + (column + left) * stride)
                    }
                }
            }
        }
    }

    // MARK: The chain

    func chainFactors(columns: [Int]) -> [EliminationPlan.ChainFactor] {
        var ancestors: [[[Int32]]] = []
        for (position, factor) in order.enumerated() {
            ancestors.append(order[(position + 1)...].map { pairs.oriented(factor, $0).columns })
        }
        var patterns: [(starts: [Int], columns: [Int32])] = []
        for (position, factor) in order.enumerated() {
            let below = position > 0 ? (patterns[position - 1], ancestors[position - 1][0]) : nil
            patterns.append(pattern(of: factor, children: below))
        }
        return order.indices.map { position in
            chainFactor(position, ancestors: ancestors, patterns: patterns, columns: columns)
        }
    }

    /// The border columns each level of a factor touches, itself or through the finer levels inside it.
    private func pattern(
        of factor: Int, children: (pattern: (starts: [Int], columns: [Int32]), parents: [Int32])?
    ) -> (starts: [Int], columns: [Int32]) {
        let levelCount = products.factors[factor].levelCount
        var touched = [[Int32]](repeating: [], count: levelCount)
        for neighbour in border {
            let pair = pairs.oriented(factor, neighbour.factor)
            for level in 0..<levelCount {
                for position in pair.rowStarts[level]..<pair.rowStarts[level + 1] {
                    let start = neighbour.offset + Int(pair.columns[position]) * neighbour.width
                    for column in start..<start + neighbour.width { touched[level].append(Int32(column)) }
                }
            }
        }
        if let children {
            for (child, parent) in children.parents.enumerated() {
                let range = children.pattern.starts[child]..<children.pattern.starts[child + 1]
                touched[Int(parent)].append(contentsOf: children.pattern.columns[range])
            }
        }
        var starts = [0]
        var columns: [Int32] = []
        for level in 0..<levelCount {
            var previous: Int32 = -1
            for column in touched[level].sorted() where column != previous {
                columns.append(column)
                previous = column
            }
            starts.append(columns.count)
        }
        return (starts, columns)
    }

    private func chainFactor(
        _ position: Int, ancestors: [[[Int32]]], patterns: [(starts: [Int], columns: [Int32])], columns: [Int]
    ) -> EliminationPlan.ChainFactor {
        let factor = order[position]
        let blocks = products.factors[factor]
        let width = blocks.columnCount
        let coarser = Array(order[(position + 1)...])
        let ancestorWidths = coarser.map { products.factors[$0].columnCount }
        let ancestorColumns = ancestorWidths.reduce(0, +)
        let pattern = patterns[position]
        var rowStarts = [0]
        for level in 0..<blocks.levelCount {
            let columnCount =
                ancestorColumns + pattern.starts[level + 1] - pattern.starts[level] + columns.count
            rowStarts.append(rowStarts[level] + width * columnCount)
        }
        let rows = Storage<Double>(zeros: rowStarts[blocks.levelCount])
        var offset = 0
        for (index, ancestor) in coarser.enumerated() {
            let size = width * ancestorWidths[index]
            let pair = pairs.oriented(factor, ancestor)
            for level in 0..<blocks.levelCount {
                for element in 0..<size {
                    rows.pointer[rowStarts[level] + width * offset + element] = pair.blocks[level * size + element]
                }
            }
            offset += ancestorWidths[index]
        }
        for neighbour in border {
            fillPattern(
                rows.pointer, starts: rowStarts, offset: offset, factor: factor, neighbour: neighbour, pattern: pattern)
        }
        for level in 0..<blocks.levelCount {
            let start = rowStarts[level + 1] - width * columns.count
            for (index, fixed) in columns.enumerated() {
                for effect in 0..<width {
                    rows.pointer[start + effect + index * width] =
                        blocks.fixedBlock(level: level, effect: effect, column: fixed, of: products)
                }
            }
        }
        let places = coarser.indices.map { index in
            patternPlaces(pattern, in: patterns[position + 1 + index], parents: ancestors[position][index])
        }
        return EliminationPlan.ChainFactor(
            factor: factor, width: width, levelCount: blocks.levelCount,
            ancestors: ancestors[position].map { Storage($0) }, ancestorWidths: ancestorWidths,
            patternStarts: Storage(pattern.starts), patternColumns: Storage(pattern.columns),
            patternPlaces: places.map { Storage($0) }, rowStarts: Storage(rowStarts), rows: rows,
            diagonal: Storage(blocks.diagonalBlocks))
    }

    /// Copies the blocks of a factor's pairs with a border factor to their places in the pattern.
    private func fillPattern(
        _ rows: UnsafeMutablePointer<Double>, starts: [Int], offset: Int, factor: Int,
        neighbour: EliminationPlan.BorderFactor, pattern: (starts: [Int], columns: [Int32])
    ) {
        let pair = pairs.oriented(factor, neighbour.factor)
        let width = products.factors[factor].columnCount
        let size = width * neighbour.width
        for level in 0..<products.factors[factor].levelCount {
            var place = pattern.starts[level]
            for position in pair.rowStarts[level]..<pair.rowStarts[level + 1] {
                let column = Int32(neighbour.offset + Int(pair.columns[position]) * neighbour.width)
                while pattern.columns[place] < column { place += 1 }
                let target = starts[level] + width * (offset + place - pattern.starts[level])
                for element in 0..<size { rows[target + element] = pair.blocks[position * size + element] }
            }
        }
    }

    private func patternPlaces(
        _ pattern: (starts: [Int], columns: [Int32]), in coarser: (starts: [Int], columns: [Int32]), parents: [Int32]
    ) -> [Int32] {
        var places = [Int32](repeating: 0, count: pattern.columns.count)
        for (level, parent) in parents.enumerated() {
            let start = coarser.starts[Int(parent)]
            var place = start
            for position in pattern.starts[level]..<pattern.starts[level + 1] {
                while coarser.columns[place] < pattern.columns[position] { place += 1 }
                places[position] = Int32(place - start)
            }
        }
        return places
    }
}

extension FactorCrossProducts {
    /// The cross-product of one random effect of a level with a fixed-effects column or the response.
    fileprivate func fixedBlock(level: Int, effect: Int, column: Int, of products: CrossProducts) -> Double {
        fixedBlocks[level * columnCount * (products.fixedColumnCount + 1) + effect + column * columnCount]
    }
}

/// Pairs of factors seen from either side, each turned around once.
private final class OrientedPairs {
    private let products: CrossProducts
    private var known: [[Int]: PairCrossProducts] = [:]

    init(_ products: CrossProducts) { self.products = products }

    func oriented(_ first: Int, _ second: Int) -> PairCrossProducts {
        if let pair = known[[first, second]] { return pair }
        let pair = products.orientedPair(first, second)
        known[[first, second]] = pair
        return pair
    }
}

/// The elements of the border's matrix that are not zero.
private struct BorderEntries {
    private(set) var places: [Int] = []
    private(set) var values: [Double] = []

    /// Adds an element by its place in the column-major matrix.
    mutating func append(_ value: Double, at place: Int) {
        places.append(place)
        values.append(value)
    }
}
