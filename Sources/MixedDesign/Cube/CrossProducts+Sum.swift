// Sums and differences of cross-products of the same columns, level by level.

internal import MixedLinearAlgebra

/// Cross-products that are added or taken away, and where their levels stand in the sum.
struct CrossProductsPart {
    let products: CrossProducts
    /// For each pair in `products.pairs` the rows of each pair of levels.
    let pairCounts: [[Int32]]
    /// For each factor the place of each level among the levels of all parts.
    let levels: [[Int]]
    /// 1 or −1.
    let sign: Int
}

/// The sum of some cross-products.
struct CrossProductsSum {
    let products: CrossProducts
    let pairCounts: [[Int32]]

    /// What goes wrong where parts are taken away that are not there.
    enum Problem: Error {
        /// A level has fewer rows than are taken away.
        case level(factor: Int, level: Int, has: Int, taken: Int)
        /// A pair of levels has.
        case pair(first: Int, firstLevel: Int, second: Int, secondLevel: Int)
        /// A level loses all its rows, yet something of it is left.
        case remainder(factor: Int, level: Int)
        /// More is taken away than there is.
        case total
        /// A pair of levels has more rows than are counted.
        case tooManyRows
    }

    /// Adds up.
    ///
    /// - Parameters:
    ///   - parts: Cross-products of the same columns and factors in the same order.
    ///   - levelCounts: How many levels each factor has in all parts together.
    /// - Complexity: O(*p²*) for each level and a pass over the pairs.
    init(_ parts: [CrossProductsPart], levelCounts: [Int]) throws(Problem) {
        let common = CommonTransform(parts.map(\.products), signs: parts.map { Double($0.sign) })
        let size = common.transform.columnCount
        let columns = Array(0..<size)
        var fixed = Matrix(rows: size + 1, columns: size + 1)
        var unweighted = Matrix(rows: size, columns: size)
        var sums = [Double](repeating: 0, count: size)
        var norms = sums
        var logWeights = CompensatedSum()
        var rowCount = 0
        for (part, map) in zip(parts, common.maps) {
            let products = part.products
            let sign = Double(part.sign)
            rowCount += part.sign * products.rowCount
            logWeights.add(sign * products.sumOfLogWeights)
            fixed.add(map.map { products.fixed.congruent($0) } ?? products.fixed, times: sign)
            let inner = map?.selecting(rows: columns, columns: columns)
            unweighted.add(inner.map { products.moments.fixed.congruent($0) } ?? products.moments.fixed, times: sign)
            let mapped = inner.map { $0.transposed * products.moments.fixedSums } ?? products.moments.fixedSums
            for column in columns {
                sums[column] += sign * mapped[column]
                norms[column] += sign * products.originalSquaredNorms[column]
            }
        }
        guard rowCount >= 1,
            norms.indices.allSatisfy({ column in
                norms[column] >= -1e-9 * parts.reduce(0) { $0 + $1.products.originalSquaredNorms[column] }
            })
        else { throw .total }

        var factors: [FactorCrossProducts] = []
        var moments: [Matrix] = []
        var newPlaces: [[Int]] = []
        for factor in levelCounts.indices {
            let sum = try FactorSum(parts, factor: factor, levelCount: levelCounts[factor], maps: common.maps)
            factors.append(sum.factor)
            moments.append(sum.moments)
            newPlaces.append(sum.newPlaces)
        }
        var pairs: [PairCrossProducts] = []
        var counts: [[Int32]] = []
        for first in factors.indices {
            for second in factors.indices where second > first {
                let sum = try PairSum(
                    parts, first: first, second: second, newPlaces: newPlaces, factors: factors)
                pairs.append(sum.pair)
                counts.append(sum.counts)
            }
        }
        products = CrossProducts(
            rowCount: rowCount, sumOfLogWeights: logWeights.value, transform: common.transform, fixed: fixed,
            originalSquaredNorms: norms.map { max($0, 0) },
            moments: UnweightedMoments(fixedSums: sums, fixed: unweighted, random: moments), factors: factors,
            pairs: pairs)
        pairCounts = counts
    }
}

extension Matrix {
    fileprivate mutating func add(_ other: Matrix, times factor: Double) {
        for index in storage.indices { storage[index] += factor * other.storage[index] }
    }
}
