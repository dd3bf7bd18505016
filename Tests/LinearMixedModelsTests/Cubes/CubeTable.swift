// Simulated rows for cubes: covariates far from zero, nested and crossed groups, factors, weights.

import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

/// Rows that are hard on cross-products, and comparisons of fits.
enum CubeTable {
    /// `y` near 10⁶ with unit noise, `x1` near 10⁴ growing with the row, `x2`, `f` with three levels and `d` with two, `g` with
    /// names and `h` with numbers, `c` within `g`, weights `w` and an offset `o`.
    static func rows(_ count: Int = 600, seed: UInt64 = 1, groups: Int = 24) throws -> DataTable {
        var generator = SeededGenerator(seed: seed)
        func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) } }
        let groupEffects = (0..<groups).map { _ in (normal(), 0.3 * normal()) }
        let crossed = (0..<13).map { _ in 0.7 * normal() }
        var y: [Double] = []
        var x1: [Double] = []
        var x2: [Double] = []
        var w: [Double] = []
        var o: [Double] = []
        var f: [Int32] = []
        var d: [Int32] = []
        var g: [Int32] = []
        var h: [Int] = []
        var c: [Int] = []
        for row in 0..<count {
            let group = Int.random(in: 0..<groups, using: &generator)
            let other = Int.random(in: 0..<13, using: &generator)
            let level = Int.random(in: 0..<3, using: &generator)
            let first = 1e4 + 5 * Double(row) / Double(count) + normal()
            let second = normal()
            g.append(Int32(group))
            h.append([100_000, 7, 12, 3, 250, 31, 9, 10, 11, 1, 2, 40, 77][other])
            c.append(Int.random(in: 1...3, using: &generator))
            f.append(Int32(level))
            d.append(Int32.random(in: 0..<2, using: &generator))
            x1.append(first)
            x2.append(second)
            w.append(0.5 + Double.random(in: 0..<2, using: &generator))
            o.append(Double.random(in: 0..<3, using: &generator))
            let own = groupEffects[group].0 + groupEffects[group].1 * second + crossed[other]
            let fixed = 2 * (first - 1e4) + 0.5 * second + 1.5 * Double(level) + 0.2 * (first - 1e4) * second
            y.append(1e6 + fixed + own + normal())
        }
        return try DataTable(columns: [
            Column("y", .double(y)), Column("x1", .double(x1)), Column("x2", .double(x2)), Column("w", .double(w)),
            Column("o", .double(o)),
            Column("f", .categorical(.init(codes: f, levels: ["mid", "high", "base"], kind: .text))),
            Column("d", .categorical(.init(codes: d, levels: ["yes", "no"], kind: .text))),
            Column(
                "g",
                .categorical(.init(codes: g, levels: (0..<groups).map { "g\($0)" }, kind: .text))),
            Column("h", .integer(h)), Column("c", .integer(c)),
        ])
    }

    /// Rows of a table by a condition on their number.
    static func part(_ table: DataTable, where isKept: (Int) -> Bool) -> DataTable {
        table.selecting(rows: (0..<table.rowCount).filter(isKept))
    }

    /// Compares what a fit from a cube answers with a fit from rows.
    static func expectSame(
        _ cube: LinearMixedModelFit, _ rows: LinearMixedModelFit, relative: Double = 1e-9, _ label: String = "",
        location: SourceLocation = #_sourceLocation
    ) {
        var differences = Differences()
        differences.compare("criterion", cube.criterion, rows.criterion, relative: relative)
        differences.compare(
            "sigma", cube.residualStandardDeviation, rows.residualStandardDeviation, relative: relative)
        #expect(cube.coefficientNames == rows.coefficientNames, "\(label)", sourceLocation: location)
        #expect(cube.rowCount == rows.rowCount, "\(label)", sourceLocation: location)
        for (name, (one, other)) in zip(cube.coefficientNames, zip(cube.coefficients, rows.coefficients)) {
            let error = rows.standardErrors[rows.coefficientNames.firstIndex(of: name) ?? 0]
            differences.compare(name, one, other, relative: relative, absolute: relative * error)
        }
        for (index, (one, other)) in zip(cube.standardErrors, rows.standardErrors).enumerated() {
            differences.compare("standard error \(index)", one, other, relative: 10 * relative)
        }
        #expect(cube.theta.count == rows.theta.count, "\(label)", sourceLocation: location)
        for (index, (one, other)) in zip(cube.varianceComponents, rows.varianceComponents).enumerated() {
            #expect(one.group == other.group && one.columnNames == other.columnNames, sourceLocation: location)
            for (place, (left, right)) in zip(one.covariance.diagonal, other.covariance.diagonal).enumerated() {
                let unit = rows.residualStandardDeviation
                differences.compare(
                    "sd \(index).\(place)", left.squareRoot(), right.squareRoot(), relative: relative,
                    absolute: relative * unit)
            }
        }
        for (one, other) in zip(cube.randomEffects, rows.randomEffects) {
            #expect(one.levels == other.levels, "\(label)", sourceLocation: location)
        }
        #expect(cube.design.data.cells == rows.design.data.cells, "\(label)", sourceLocation: location)
        #expect(
            cube.design.data.fingerprint == rows.design.data.fingerprint, "\(label)", sourceLocation: location)
        #expect(differences.isEmpty, "\(label) \(differences)", sourceLocation: location)
    }
}
