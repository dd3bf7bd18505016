// Text: its length, its case, and putting it together.

import MixedSyntax

enum TextFunctions {
    static let all: [TableFunction] = [
        TableFunction("nchar", ["x"]) { (call) throws(Diagnostic) in
            let text = try call.values("x").asText()
            let lengths = text.levels.map { $0.unicodeScalars.count }
            return .integer(text.codes.map { $0 < 0 ? ColumnValues.missingInteger : lengths[Int($0)] })
        },
        mapping("toupper") { $0.uppercased() },
        mapping("tolower") { $0.lowercased() },
        TableFunction("paste", ["...", "sep"]) { (call) throws(Diagnostic) in
            try paste(call, separator: call.texts("sep")?.first ?? " ")
        },
        TableFunction("paste0", ["..."]) { (call) throws(Diagnostic) in try paste(call, separator: "") },
    ]

    /// A function of single texts, applied once to each level.
    static func mapping(_ name: String, _ function: @escaping @Sendable (String) -> String) -> TableFunction {
        TableFunction(name, ["x"]) { (call) throws(Diagnostic) in
            let text = try call.values("x").asText()
            let levels = text.levels.map(function)
            return .texts(text.codes.map { $0 < 0 ? nil : levels[Int($0)] })
        }
    }

    /// Joins the texts of each row; a missing value is the text `NA`, as in R.
    private static func paste(_ call: FunctionCall, separator: String) throws(Diagnostic) -> ColumnValues {
        let parts = try call.restOperands().filter { $0.count > 0 }
        let count = parts.map(\.count).max() ?? 0
        for part in parts where part.count != count && part.count != 1 {
            throw call.error("'\(call.function.name)' is given \(part.count) and \(count) values")
        }
        return .texts(
            (0..<count).map { row in
                parts.map { $0.values.text(at: $0.count == 1 ? 0 : row) ?? "NA" }.joined(separator: separator)
            })
    }
}
