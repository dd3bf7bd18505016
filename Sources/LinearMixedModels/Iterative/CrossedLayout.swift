// The design of crossed factors as the iterative equations see it; it does not depend on θ.
//
// The factor with the most random effects and what it is nested in, the chain, is eliminated exactly, tree by tree. The
// other factors, the border, are met through lists of the pairs of levels that occur together. Levels of the border are
// numbered by falling frequency, so that the rows that are gathered most often lie together.

internal import MixedDesign
internal import MixedLinearAlgebra

/// Chain, border and pair lists of a design.
final class CrossedLayout: Sendable {
    /// The factors that are eliminated, finest first.
    let chain: [ChainFactor]
    /// The factors that stay.
    let border: [BorderFactor]
    /// Random effects in the border.
    let borderEffectCount: Int
    /// Consecutive trees that are worked on together; one more entry than there are.
    let chunks: [Int]
    /// The chunks that each part of a sweep takes, and for each pair list within the border its rows.
    let parts: [Part]

    /// Sweeps are cut into this many parts, whatever the number of threads, so that sums are the same for all.
    static let partCount = 4

    struct ChainFactor: Sendable {
        let factor: Int
        /// Random effects of one level.
        let width: Int
        /// The factor's level at each place; levels of one tree stand together.
        let order: [Int]
        /// Where the levels of each tree begin; one more entry than there are trees.
        let treeStarts: [Int]
        /// For each coarser factor, nearest first, the place of the level that each of our levels lies in.
        let ancestors: [Storage<Int32>]
        let ancestorWidths: [Int]
        /// For each coarser factor and each level *Z_i'W Z_a*, column-major.
        let ancestorBlocks: [Storage<Double>]
        /// For each level *Z_i'W Z_i*.
        let diagonal: Storage<Double>
        /// For each factor of the border the levels that ours occur with.
        let pairs: [LevelPairs]

        var levelCount: Int { order.count }
        var effectCount: Int { order.count * width }
    }

    struct BorderFactor: Sendable {
        let factor: Int
        let width: Int
        let order: [Int]
        /// Its first effect among the border's.
        let offset: Int
        let diagonal: Storage<Double>
        /// For each later factor of the border the levels that ours occur with.
        let pairs: [LevelPairs]

        var levelCount: Int { order.count }
        var effectCount: Int { order.count * width }
    }

    struct Part: Sendable {
        let chunks: Range<Int>
        /// For each factor of the border its levels whose pairs this part takes.
        let borderLevels: [Range<Int>]
    }

    init(_ products: CrossProducts) {
        let order = Self.chainFactors(of: products)
        let (orders, treeStarts) = Self.chainOrder(order, products)
        let borderFactors = products.factors.indices.filter { !order.contains($0) }
        var offsets: [Int] = []
        var offset = 0
        for factor in borderFactors {
            offsets.append(offset)
            offset += products.factors[factor].levelCount * products.factors[factor].columnCount
        }
        borderEffectCount = offset
        let borderOrders = borderFactors.map { factor in
            let counts = products.factors[factor].rowCounts
            return counts.indices.sorted { counts[$0] != counts[$1] ? counts[$0] > counts[$1] : $0 < $1 }
        }
        func side(_ index: Int) -> LevelPairs.Side {
            .init(
                factor: borderFactors[index], order: borderOrders[index],
                width: products.factors[borderFactors[index]].columnCount, offset: offsets[index])
        }
        chain = order.indices.map { position in
            let factor = order[position]
            let blocks = products.factors[factor]
            let own = LevelPairs.Side(
                factor: factor, order: orders[position], width: blocks.columnCount, offset: 0)
            let coarser = Array((position + 1)..<max(order.count, position + 1))
            let ancestors = coarser.map { index in
                LevelPairs(
                    products, rows: own,
                    columns: .init(factor: order[index], order: orders[index], width: 1, offset: 0), keepsValues: true)
            }
            return ChainFactor(
                factor: factor, width: blocks.columnCount, order: orders[position], treeStarts: treeStarts[position],
                ancestors: ancestors.map(\.columns),
                ancestorWidths: coarser.map { products.factors[order[$0]].columnCount },
                ancestorBlocks: ancestors.map { $0.values ?? Storage(zeros: 0) },
                diagonal: Self.reordered(
                    blocks.diagonalBlocks, size: blocks.columnCount * blocks.columnCount, orders[position]),
                pairs: borderFactors.indices.map { LevelPairs(products, rows: own, columns: side($0)) })
        }
        border = borderFactors.indices.map { index in
            let blocks = products.factors[borderFactors[index]]
            return BorderFactor(
                factor: borderFactors[index], width: blocks.columnCount, order: borderOrders[index],
                offset: offsets[index],
                diagonal: Self.reordered(
                    blocks.diagonalBlocks, size: blocks.columnCount * blocks.columnCount, borderOrders[index]),
                pairs: (index + 1..<max(borderFactors.count, index + 1)).map {
                    LevelPairs(products, rows: side(index), columns: side($0))
                })
        }
        chunks = Self.chunks(chain)
        parts = Self.parts(chain, border, chunks: chunks)
    }

    /// The factor with the most random effects, then again and again the finest factor it is nested in.
    static func chainFactors(of products: CrossProducts) -> [Int] {
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

    /// How many random effects stay when the chain is eliminated.
    static func borderEffectCount(of products: CrossProducts) -> Int {
        let chain = chainFactors(of: products)
        return products.factors.indices.filter { !chain.contains($0) }
            .reduce(0) { $0 + products.factors[$1].levelCount * products.factors[$1].columnCount }
    }

    /// The levels of each chain factor, sorted by those of the coarser one, and where those of each tree begin.
    private static func chainOrder(_ chain: [Int], _ products: CrossProducts) -> (orders: [[Int]], treeStarts: [[Int]])
    {
        var orders = chain.map { _ in [Int]() }
        var starts = orders
        guard let root = chain.indices.last else { return (orders, starts) }
        orders[root] = Array(0..<products.factors[chain[root]].levelCount)
        starts[root] = Array(0...orders[root].count)
        for position in chain.indices.dropLast().reversed() {
            let parents = products.orientedPair(chain[position], chain[position + 1]).columns
            var children = [[Int]](repeating: [], count: orders[position + 1].count)
            for (level, parent) in parents.enumerated() { children[Int(parent)].append(level) }
            orders[position] = orders[position + 1].flatMap { children[$0] }
            var own = [0]
            for tree in 0..<starts[position + 1].count - 1 {
                let range = starts[position + 1][tree]..<starts[position + 1][tree + 1]
                own.append(range.reduce(own[tree]) { $0 + children[orders[position + 1][$1]].count })
            }
            starts[position] = own
        }
        return (orders, starts)
    }

    private static func reordered(_ blocks: [Double], size: Int, _ order: [Int]) -> Storage<Double> {
        let result = Storage<Double>(zeros: blocks.count)
        for (place, level) in order.enumerated() {
            for element in 0..<size { result.pointer[place * size + element] = blocks[level * size + element] }
        }
        return result
    }

    /// Trees in groups of a few hundred effects, whose numbers stay in the nearest cache.
    private static func chunks(_ chain: [ChainFactor]) -> [Int] {
        guard let root = chain.last else { return [0] }
        var result = [0]
        var size = 0
        for tree in 0..<root.levelCount {
            size += chain.reduce(0) { $0 + ($1.treeStarts[tree + 1] - $1.treeStarts[tree]) * $1.width }
            if size >= 64 {
                result.append(tree + 1)
                size = 0
            }
        }
        if result.last != root.levelCount { result.append(root.levelCount) }
        return result
    }

    /// Parts with about as many pairs each.
    private static func parts(_ chain: [ChainFactor], _ border: [BorderFactor], chunks: [Int]) -> [Part] {
        let chunkCount = chunks.count - 1
        var work = [0]
        for chunk in 0..<chunkCount {
            var sum = 0
            for factor in chain {
                let levels = factor.treeStarts[chunks[chunk]]..<factor.treeStarts[chunks[chunk + 1]]
                sum += levels.count
                for pair in factor.pairs {
                    sum += pair.rowStarts.pointer[levels.upperBound] - pair.rowStarts.pointer[levels.lowerBound]
                }
            }
            work.append(work[chunk] + sum)
        }
        let cuts = Self.cuts(work)
        let borderCuts = border.map { factor in
            Self.cuts(
                (0...factor.levelCount).map { level in factor.pairs.reduce(level) { $0 + $1.rowStarts.pointer[level] } }
            )
        }
        return (0..<partCount).map { part in
            Part(
                chunks: cuts[part]..<cuts[part + 1], borderLevels: borderCuts.map { $0[part]..<$0[part + 1] })
        }
    }

    /// Where to cut a sequence with the given running sums into parts of about the same work.
    private static func cuts(_ sums: [Int]) -> [Int] {
        let total = sums.last ?? 0
        var result = [0]
        var place = 0
        for part in 1..<partCount {
            while place < sums.count - 1, sums[place] < total * part / partCount { place += 1 }
            result.append(place)
        }
        return result + [sums.count - 1]
    }
}
