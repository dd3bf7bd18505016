// Complete, no and partial pooling side by side, as a table.

public import MixedInference
internal import MixedLinearAlgebra

extension ResultsReport {
    /// Complete, no and partial pooling, one row for each level and coefficient: `group, level, term, complete, none, partial,
    /// shrinkage, rows`.
    public init(_ comparison: PoolingComparison) {
        let (group, levels, terms) = (comparison.group, comparison.levels, comparison.terms)
        var cells: [[ReportTable.Cell]] = []
        for (level, name) in levels.enumerated() {
            for (term, column) in terms.enumerated() {
                cells.append([
                    .text(group), .text(name), .text(column), .number(comparison.complete[term]),
                    .number(comparison.none[level, term]),
                    .number(comparison.partial[level, term]), .number(comparison.shrinkage(level: level, term: term)),
                    .integer(comparison.rowCounts[level]),
                ])
            }
        }
        let table = ReportTable(
            columns: [
                .init("group", header: "Group", format: .text), .init("level", header: "Level", format: .text),
                .init("term", header: "Coefficient", format: .text),
                .init("complete", header: "Complete", format: .estimate()),
                .init("none", header: "None", format: .estimate()),
                .init("partial", header: "Partial", format: .estimate()),
                .init("shrinkage", header: "Shrinkage", format: .fixed(decimals: 3)),
                .init("rows", header: "Rows", format: .integer),
            ], rows: cells)
        let averages = ReportTable(
            columns: [
                .init("term", header: "Coefficient", format: .text),
                .init("complete", header: "Complete pooling", format: .estimate()),
                .init("average", header: "Average of the mixed model", format: .estimate()),
            ],
            rows: terms.indices.map {
                [.text(terms[$0]), .number(comparison.complete[$0]), .number(comparison.average[$0])]
            })
        self.init(
            title: "Pooling of the groups of '\(group)'",
            introduction: [
                "Complete pooling is one regression on all rows; no pooling is one regression for each group on its own rows; partial pooling is the mixed model."
            ], sections: [.init("rows", table), .init("averages", averages)], notes: comparison.sentences)
    }
}

extension PoolingComparison {
    /// What the numbers mean, and what is to be known about single groups.
    fileprivate var sentences: [String] {
        var notes = [
            "Shrinkage is the share of the way from a group's own estimate (none) to the average coefficient of the mixed model that partial pooling goes: 0 keeps the group's own estimate, 1 is the average."
        ]
        let outside = levels.indices.contains { level in
            terms.indices.contains { !(0...1).contains(shrinkage(level: level, term: $0)) && !none[level, $0].isNaN }
        }
        if outside, terms.count > 1 {
            notes.append(
                "Where coefficients vary together, one borrows from the other, and its shrinkage may lie outside 0 and 1."
            )
        }
        if !heldColumns.isEmpty {
            let names = heldColumns.map { "'\($0)'" }.joined(separator: ", ")
            notes.append(
                "Without pooling, the coefficients that do not vary between groups (\(names)) are held at the mixed model's estimates."
            )
        }
        let others = availableGroups.filter { $0 != group }
        if !others.isEmpty {
            let names = others.map { "'\($0)'" }.joined(separator: ", ")
            notes.append(
                "The effects of \(names) are left out of the separate regressions; --group compares another factor.")
        }
        let missing = undetermined
        for one in missing.prefix(5) {
            let names = one.terms.map { "'\($0)'" }.joined(separator: ", ")
            notes.append(
                "Group \(one.level) has \(one.rowCount) \(one.rowCount == 1 ? "row" : "rows"): its own \(names) cannot be estimated from \(one.rowCount == 1 ? "it" : "them") (NA); partial pooling takes it from the other groups."
            )
        }
        if missing.count > 5 {
            let rest = missing.count - 5
            notes.append(
                "So it is with \(rest) more \(rest == 1 ? "group" : "groups").")
        }
        return notes
    }
}
