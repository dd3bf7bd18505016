// Cross-products against dense sums, and the digits that centring and rotation keep.

import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import MixedDesign

/// A design of plain columns.
private struct PlainDesign: DesignRows {
    var fixed: [[Double]]
    var response: [Double]
    var codes: [[Int32]]
    var random: [[[Double]]]
    var levelCounts: [Int]
    var weights: [Double]?
    var offset: [Double]?

    var rowCount: Int { response.count }
    var fixedColumnCount: Int { fixed.count }
    var constantCombination: [Double]? { fixed.isEmpty ? nil : fixed.indices.map { $0 == 0 ? 1 : 0 } }
    var factorShapes: [FactorShape] {
        zip(levelCounts, random).map { FactorShape(levelCount: $0, columnCount: $1.count) }
    }

    func codes(factor: Int) -> [Int32] { codes[factor] }
    func fillFixed(rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int) {
        fill(fixed, rows, destination, leadingDimension)
    }
    func fillRandom(
        factor: Int, rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int
    ) {
        fill(random[factor], rows, destination, leadingDimension)
    }
    private func fill(
        _ columns: [[Double]], _ rows: Range<Int>, _ destination: UnsafeMutablePointer<Double>, _ leadingDimension: Int
    ) {
        for (column, values) in columns.enumerated() {
            for row in rows { destination[row - rows.lowerBound + column * leadingDimension] = values[row] }
        }
    }

    /// Two crossed factors, the first with a slope; several batches when there are many rows.
    init(rows: Int, seed: UInt64, shift: Double = 0, isWeighted: Bool = false) {
        var generator = SeededGenerator(seed: seed)
        let x = (0..<rows).map { _ in Double.random(in: -1..<1, using: &generator) }
        let ones = [Double](repeating: 1, count: rows)
        fixed = [ones, x.map { 3 * $0 + shift }, x.map { $0 * $0 }]
        response = x.map { 2 * $0 + shift + Double.random(in: -1..<1, using: &generator) }
        levelCounts = [7, 5]
        codes = levelCounts.map { count in
            (0..<rows).map { $0 < count ? Int32($0) : Int32.random(in: 0..<Int32(count), using: &generator) }
        }
        random = [[ones, x], [ones]]
        weights = isWeighted ? (0..<rows).map { _ in Double.random(in: 0.5..<2, using: &generator) } : nil
        offset = (0..<rows).map { _ in Double.random(in: -1..<1, using: &generator) }
    }
}

@Suite struct CrossProductsTests {
    @Test(arguments: [9, 100, 5000], [false, true])
    func equalDenseSums(rows: Int, isWeighted: Bool) {
        let design = PlainDesign(rows: rows, seed: UInt64(rows), isWeighted: isWeighted)
        let products = CrossProducts(design)
        let basis = products.transform.basis
        func weight(_ row: Int) -> Double { design.weights?[row] ?? 1 }
        func mapped(_ row: Int) -> [Double] {
            let columns = (0..<3).map { column in
                (0..<3).reduce(0) { $0 + design.fixed[$1][row] * basis[$1, column] }
            }
            let y = design.response[row] - (design.offset?[row] ?? 0)
            return columns + [(y - products.transform.responseShift) / products.transform.responseScale]
        }
        var expected = Matrix(rows: 4, columns: 4)
        var cross = [Double](repeating: 0, count: 7 * 2 * 4)
        var blocks = [Double](repeating: 0, count: 7 * 4)
        var levelMoments = [Matrix](repeating: Matrix(rows: 4, columns: 4), count: 7)
        var pairs: [String: [Double]] = [:]
        for row in 0..<rows {
            let values = mapped(row)
            let random = design.random[0].enumerated().map { $1[row] / products.factors[0].columnScales[$0] }
            let level = Int(design.codes[0][row])
            for column in 0..<4 {
                for other in 0..<4 {
                    expected[other, column] += weight(row) * values[other] * values[column]
                    levelMoments[level][other, column] += weight(row) * values[other] * values[column]
                }
                for effect in 0..<2 {
                    cross[level * 8 + effect + column * 2] += weight(row) * random[effect] * values[column]
                }
            }
            for column in 0..<2 {
                for other in 0..<2 {
                    blocks[level * 4 + other + column * 2] += weight(row) * random[other] * random[column]
                }
            }
            let key = "\(level)-\(design.codes[1][row])"
            let scale = products.factors[1].columnScales[0]
            pairs[key, default: [0, 0]][0] += weight(row) * random[0] / scale
            pairs[key, default: [0, 0]][1] += weight(row) * random[1] / scale
        }
        var differences = Differences()
        differences.compare("fixed", products.fixed.storage, expected.storage, relative: 1e-11, absolute: 1e-10)
        differences.compare("cross", products.factors[0].fixedBlocks, cross, relative: 1e-10, absolute: 1e-10)
        differences.compare("blocks", products.factors[0].diagonalBlocks, blocks, relative: 1e-11, absolute: 1e-11)
        let moments = products.factors[0].fixedMoments ?? []
        #expect(moments.count == 70)
        for level in 0..<7 {
            let matrix = PackedTriangle.matrix(moments, group: level, width: 4, columns: [0, 1, 2, 3])
            differences.compare(
                "moments", matrix.storage, levelMoments[level].storage, relative: 1e-11, absolute: 1e-10)
        }
        let pair = products.pairs[0]
        #expect(pair.pairCount == pairs.count)
        for level in 0..<7 {
            for position in pair.rowStarts[level]..<pair.rowStarts[level + 1] {
                let expected = pairs["\(level)-\(pair.columns[position])"] ?? []
                differences.compare(
                    "pair", Array(pair.blocks[2 * position..<2 * position + 2]), expected, relative: 1e-11,
                    absolute: 1e-11)
            }
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(products.rowCount == rows)
        #expect(products.factors[0].rowCounts.reduce(0, +) == rows)
    }

    /// A response and a covariate near 10⁸ with unit spread: raw cross-products would keep no digit of the residuals.
    @Test func centringKeepsDigits() throws {
        let near = CrossProducts(PlainDesign(rows: 3000, seed: 5))
        let far = CrossProducts(PlainDesign(rows: 3000, seed: 5, shift: 1e8))
        func residual(_ products: CrossProducts) throws -> Double {
            let columns = [0, 1, 2]
            let decomposition = try #require(
                CholeskyDecomposition(products.fixed.selecting(rows: columns, columns: columns)))
            let sides = columns.map { products.fixed[$0, 3] }
            let explained = zip(decomposition.solve(sides), sides).reduce(0) { $0 + $1.0 * $1.1 }
            let scale = products.transform.responseScale
            return (products.fixed[3, 3] - explained) * scale * scale
        }
        // The data themselves lose eight of their sixteen digits to the constant.
        #expect(isClose(try residual(far), try residual(near), relative: 1e-8))
    }

    @Test func nearlyCollinearColumnsAreRotated() throws {
        let rows = 500
        let x = (0..<rows).map { 2000 + Double($0) / 50 }
        var design = PlainDesign(rows: rows, seed: 3)
        design.fixed = [x.map { _ in 1 }, x, x.map { $0 * $0 }, x.map { $0 * $0 * $0 / 1e6 }]
        let products = CrossProducts(design)
        let rotation = try #require(products.transform.rotation)
        #expect(rotation[1, 0] == 0)
        let gram = products.fixed.selecting(rows: [0, 1, 2], columns: [0, 1, 2])
        let lengths = gram.diagonal.map { $0.squareRoot() }
        var correlation = gram
        for column in 0..<3 {
            for row in 0..<3 { correlation[row, column] /= lengths[row] * lengths[column] }
        }
        let eigen = try #require(SymmetricEigendecomposition(correlation))
        #expect(eigen.values[2] / eigen.values[0] < 100)
    }

    @Test func aliasedColumnsAreFoundInOrder() {
        var design = PlainDesign(rows: 200, seed: 4)
        let x = design.fixed[1]
        design.fixed = [
            design.fixed[0], x, x.map { 5 - 2 * $0 }, design.fixed[2], zip(x, design.fixed[2]).map { $0 + $1 },
            x.map { _ in 0 },
        ]
        #expect(CrossProducts(design).independentFixedColumns() == [0, 1, 3])
    }

    @Test func nestingIsRecognised() {
        var design = PlainDesign(rows: 300, seed: 6)
        design.codes[0] = (0..<300).map { Int32($0 % 7) }
        design.codes[1] = design.codes[0].map { $0 / 2 }
        design.levelCounts = [7, 4]
        let products = CrossProducts(design)
        #expect(products.isNested(0, in: 1))
        #expect(!products.isNested(1, in: 0))
        let turned = products.orientedPair(1, 0)
        #expect(turned.rowStarts == [0, 2, 4, 6, 7])
        #expect(turned.columns == [0, 1, 2, 3, 4, 5, 6])
    }
}
