// Which levels are eliminated one by one, which are left in the border, and in what order.

internal import MixedDesign
internal import MixedLinearAlgebra

/// The order of elimination, before anything is laid out.
struct EliminationOrder {
    /// Levels of a factor that are eliminated one by one, in their order.
    struct Position {
        let factor: Int
        /// The factor's own numbers of the levels.
        let levels: [Int32]
        /// For each level of the factor its place among `levels`, or -1.
        let placeOfLevel: [Int32]
        /// For each coarser position, nearest first, the place there of the level that each of ours lies in.
        let ancestors: [[Int32]]
    }

    /// The levels of a factor that are left in the border.
    struct Remainder {
        let factor: Int
        /// Their own numbers, by ascending column.
        let levels: [Int32]
        /// The first border column of each.
        let columns: [Int32]
    }

    /// Finest first.
    let positions: [Position]
    let border: [Remainder]
    let borderEffectCount: Int

    /// Borders below this are not worth the peeling: their cube costs nothing.
    static let smallestPeeledBorder = 1000
    /// The share of a border's effects that must come off with the peeling; with two percent a twentieth of its cube does.
    static let smallestPeeledShare = 0.02

    /// Whether levels may be peeled off the border.
    enum Peeling: Sendable {
        case never
        /// Where it makes a large border much smaller.
        case whereItPays
        case always
    }

    init(_ products: CrossProducts, pairs: OrientedPairs, peeling: Peeling) {
        let chain = Self.chain(
            sizes: products.factors.map { ($0.levelCount, $0.columnCount) },
            isNested: { products.isNested($0, in: $1) })
        let borderFactors = products.factors.indices.filter { !chain.contains($0) }
        let peeled = Self.peeledLevels(products, pairs, chain: chain, border: borderFactors, peeling)

        // Coarsest first, because a level's order follows that of the level it lies in.
        var positions: [Position] = []
        for (index, factor) in chain.enumerated().reversed() {
            let own = products.factors[factor]
            var counts = [Int32](repeating: 0, count: own.levelCount)
            for neighbour in borderFactors {
                for (level, count) in pairs.neighbourCounts(factor, neighbour).enumerated() { counts[level] += count }
            }
            let parents = chain[(index + 1)...].map { pairs.oriented(factor, $0).columns }
            let position = Self.position(
                factor, levels: Self.sortedByCount(counts), levelCount: own.levelCount, parents: parents,
                coarser: positions)
            positions.insert(position, at: 0)
        }
        if let peeled {
            let levelCount = products.factors[peeled.factor].levelCount
            var parents: [[Int32]] = []
            for factor in chain {
                let pair = pairs.oriented(peeled.factor, factor)
                parents.append((0..<levelCount).map { pair.columns[pair.rowStarts[$0]] })
            }
            let position = Self.position(
                peeled.factor, levels: peeled.levels, levelCount: levelCount, parents: parents, coarser: positions)
            positions.insert(position, at: 0)
        }
        self.positions = positions
        (border, borderEffectCount) = Self.border(
            products, pairs, finest: chain.first, factors: borderFactors, peeled: peeled)
    }

    /// The factor with the most random effects, then again and again the finest factor it is nested in.
    ///
    /// - Parameters:
    ///   - sizes: Levels, and random effects a level, of each factor.
    ///   - isNested: Whether every level of one factor occurs with a single level of another.
    static func chain(sizes: [(levels: Int, width: Int)], isNested: (Int, Int) -> Bool) -> [Int] {
        func size(_ factor: Int) -> Int { sizes[factor].levels * sizes[factor].width }
        guard let first = sizes.indices.max(by: { size($0) < size($1) }) else { return [] }
        var chain = [first]
        while true {
            let last = chain[chain.count - 1]
            let coarser = sizes.indices.filter { !chain.contains($0) && isNested(last, $0) }
            guard let next = coarser.max(by: { sizes[$0].levels < sizes[$1].levels }) else { return chain }
            chain.append(next)
        }
    }

    /// The levels of one border factor that lie inside a single level of the finest chain factor, where they are enough
    /// to make the border much smaller.
    private static func peeledLevels(
        _ products: CrossProducts, _ pairs: OrientedPairs, chain: [Int], border: [Int], _ peeling: Peeling
    ) -> (factor: Int, levels: [Int32])? {
        let size = border.reduce(0) { $0 + products.factors[$1].levelCount * products.factors[$1].columnCount }
        let smallest: Double
        switch peeling {
        case .never: return nil
        case .whereItPays:
            guard size >= smallestPeeledBorder else { return nil }
            smallest = smallestPeeledShare * Double(size)
        case .always: smallest = 1
        }
        guard let finest = chain.first else { return nil }
        var best: (factor: Int, levels: [Int32])?
        for factor in border {
            let pair = pairs.oriented(factor, finest)
            var levels: [Int32] = []
            for level in 0..<products.factors[factor].levelCount
            where pair.rowStarts[level + 1] - pair.rowStarts[level] == 1 {
                // Rows of one level of the finest factor are rows of one level of every coarser one.
                let isInside = chain.dropFirst().allSatisfy { coarser in
                    let own = pairs.oriented(factor, coarser)
                    let parent = pairs.oriented(finest, coarser).columns[Int(pair.columns[pair.rowStarts[level]])]
                    return own.rowStarts[level + 1] - own.rowStarts[level] == 1
                        && own.columns[own.rowStarts[level]] == parent
                }
                if isInside { levels.append(Int32(level)) }
            }
            let width = products.factors[factor].columnCount
            guard Double(levels.count * width) >= smallest else { continue }
            if let known = best, known.levels.count * products.factors[known.factor].columnCount >= levels.count * width
            {
                continue
            }
            best = (factor, levels)
        }
        return best
    }

    /// Orders the levels of a position by the levels they lie in, and else as they are given.
    private static func position(
        _ factor: Int, levels: [Int32], levelCount: Int, parents: [[Int32]], coarser: [Position]
    ) -> Position {
        var levels = levels
        if let nearest = coarser.first {
            let keys = parents[0]
            levels = sorted(levels, keyCount: nearest.levels.count) { nearest.placeOfLevel[Int(keys[Int($0)])] }
        }
        var places = [Int32](repeating: -1, count: levelCount)
        for (place, level) in levels.enumerated() { places[Int(level)] = Int32(place) }
        let ancestors = zip(coarser, parents).map { position, parents in
            levels.map { position.placeOfLevel[Int(parents[Int($0)])] }
        }
        return Position(factor: factor, levels: levels, placeOfLevel: places, ancestors: ancestors)
    }

    /// The columns of the border: levels with the most neighbours first, so that the full tiles come together.
    private static func border(
        _ products: CrossProducts, _ pairs: OrientedPairs, finest: Int?, factors: [Int],
        peeled: (factor: Int, levels: [Int32])?
    ) -> ([Remainder], Int) {
        var kept: [[Int32]] = []
        var owners: [Int32] = []
        var neighbours: [Int32] = []
        for (index, factor) in factors.enumerated() {
            var isPeeled = [Bool](repeating: false, count: products.factors[factor].levelCount)
            if let peeled, peeled.factor == factor { for level in peeled.levels { isPeeled[Int(level)] = true } }
            let levels = isPeeled.indices.filter { !isPeeled[$0] }.map { Int32($0) }
            kept.append(levels)
            guard let finest else { continue }
            let counts = pairs.neighbourCounts(factor, finest)
            for level in levels {
                owners.append(Int32(index))
                neighbours.append(counts[Int(level)])
            }
        }
        let effectCount = zip(factors, kept).reduce(0) { $0 + products.factors[$1.0].columnCount * $1.1.count }
        let order =
            effectCount < TiledMatrix.tileSize ? (0..<Int32(owners.count)).map { $0 } : sortedByCount(neighbours)
        let all = kept.flatMap { $0 }
        var levels = [[Int32]](repeating: [], count: factors.count)
        var columns = levels
        var next: Int32 = 0
        for index in order {
            let owner = Int(owners[Int(index)])
            levels[owner].append(all[Int(index)])
            columns[owner].append(next)
            next += Int32(products.factors[factors[owner]].columnCount)
        }
        let remainders = factors.indices.map {
            Remainder(factor: factors[$0], levels: levels[$0], columns: columns[$0])
        }
        return (remainders, effectCount)
    }

    /// The indices of some counts, largest counts first, equal ones in their order.
    private static func sortedByCount(_ counts: [Int32]) -> [Int32] {
        let indices = (0..<Int32(counts.count)).map { $0 }
        guard let largest = counts.max(), largest > 0 else { return indices }
        return sorted(indices, keyCount: Int(largest) + 1) { largest - counts[Int($0)] }
    }

    /// Sorts by counting, in linear time; equal keys stay in their order.
    private static func sorted(_ items: [Int32], keyCount: Int, key: (Int32) -> Int32) -> [Int32] {
        var starts = [Int](repeating: 0, count: keyCount + 1)
        for item in items { starts[Int(key(item)) + 1] += 1 }
        for index in 0..<keyCount { starts[index + 1] += starts[index] }
        var result = items
        for item in items {
            let index = Int(key(item))
            result[starts[index]] = item
            starts[index] += 1
        }
        return result
    }
}

/// Pairs of factors seen from either side, each turned around once.
final class OrientedPairs {
    private let products: CrossProducts
    private var known: [[Int]: PairCrossProducts] = [:]

    init(_ products: CrossProducts) { self.products = products }

    func oriented(_ first: Int, _ second: Int) -> PairCrossProducts {
        if let pair = known[[first, second]] { return pair }
        let pair = products.orientedPair(first, second)
        known[[first, second]] = pair
        return pair
    }

    /// For each level of the first factor how many levels of the second one it occurs with.
    func neighbourCounts(_ first: Int, _ second: Int) -> [Int32] {
        var counts = [Int32](repeating: 0, count: products.factors[first].levelCount)
        if let pair = products.pairs.first(where: { $0.first == first && $0.second == second }) {
            for level in counts.indices { counts[level] = Int32(pair.rowStarts[level + 1] - pair.rowStarts[level]) }
        } else if let pair = products.pairs.first(where: { $0.first == second && $0.second == first }) {
            for level in pair.columns { counts[Int(level)] += 1 }
        }
        return counts
    }
}
