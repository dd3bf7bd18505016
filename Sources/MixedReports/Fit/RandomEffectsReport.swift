// The random effects of a fit, level by level.

public import LinearMixedModels
internal import MixedLinearAlgebra

/// The conditional modes of the random effects with their conditional standard deviations, as R's `ranef`.
public struct RandomEffectsReport: Sendable {
    public let fit: LinearMixedModelFit
    /// One row for each group, level and effect: `group, level, term, estimate, std.error`.
    public let table: ReportTable

    /// What has to be said beside the table.
    public var notes: [String] {
        guard fit.computation.isIterative else { return [] }
        return [
            "Standard errors of random effects need a factorisation, which an iterative fit does without; they are there when the model is fitted with --solver exact."
        ]
    }

    /// - Complexity: O(levels × effects), and a selected inverse for the standard deviations.
    public init(_ fit: LinearMixedModelFit) {
        self.fit = fit
        var rows: [[ReportTable.Cell]] = []
        rows.reserveCapacity(fit.randomEffects.reduce(0) { $0 + $1.levels.count * $1.columnNames.count })
        let deviations = fit.hasRandomEffects ? fit.conditionalStandardDeviations() : []
        for (effects, deviation) in zip(fit.randomEffects, deviations) {
            for (column, term) in effects.columnNames.enumerated() {
                for (level, name) in effects.levels.enumerated() {
                    rows.append([
                        .text(effects.group), .text(name), .text(term), .number(effects.values[level, column]),
                        .number(deviation[level, column]),
                    ])
                }
            }
        }
        table = ReportTable(
            columns: [
                .init("group", header: "Group", format: .text), .init("level", header: "Level", format: .text),
                .init("term", header: "Effect", format: .text),
                .init("estimate", header: "Estimate", format: .estimate()),
                .init("std.error", header: "Std. error", format: .estimate()),
            ], rows: rows)
    }

    /// The object `{"rows": [...]}`.
    public func json() -> JSONValue { ["rows": table.json()] }

    /// The report in a format, ending in a newline; every level is shown.
    public func rendered(as format: ReportFormat) -> String {
        guard fit.hasRandomEffects || format == .json || format == .csv else {
            return NoRandomEffects.sentence(for: format)
        }
        return switch format {
        case .text: ([table.text()] + notes.map { $0 + "\n" }).joined(separator: "\n")
        case .json: json().text(.pretty) + "\n"
        case .csv: table.csv(lineEnding: "\n")
        case .markdown: table.markdown()
        case .html: table.html()
        case .latex: table.latex()
        }
    }
}

/// What stands where a model without random terms has nothing to show.
enum NoRandomEffects {
    static func sentence(for format: ReportFormat) -> String {
        let sentence = "The model has no random effects."
        return format == .html ? "<p>\(sentence)</p>\n" : sentence + "\n"
    }
}
