// The coefficients of each group: fixed and random effects together.

public import LinearMixedModels
internal import MixedLinearAlgebra

/// The coefficients of every level, as R's `coef` of a mixed model.
public struct GroupCoefficientsReport: Sendable {
    public let fit: LinearMixedModelFit
    private let groups: [GroupEffects]

    /// - Complexity: O(levels × coefficients).
    public init(_ fit: LinearMixedModelFit) {
        self.fit = fit
        groups = fit.hasRandomEffects ? fit.groupCoefficients() : []
    }

    /// One row for each group, level and coefficient: `group, level, term, estimate`. For a linear model, one row for each
    /// coefficient.
    public var table: ReportTable {
        var rows: [[ReportTable.Cell]] = []
        for effects in groups {
            for (column, term) in effects.columnNames.enumerated() {
                for (level, name) in effects.levels.enumerated() {
                    rows.append([
                        .text(effects.group), .text(name), .text(term), .number(effects.values[level, column]),
                    ])
                }
            }
        }
        if !fit.hasRandomEffects {
            rows = zip(fit.coefficientNames, fit.coefficients).map { [.missing, .missing, .text($0), .number($1)] }
        }
        return ReportTable(
            columns: [
                .init("group", header: "Group", format: .text), .init("level", header: "Level", format: .text),
                .init("term", header: "Coefficient", format: .text),
                .init("estimate", header: "Estimate", format: .estimate()),
            ], rows: rows)
    }

    /// For each grouping factor a table with one row a level and one column a coefficient.
    var wideTables: [ReportTable] {
        guard fit.hasRandomEffects else {
            return [
                ReportTable(
                    columns: [
                        .init("term", header: "Coefficient", format: .text),
                        .init("estimate", header: "Estimate", format: .estimate()),
                    ], rows: zip(fit.coefficientNames, fit.coefficients).map { [.text($0), .number($1)] })
            ]
        }
        return groups.map { effects in
            ReportTable(
                title: "Coefficients by \(effects.group)",
                columns: [.init("level", header: effects.group, format: .text)]
                    + effects.columnNames.map { .init($0, format: .estimate()) },
                rows: effects.levels.enumerated().map { level, name in
                    [.text(name)]
                        + effects.columnNames.indices.map { .number(effects.values[level, $0]) }
                })
        }
    }

    /// The object `{"rows": [...]}`.
    public func json() -> JSONValue { ["rows": table.json()] }

    /// The report in a format, ending in a newline; every level is shown.
    public func rendered(as format: ReportFormat) -> String {
        switch format {
        case .text: wideTables.map { $0.text(width: 100) }.joined(separator: "\n")
        case .json: json().text(.pretty) + "\n"
        case .csv: table.csv(lineEnding: "\n")
        case .markdown: wideTables.map { $0.markdown() }.joined(separator: "\n")
        case .html: wideTables.map { $0.html() }.joined(separator: "\n")
        case .latex: wideTables.map { $0.latex() }.joined(separator: "\n")
        }
    }
}
