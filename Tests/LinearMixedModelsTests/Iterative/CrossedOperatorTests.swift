// The operator, the preconditioner and the solves against dense matrices.

import Foundation
import MixedDesign
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct CrossedOperatorTests {
    /// A design's operator and dense equations at some θ.
    struct Case {
        let layout: CrossedLayout
        let matrix: CrossedOperator
        let preconditioner: CrossedPreconditioner
        /// *M*, *M_cc* and *S*.
        let whole: Matrix
        let chain: CholeskyDecomposition
        let schur: Matrix
        let border: Int

        init(_ kind: CrossedKind, isWeighted: Bool, threads: Int = 2) throws {
            let design = SimulatedDesign(crossed: kind, seed: 3, isWeighted: isWeighted)
            let products = CrossProducts(design)
            let equations = IterativeEquations(
                products, terms: design.terms, method: .likelihood, threads: threads)
            let blocks = equations.factorBlocks(of: design.someRelativeFactors(seed: 8))
            layout = equations.layout
            matrix = CrossedOperator(layout, threads: threads)
            preconditioner = CrossedPreconditioner(layout, threads: threads)
            #expect(matrix.update(blocks))
            #expect(preconditioner.update(matrix))
            let (whole, border) = denseEquations(products, layout, blocks: blocks)
            let first = Array(0..<border)
            let second = Array(border..<whole.rowCount)
            let chain = try #require(CholeskyDecomposition(whole.selecting(rows: first, columns: first)))
            let between = whole.selecting(rows: first, columns: second)
            let solved = Matrix(
                rows: border, columns: second.count,
                columnMajor: second.indices.flatMap { chain.solve(between.column($0)) })
            schur = whole.selecting(rows: second, columns: second) - between.transposed * solved
            self.whole = whole
            self.border = border
            self.chain = chain
        }

        func sides(_ columns: [[Double]]) -> RightHandSides {
            let result = RightHandSides(rows: columns[0].count, groups: RightHandSides.groups(for: columns.count))
            for (lane, column) in columns.enumerated() {
                for (row, value) in column.enumerated() { result[row, lane] = value }
            }
            return result
        }
    }

    static func column(_ sides: RightHandSides, _ lane: Int) -> [Double] {
        (0..<sides.rowCount).map { sides[$0, lane] }
    }

    @Test(arguments: CrossedKind.allCases, [false, true])
    func productsEqualTheSchurComplement(kind: CrossedKind, isWeighted: Bool) throws {
        let design = try Case(kind, isWeighted: isWeighted)
        #expect(abs(design.matrix.chain.logDeterminant - design.chain.logDeterminant) < 1e-9)
        var generator = SeededGenerator(seed: 4)
        for count in [1, 8, 11, 16, 19] {
            let columns = (0..<count).map { _ in (0..<design.schur.rowCount).map { _ in generator.normal() } }
            let x = design.sides(columns)
            let result = RightHandSides(rows: x.rowCount, groups: x.groups)
            design.matrix.apply(x, into: result)
            for (lane, column) in columns.enumerated() {
                let expected = design.schur * column
                let scale = expected.map(abs).max() ?? 1
                for row in expected.indices { #expect(abs(result[row, lane] - expected[row]) < 1e-11 * scale) }
            }
            design.matrix.apply(x, into: result, addsIdentity: false)
            let expected = zip(design.schur * columns[0], columns[0]).map { $0 - $1 }
            for row in expected.indices {
                #expect(abs(result[row, 0] - expected[row]) < 1e-10 * (1 + abs(expected[row])))
            }
        }
    }

    @Test(arguments: CrossedKind.allCases)
    func solvesEqualDenseOnes(kind: CrossedKind) throws {
        let design = try Case(kind, isWeighted: true)
        let solver = BlockConjugateGradient(design.matrix, design.preconditioner)
        var generator = SeededGenerator(seed: 5)
        let whole = try #require(CholeskyDecomposition(design.whole))
        let columns = (0..<3).map { _ in (0..<design.whole.rowCount).map { _ in generator.normal() } }
        let sides = EffectSides(design.layout, groups: 1)
        for (lane, column) in columns.enumerated() {
            var row = 0
            for part in sides.parts {
                for place in 0..<part.rowCount {
                    part[place, lane] = column[row]
                    row += 1
                }
            }
        }
        design.matrix.reduce(sides)
        let solution = RightHandSides(rows: sides.border.rowCount, groups: 1)
        let outcome = solver.solve(sides.border, into: solution, tolerance: 1e-13, startsAtZero: true)
        #expect(outcome.hasConverged)
        design.matrix.expand(solution, into: sides.chain)
        for (lane, column) in columns.enumerated() {
            let expected = whole.solve(column)
            let found = sides.chain.flatMap { Self.column($0, lane) } + Self.column(solution, lane)
            for row in expected.indices { #expect(abs(found[row] - expected[row]) < 1e-10) }
        }
        // The sides that are only padding stay zero, and a solve from its own solution takes no step.
        #expect(Self.column(solution, 7).allSatisfy { $0 == 0 })
        #expect(solver.solve(sides.border, into: solution, tolerance: 1e-9).iterations == 0)
    }

    @Test(arguments: CrossedKind.allCases)
    func preconditionerIsWhatItSays(kind: CrossedKind) throws {
        let design = try Case(kind, isWeighted: false)
        let size = design.schur.rowCount
        var inverse = Matrix(rows: size, columns: size)
        var root = inverse
        for column in 0..<size {
            let unit = design.sides([(0..<size).map { $0 == column ? 1 : 0 }])
            let result = RightHandSides(rows: size, groups: 1)
            design.preconditioner.apply(unit, into: result)
            design.preconditioner.multiplyByRoot(unit)
            for row in 0..<size {
                inverse[row, column] = result[row, 0]
                root[row, column] = unit[row, 0]
            }
        }
        let decomposition = try #require(CholeskyDecomposition(inverse))
        #expect(abs(decomposition.logDeterminant + design.preconditioner.logDeterminant) < 1e-9)
        let product = inverse * (root * root.transposed)
        for column in 0..<size {
            for row in 0..<size { #expect(abs(product[row, column] - (row == column ? 1 : 0)) < 1e-9) }
        }
        // On the coarse vectors it agrees with the matrix.
        let matrix = decomposition.inverse
        for lane in 0..<design.preconditioner.coarseCount {
            let count = design.preconditioner.coarseCount
            let vector = (0..<size).map { design.preconditioner.coarse.pointer[$0 * count + lane] }
            let own = zip(vector, matrix * vector).reduce(0) { $0 + $1.0 * $1.1 }
            let expected = zip(vector, design.schur * vector).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(own - expected) < 1e-9 * abs(expected))
        }
    }

    @Test(arguments: CrossedKind.allCases)
    func chainComplementEqualsDense(kind: CrossedKind) throws {
        let design = try Case(kind, isWeighted: true)
        let inverse = design.chain.inverse
        var start = 0
        for (factor, sums) in zip(design.layout.chain, design.matrix.chain.complementSums()) {
            for column in 0..<factor.width {
                for row in 0..<factor.width {
                    var expected = 0.0
                    for level in 0..<factor.levelCount {
                        let place = start + level * factor.width
                        expected += (row == column ? 1 : 0) - inverse[place + row, place + column]
                    }
                    #expect(abs(sums[row, column] - expected) < 1e-10)
                }
            }
            start += factor.effectCount
        }
    }

    @Test func logDeterminantLiesWithinItsError() throws {
        for kind in CrossedKind.allCases {
            let design = try Case(kind, isWeighted: false)
            let solver = BlockConjugateGradient(design.matrix, design.preconditioner)
            let estimate = try #require(
                LogDeterminantEstimate(design.matrix, design.preconditioner, solver, probes: 64, tolerance: 1e-10))
            let exact = try #require(CholeskyDecomposition(design.schur)).logDeterminant
            #expect(estimate.standardError < 0.2)
            #expect(abs(estimate.value - exact) < 5 * estimate.standardError + 1e-9, "\(kind)")
        }
    }

    /// Repeated pairs are listed as often as they occur; that must not show.
    @Test func repeatedPairsAreListed() throws {
        let products = CrossProducts(SimulatedDesign(crossed: .scalar, seed: 3))
        let layout = CrossedLayout(products)
        #expect(layout.chain[0].pairs[0].values == nil)
        #expect(products.pairs[0].blocks.contains { $0 > 1 })
        let dense = CrossedLayout(CrossProducts(SimulatedDesign(crossed: .repeatedPairs, seed: 3, rows: 900)))
        #expect(dense.chain[0].pairs[0].values != nil)
    }
}
