// Simulated cross-products against those of rows: exactly where there is no error, by their moments where there is.

import MixedDesign
import MixedLinearAlgebra
import MixedNumerics
import MixedTestSupport
import Testing

@testable import LinearMixedModels

@Suite struct ResponseSimulatorTests {
    /// Without error a response is *Xβ + Zb*, and its products are those of the rows.
    @Test(arguments: DesignKind.allCases)
    func withoutErrorTheProductsAreThoseOfTheRows(_ kind: DesignKind) throws {
        for seed in 0..<4 {
            var design = SimulatedDesign(kind, seed: UInt64(seed), isWeighted: seed % 2 == 1)
            var generator = SeededGenerator(seed: UInt64(seed + 5))
            if seed == 2 { design.offset = design.response.map { _ in generator.normal() } }
            let shapes = design.factorShapes
            let effects = shapes.map { shape in
                (0..<shape.levelCount * shape.columnCount).map { _ in generator.normal() }
            }
            let simulation = try #require(
                SimulatedFit(design, method: .restrictedLikelihood, effects: effects, sigma: 0))
            let rows = ResponseRows(design, simulation.products, coefficients: simulation.coefficients)
            let fixedColumns = simulation.model.deviance.fixedColumns
            let drawn = ResponseProducts(simulation.products, fixedColumns: fixedColumns)
            var stream = RandomStream(seed: 1)
            simulation.simulator.draw(&stream, simulation.simulator.workspace(), into: drawn)
            let expected = rows.products(of: rows.response(effects: effects))
            var differences = Differences()
            for factor in shapes.indices {
                let count = drawn.effects[factor].count
                differences.compare(
                    "Z'y of \(factor)", (0..<count).map { drawn.effects[factor].pointer[$0] },
                    expected.effects[factor], relative: 1e-9, absolute: 1e-9)
            }
            differences.compare(
                "X'y", (0..<fixedColumns.count).map { drawn.fixed.pointer[$0] }, expected.fixed, relative: 1e-9,
                absolute: 1e-8)
            differences.compare("y'y", drawn.square, expected.square, relative: 1e-9)
            #expect(differences.isEmpty, "\(kind) \(seed): \(differences)")
        }
    }

    /// Means and variances over 4,000 draws within five Monte Carlo standard errors of the exact ones.
    @Test(arguments: [DesignKind.slope, .crossed, .nestedAndCrossed, .twoTerms, .threeLevels])
    func momentsAreExact(_ kind: DesignKind) throws {
        let draws = 4000
        let design = SimulatedDesign(kind, seed: 3, isWeighted: true)
        let effects = design.factorShapes.map { [Double](repeating: 0.3, count: $0.levelCount * $0.columnCount) }
        let simulation = try #require(SimulatedFit(design, method: .restrictedLikelihood, effects: effects))
        let rows = ResponseRows(design, simulation.products, coefficients: simulation.coefficients)
        let center = rows.products(of: rows.response(effects: effects))
        let fixedColumns = simulation.model.deviance.fixedColumns
        let drawn = ResponseProducts(simulation.products, fixedColumns: fixedColumns)
        let workspace = simulation.simulator.workspace()
        let sigma = simulation.sigma
        // The last element of each part: of Z'y of each factor, X'y, and y'y.
        let means = center.effects.map { $0[$0.count - 1] } + [center.fixed[center.fixed.count - 1]]
        var variances = simulation.products.factors.map { factor in
            sigma * sigma * factor.diagonalBlocks[factor.diagonalBlocks.count - 1]
        }
        let lastFixed = fixedColumns[fixedColumns.count - 1]
        variances.append(sigma * sigma * simulation.products.fixed[lastFixed, lastFixed])
        let rowCount = Double(design.rowCount)
        let squareMean = center.square + sigma * sigma * rowCount
        let squareVariance = 4 * sigma * sigma * center.square + 2 * sigma * sigma * sigma * sigma * rowCount
        var sums = [Double](repeating: 0, count: means.count + 1)
        var squares = sums
        for index in 0..<draws {
            var stream = RandomStream(seed: 11, stream: UInt64(index))
            simulation.simulator.draw(&stream, workspace, into: drawn)
            let values =
                drawn.effects.map { $0.pointer[$0.count - 1] } + [drawn.fixed.pointer[fixedColumns.count - 1]]
                + [drawn.square]
            for (place, value) in values.enumerated() {
                let deviation = value - (place < means.count ? means[place] : squareMean)
                sums[place] += deviation
                squares[place] += deviation * deviation
            }
        }
        for (place, variance) in (variances + [squareVariance]).enumerated() {
            let mean = sums[place] / Double(draws)
            #expect(abs(mean) < 5 * (variance / Double(draws)).squareRoot(), "\(kind): mean \(place)")
            // The squares are nearly normal; five standard errors of a variance with room for their kurtosis.
            let ratio = squares[place] / Double(draws) / variance
            #expect(abs(ratio - 1) < 5 * (2.2 / Double(draws)).squareRoot(), "\(kind): variance \(place) is \(ratio)")
        }
    }

    /// Random effects are drawn with covariance *σ²λλ'*: the means of levels vary by it.
    @Test func randomEffectsHaveTheirVariance() throws {
        let draws = 3000
        let design = SimulatedDesign(.crossed, seed: 8)
        let simulation = try #require(SimulatedFit(design, method: .restrictedLikelihood))
        let rows = ResponseRows(design, simulation.products, coefficients: simulation.coefficients)
        let zero = design.factorShapes.map { [Double](repeating: 0, count: $0.levelCount * $0.columnCount) }
        let center = rows.products(of: rows.response(effects: zero))
        let fixedColumns = simulation.model.deviance.fixedColumns
        let drawn = ResponseProducts(simulation.products, fixedColumns: fixedColumns)
        let workspace = simulation.simulator.workspace()
        // Var(z_i'y) = σ² (n_i + n_i² θ₁² + Σ_j n_ij² θ₂²) for level i of the first of two crossed factors.
        let first = simulation.products.factors[0].rowCounts[0]
        let pair = simulation.products.orientedPair(0, 1)
        let shared = (pair.rowStarts[0]..<pair.rowStarts[1]).reduce(0.0) { $0 + pair.blocks[$1] * pair.blocks[$1] }
        let squares = simulation.minimum.relativeFactors.map { $0[0, 0] * $0[0, 0] }
        let count = Double(first)
        let variance =
            simulation.sigma * simulation.sigma * (count + count * count * squares[0] + shared * squares[1])
        var sum = 0.0
        for index in 0..<draws {
            var stream = RandomStream(seed: 5, stream: UInt64(index))
            simulation.simulator.draw(&stream, workspace, into: drawn)
            let deviation = drawn.effects[0].pointer[0] - center.effects[0][0]
            sum += deviation * deviation
        }
        let ratio = sum / Double(draws) / variance
        #expect(abs(ratio - 1) < 5 * (2 / Double(draws)).squareRoot(), "\(ratio)")
    }
}

/// The rows of a design, mapped as its cross-products are.
struct ResponseRows {
    private let design: SimulatedDesign
    private let fixed: [[Double]]
    private let columns: [[[Double]]]
    private let coefficients: [Double]

    init(_ design: SimulatedDesign, _ products: CrossProducts, coefficients: [Double]) {
        self.design = design
        self.coefficients = coefficients
        let basis = products.transform.basis
        let kept = products.independentFixedColumns()
        fixed = kept.map { column in
            (0..<design.rowCount).map { row in
                design.fixed.indices.reduce(0.0) { $0 + design.fixed[$1][row] * basis[$1, column] }
            }
        }
        columns = zip(design.factors, products.factors).map { factor, blocks in
            zip(factor.columns, blocks.columnScales).map { values, scale in values.map { $0 / scale } }
        }
    }

    /// *X̃β̃ + Zb*.
    func response(effects: [[Double]]) -> [Double] {
        (0..<design.rowCount).map { row in
            var value = zip(fixed, coefficients).reduce(0.0) { $0 + $1.0[row] * $1.1 }
            for (index, factor) in design.factors.enumerated() {
                let width = factor.columns.count
                for column in 0..<width {
                    value += columns[index][column][row] * effects[index][Int(factor.codes[row]) * width + column]
                }
            }
            return value
        }
    }

    /// *Z'Wy*, *X̃'Wy* and *y'Wy* of a mapped response.
    func products(of response: [Double]) -> (effects: [[Double]], fixed: [Double], square: Double) {
        let weighted = response.indices.map { response[$0] * (design.weights?[$0] ?? 1) }
        let effects = zip(design.factors, columns).map { factor, columns -> [Double] in
            var sums = [Double](repeating: 0, count: factor.levelCount * columns.count)
            for row in response.indices {
                for (column, values) in columns.enumerated() {
                    sums[Int(factor.codes[row]) * columns.count + column] += values[row] * weighted[row]
                }
            }
            return sums
        }
        return (
            effects, fixed.map { zip($0, weighted).reduce(0) { $0 + $1.0 * $1.1 } },
            zip(response, weighted).reduce(0) { $0 + $1.0 * $1.1 }
        )
    }
}
