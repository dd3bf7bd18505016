// Predictions beside the rows they are for.

public import MixedInference
public import MixedTables

/// The rows of a table with their predictions: the columns of the table, then `.fitted, .se.fit, .lower, .upper`, as far as
/// they were asked for.
public struct PredictionReport: Sendable {
    public let predictions: Predictions
    /// The table with the predictions as columns; one of that name in the table is replaced.
    public let data: DataTable

    /// - Throws: `TableError` when the predictions are not those of the table.
    public init(_ predictions: Predictions, for table: DataTable) throws(TableError) {
        self.predictions = predictions
        let columns = [
            (".fitted", Optional(predictions.fitted)), (".se.fit", predictions.standardErrors),
            (".lower", predictions.lowerLimits), (".upper", predictions.upperLimits),
        ]
        var data = table
        for (name, values) in columns {
            if let values { data = try data.replacing(Column(name, .double(values))) }
        }
        self.data = data
    }

    /// The report in a format, ending in a newline; every row is shown.
    public func rendered(as format: ReportFormat, width: Int = 80) -> String {
        if format == .csv, let bytes = try? data.delimitedText() { return String(decoding: bytes, as: UTF8.self) }
        return report.rendered(as: format, width: width)
    }

    /// The table with the sentences that belong to it.
    private var report: ResultsReport {
        let precision = ReportTable.Format.precision(of: predictions.standardErrors ?? [])
        let columns = data.columns.map { column in
            ReportTable.Column(
                column.name, header: Self.headers[column.name],
                format: Self.headers[column.name] == nil ? Self.format(of: column) : precision)
        }
        let rows = (0..<data.rowCount).map { row in data.columns.map { Self.cell($0.values, row) } }
        return ResultsReport(
            title: "Predictions",
            introduction: predictions.sentences.filter { !predictions.remarks.contains($0) },
            sections: [.init("rows", ReportTable(columns: columns, rows: rows))], notes: predictions.remarks,
            details: [
                .init("level", .string(predictions.level.rawValue)),
                .init("interval", .string(predictions.interval.rawValue)),
            ]
                + (predictions.interval == .none ? [] : [.init("confidence", .number(predictions.confidence))]))
    }

    private static let headers = [
        ".fitted": "Prediction", ".se.fit": "Std. error", ".lower": "Lower", ".upper": "Upper",
    ]

    private static func format(of column: Column) -> ReportTable.Format {
        switch column.values {
        case .integer: return .integer
        case .boolean, .categorical: return .text
        case .double(let values):
            // As many decimals as the numbers have, up to four.
            let decimals = (0..<4).first { places in
                let scale = [1.0, 10, 100, 1000][places]
                return values.allSatisfy { !$0.isFinite || ($0 * scale).rounded() == $0 * scale }
            }
            return .fixed(decimals: decimals ?? 4)
        }
    }

    private static func cell(_ values: ColumnValues, _ row: Int) -> ReportTable.Cell {
        if values.isMissing(at: row) { return .missing }
        return switch values {
        case .double(let values): .number(values[row])
        case .integer(let values): .integer(values[row])
        case .boolean(let values): .boolean(values[row] != 0)
        case .categorical(let values): .text(values.levels[Int(values.codes[row])])
        }
    }
}
