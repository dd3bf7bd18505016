// The joint covariance of coefficients and random effects against the dense inverse of the mixed-model equations.

import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@Suite struct ConditionalCovarianceTests {
    /// A design: its formula, and how levels of the grouping factors come about.
    struct Example: CustomTestStringConvertible, Sendable {
        var formula: String
        var method = EstimationMethod.restrictedLikelihood
        var isWeighted = false
        /// How much the effects of groups vary; zero makes singular fits.
        var spread = 2.0
        var testDescription: String { "\(formula), \(method), spread \(spread)\(isWeighted ? ", weighted" : "")" }
    }

    static let examples: [Example] = [
        Example(formula: "y ~ x + (1 | a)"),
        Example(formula: "y ~ x + (1 + x | a)", isWeighted: true),
        Example(formula: "y ~ x + (1 + x | a)", spread: 0),
        Example(formula: "y ~ x + w + (1 | a) + (0 + x | a)", method: .likelihood),
        Example(formula: "y ~ x + (1 | a) + (1 | c)"),
        Example(formula: "y ~ x + (1 + x | a) + (1 + w | c)"),
        Example(formula: "y ~ x + (1 | b/a)"),
        Example(formula: "y ~ x + (1 + x | b/a)", method: .likelihood),
        Example(formula: "y ~ x + (1 | d/b/a) + (1 + x | c)"),
        Example(formula: "y ~ x + (1 | d/b/a) + (1 + x | c)", spread: 0),
        Example(formula: "y ~ x + x2 + w + (1 + x | a) + (1 | c)"),
        Example(formula: "y ~ 1 + (1 | a)"),
    ]

    /// Rows with crossed (a, c) and nested (a in b in d) groups; `x2` is twice `x`.
    private func table(spread: Double) throws -> DataTable {
        var generator = SeededGenerator(seed: 11)
        let rows = 130
        let x = (0..<rows).map { _ in 100 + generator.normal() }
        let w = (0..<rows).map { _ in 3 * generator.normal() }
        let a = (0..<rows).map { row in row < 17 ? row : Int.random(in: 0..<17, using: &generator) }
        let c = (0..<rows).map { row in row < 6 ? row : Int.random(in: 0..<6, using: &generator) }
        let effects = (0..<40).map { _ in generator.normal() * spread }
        let y = (0..<rows).map { row in
            effects[a[row]] + effects[20 + a[row] / 3] * 0.7 + effects[30 + c[row]]
                + (0.5 + 0.4 * effects[39 - a[row] % 8]) * (x[row] - 100) + generator.normal()
        }
        let weight = (0..<rows).map { _ in Double.random(in: 0.5..<2, using: &generator) }
        return try DataTable(columns: [
            Column("y", .double(y)), Column("x", .double(x)), Column("w", .double(w)),
            Column("x2", .double(x.map { 2 * $0 })), Column("a", .integer(a)), Column("b", .integer(a.map { $0 / 3 })),
            Column("d", .integer(a.map { $0 / 9 })), Column("c", .integer(c)), Column("weight", .double(weight)),
        ])
    }

    @Test(arguments: examples) func equalsTheDenseInverse(_ example: Example) throws {
        let data = try table(spread: example.spread)
        var options = DesignOptions()
        if example.isWeighted { options.weights = try .init(parsing: "weight") }
        let model = try LinearMixedModel(example.formula, data: data, method: example.method, options: options)
        let fit = try model.fit()
        let dense = DenseEquations(fit, model.frame)
        let joint = try fit.conditionalCovariance()
        #expect(joint.effectCounts == fit.randomEffects.map(\.columnNames.count))
        var generator = SeededGenerator(seed: 5)
        var differences = Differences()
        for trial in 0..<25 {
            // Levels that occur together, and combinations that never do.
            let row = Int.random(in: 0..<model.frame.rowCount, using: &generator)
            let levels = fit.randomEffects.indices.map { factor -> Int? in
                if trial % 5 == 4, Bool.random(using: &generator) { return nil }
                let count = fit.randomEffects[factor].levels.count
                return trial % 2 == 0
                    ? Int(model.frame.codes(factor: factor)[row]) : Int.random(in: 0..<count, using: &generator)
            }
            let expected = dense.matrix(levels: levels)
            let scale = expected.diagonal.map { $0.squareRoot() }
            let matrix = joint.matrix(levels: levels)
            try #require(matrix.rowCount == expected.rowCount)
            for column in scale.indices {
                for row in scale.indices {
                    differences.compare(
                        "\(levels) [\(row), \(column)]", matrix[row, column], expected[row, column], relative: 1e-8,
                        absolute: 1e-8 * scale[row] * scale[column])
                }
            }
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(differences.comparisons > 100)
    }

    @Test func aNewLevelHasTheWholeVarianceAndNoCovariance() throws {
        let fit = try LinearMixedModel("y ~ x + (1 + x | a) + (1 | c)", data: table(spread: 2)).fit()
        let joint = try fit.conditionalCovariance()
        let slopes = try #require(fit.randomEffects.firstIndex { $0.group == "a" })
        for level in [-1, 17, Int.max] {
            var levels: [Int?] = [nil, nil]
            levels[slopes] = level
            let matrix = joint.matrix(levels: levels)
            #expect(matrix.rowCount == 4)
            for column in 0..<2 {
                for row in 0..<2 {
                    #expect(matrix[row, 2 + column] == 0)
                    #expect(matrix[2 + row, 2 + column] == fit.varianceComponents[slopes].covariance[row, column])
                }
            }
        }
    }

    @Test func aLinearModelHasItsCoefficientsOnly() throws {
        let fit = try LinearMixedModel("y ~ x", data: table(spread: 2)).fit()
        let joint = try fit.conditionalCovariance()
        #expect(joint.matrix(levels: []) == fit.coefficientCovariance)
        #expect(joint.matrix(levels: [3, nil]) == fit.coefficientCovariance)
    }
}

/// The mixed-model equations of a fit, inverted whole.
private struct DenseEquations {
    private let inverse: Matrix
    private let fixedCount: Int
    private let widths: [Int]
    private let starts: [Int]

    init(_ fit: LinearMixedModelFit, _ frame: ModelFrame) {
        let rows = frame.rowCount
        var columns: [[Double]] = []
        for name in fit.coefficientNames {
            columns.append(frame.fixedColumn(fit.design.fixedColumnNames.firstIndex(of: name) ?? 0))
        }
        fixedCount = columns.count
        // Columns ZΛ, and Λ itself to come back to the units of the effects.
        var scaling: [[Double]] = []
        var theta = fit.theta[...]
        let terms = fit.design.randomTerms
        var lowers: [Matrix] = []
        for term in terms {
            var lower = Matrix(rows: term.columnCount, columns: term.columnCount)
            for column in 0..<term.columnCount {
                for row in column..<term.columnCount { lower[row, column] = theta.popFirst() ?? 0 }
            }
            lowers.append(lower)
        }
        var starts: [Int] = []
        let effectCount = fit.randomEffects.reduce(0) { $0 + $1.levels.count * $1.columnNames.count }
        var effect = 0
        for (factor, effects) in fit.randomEffects.enumerated() {
            starts.append(effect)
            let codes = frame.codes(factor: factor)
            for level in effects.levels.indices {
                for (term, lower) in zip(terms, lowers) where term.factorIndex == factor {
                    for column in 0..<term.columnCount {
                        var values = [Double](repeating: 0, count: rows)
                        var scale = [Double](repeating: 0, count: effectCount)
                        for inner in 0..<term.columnCount {
                            let z = frame.randomColumn(factor: factor, term.columnOffset + inner)
                            for row in 0..<rows where Int(codes[row]) == level {
                                values[row] += z[row] * lower[inner, column]
                            }
                            scale[effect + term.columnOffset + inner] = lower[inner, column]
                        }
                        columns.append(values)
                        scaling.append(scale)
                    }
                }
                effect += effects.columnNames.count
            }
        }
        self.starts = starts
        widths = fit.randomEffects.map(\.columnNames.count)
        let size = columns.count
        var equations = Matrix(rows: size, columns: size)
        for column in 0..<size {
            for row in 0..<size {
                var sum = 0.0
                for index in 0..<rows {
                    sum += columns[row][index] * columns[column][index] * (frame.weights?[index] ?? 1)
                }
                equations[row, column] = sum + (row == column && row >= fixedCount ? 1 : 0)
            }
        }
        var back = Matrix(rows: size, columns: size)
        for index in 0..<fixedCount { back[index, index] = 1 }
        for (column, scale) in scaling.enumerated() {
            for (row, value) in scale.enumerated() { back[fixedCount + row, fixedCount + column] = value }
        }
        let sigma = fit.residualStandardDeviation
        let unit = CholeskyDecomposition(equations)?.inverse ?? Matrix(rows: size, columns: size)
        inverse = (sigma * sigma) * (back * unit * back.transposed)
    }

    func matrix(levels: [Int?]) -> Matrix {
        var places = Array(0..<fixedCount)
        for (factor, level) in levels.enumerated() {
            guard let level else { continue }
            let start = fixedCount + starts[factor] + level * widths[factor]
            places += start..<start + widths[factor]
        }
        return inverse.selecting(rows: places, columns: places)
    }
}
