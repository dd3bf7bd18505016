// Small unbalanced designs with known parameters, in which intervals should cover at their level.

import LinearMixedModels
import MixedDesign
import MixedNumerics
import MixedTables

/// A design with the fit whose parameters are the truth of its simulations.
enum CoverageDesign: String, CaseIterable, CustomStringConvertible {
    /// Twelve groups of 2 to 8 rows, a predictor that varies within and between them.
    case oneWay
    /// Sixteen groups of 4 to 9 rows, each with its own slope.
    case slopes
    /// Seven treated and eleven untreated groups of 2 to 6 rows.
    case treatedGroups
    /// Ten by eight crossed levels with a third of the cells empty.
    case crossed
    /// Nine sites of two to four plots of one to four rows; the treatment is applied to plots.
    case nested

    var description: String { rawValue }

    var formula: String {
        switch self {
        case .oneWay: "y ~ x + (1 | g)"
        case .slopes: "y ~ x + (x | g)"
        case .treatedGroups: "y ~ t + (1 | g)"
        case .crossed: "y ~ x + (1 | g) + (1 | h)"
        case .nested: "y ~ t + x + (1 | h) + (1 | g)"
        }
    }

    /// The coefficient whose interval is asked for first.
    var coefficient: String {
        switch self {
        case .oneWay, .slopes, .crossed: "x"
        case .treatedGroups, .nested: "t"
        }
    }

    /// The rows: a predictor *x*, a treatment *t*, groups *g* and *h*.
    ///
    /// - Parameter multiple: How many times as many groups there are as the design says.
    private func rows(_ multiple: Int) -> (x: [Double], t: [Double], g: [Int], h: [Int]) {
        var stream = RandomStream(seed: 77)
        var x: [Double] = []
        var t: [Double] = []
        var g: [Int] = []
        var h: [Int] = []
        func add(_ predictor: Double, _ treatment: Double, _ group: Int, _ other: Int) {
            x.append(predictor)
            t.append(treatment)
            g.append(group)
            h.append(other)
        }
        switch self {
        case .oneWay:
            for group in 0..<12 * multiple {
                let mean = stream.nextNormal()
                for _ in 0..<2 + (group * 5) % 7 { add(mean + stream.nextNormal(), 0, group, 0) }
            }
        case .slopes:
            for group in 0..<16 * multiple { for row in 0..<4 + (group * 7) % 6 { add(Double(row) - 2, 0, group, 0) } }
        case .treatedGroups:
            for group in 0..<18 * multiple {
                for _ in 0..<2 + (group * 3) % 5 { add(0, group < 7 * multiple ? 1 : 0, group, 0) }
            }
        case .crossed:
            for group in 0..<10 * multiple {
                for other in 0..<8 where (group * 5 + other * 3) % 7 > 1 { add(stream.nextNormal(), 0, group, other) }
            }
        case .nested:
            var plot = 0
            for site in 0..<9 * multiple {
                for position in 0..<2 + site % 3 {
                    for _ in 0..<1 + (plot * 3) % 4 {
                        add(stream.nextNormal(), position % 2 == 0 ? 1 : 0, plot, site)
                    }
                    plot += 1
                }
            }
        }
        return (x, t, g, h)
    }

    /// A fit to one simulated response; its parameters are the truth of all others.
    func fit(multiple: Int = 1) throws -> LinearMixedModelFit {
        let (x, t, g, h) = rows(multiple)
        var stream = RandomStream(seed: 1003)
        let count = 40 * multiple
        let first = stream.normals(count)
        let second = stream.normals(count)
        let slopes = stream.normals(count)
        let y = x.indices.map { row in
            let slope = self == .slopes ? 0.5 + 0.6 * slopes[g[row]] : 0.5
            return 2 + slope * x[row] + t[row] + 1.1 * first[g[row]] + 0.9 * second[h[row]] * (h[row] > 0 ? 1 : 0)
                + stream.nextNormal()
        }
        func factor(_ codes: [Int]) -> ColumnValues {
            .categorical(
                .init(
                    codes: codes.map(Int32.init), levels: (0...(codes.max() ?? 0)).map { "level \($0)" },
                    kind: .factor))
        }
        let table = try DataTable(columns: [
            Column("y", .double(y)), Column("x", .double(x)), Column("t", .double(t)), Column("g", factor(g)),
            Column("h", factor(h)),
        ])
        return try LinearMixedModel(formula, data: table).fit(threads: 1)
    }
}
