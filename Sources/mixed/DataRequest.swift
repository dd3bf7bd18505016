// What the options ask of the data, parsed before anything is read, so that mistakes in them are found at once.

import MixedModels

/// The parsed data options and the steps they stand for.
struct DataRequest {
    private let options: DataOptions
    private let mutations: [(column: Assignment, expression: TableExpression)]
    private let conditions: [(source: String, expression: TableExpression)]
    private let factors: [String]
    private let levels: [(column: Assignment, levels: [String])]
    /// The coding of categorical variables.
    let contrasts: [String: ContrastCoding]

    /// Parses the options.
    ///
    /// - Throws: the first mistake in the text of an option.
    init(_ options: DataOptions) throws(CommandError) {
        self.options = options
        mutations = try options.mutations.map { text throws(CommandError) in try Self.mutation(text) }
        conditions = try options.conditions.map { text throws(CommandError) in
            (text, try Self.parsing("--where") { () throws(Diagnostic) in try TableExpression(parsing: text) })
        }
        var names: [String] = []
        for text in options.factors {
            names += try Self.parsing("--factor") { () throws(Diagnostic) in
                var scanner = ListScanner(text)
                return try scanner.items().map(\.text)
            }
        }
        factors = names
        levels = try options.levels.map { text throws(CommandError) in
            try Self.parsing("--levels") { () throws(Diagnostic) in
                let column = try Assignment(parsing: text, form: "'COLUMN=FIRST,SECOND,...'")
                return (column, try column.valueItems().map(\.text))
            }
        }
        var contrasts: [String: ContrastCoding] = [:]
        for text in options.contrasts {
            let (name, coding) = try Self.parsing("--contrasts") { () throws(Diagnostic) in try Self.contrast(text) }
            contrasts[name] = coding
        }
        self.contrasts = contrasts
    }

    /// The orders of levels that are given, by column.
    var levelOrders: [String: [String]] {
        Dictionary(levels.map { ($0.column.name, $0.levels) }, uniquingKeysWith: { $1 })
    }

    /// The options that only rows can be asked: all but contrasts and orders of levels.
    var rowOptions: [String] {
        var names: [String] = []
        if options.delimiter != nil { names.append("--delimiter") }
        if !options.missingCodes.isEmpty { names.append("--na") }
        if !mutations.isEmpty { names.append("--mutate") }
        if !conditions.isEmpty { names.append("--where") }
        if !factors.isEmpty { names.append("--factor") }
        return names
    }

    /// The columns that the options need, among them those that they compute.
    var columnNames: Set<String> {
        var names = Set(factors + levels.map(\.column.name) + contrasts.keys)
        for expression in mutations.map(\.expression) + conditions.map(\.expression) {
            names.formUnion(expression.variableNames)
        }
        return names
    }

    /// How the file is to be read: with the given columns, or with all for `nil`.
    func readingOptions(columns: Set<String>?) -> ReadingOptions {
        var reading = ReadingOptions(columns: columns?.union(columnNames), encoding: options.encoding.encoding)
        if let choice = options.delimiter { reading.delimiter = choice.delimiter }
        reading.missingCodes += options.missingCodes
        return reading
    }

    /// Whether what the steps do with a row depends on that row only, so that they can be taken part by part.
    var isRowwise: Bool {
        levels.isEmpty && (mutations.map(\.expression) + conditions.map(\.expression)).allSatisfy(\.isRowwise)
    }

    /// A part of the rows after all steps, which must be row by row.
    func preparedPart(_ part: DataTable) throws(CommandError) -> DataTable {
        var table = part
        for (column, expression) in mutations {
            table = try Self.parsing("--mutate") { () throws(Diagnostic) in
                try table.mutating(column.name, expression, source: column.source)
            }
        }
        for (source, expression) in conditions {
            table = try Self.parsing("--where") { () throws(Diagnostic) in
                try table.filtered(where: expression, source: source)
            }
        }
        for name in factors {
            table = try Self.converting("--factor") { () throws(TableError) in
                try table.convertingToFactor(name).table
            }
        }
        return table
    }

    /// The table after all steps.
    func prepared(_ table: DataTable) throws(CommandError) -> PreparedData {
        var table = table
        var rowNumbers: [Int]?
        for (column, expression) in mutations {
            table = try Self.parsing("--mutate") { () throws(Diagnostic) in
                try table.mutating(column.name, expression, source: column.source)
            }
        }
        for (source, expression) in conditions {
            let rows = try Self.rows(of: table, where: expression, source: source)
            guard !rows.isEmpty || table.rowCount == 0 else {
                throw CommandError("--where: none of the \(table.rowCount) rows meets the condition: \(source)")
            }
            table = table.selecting(rows: rows)
            rowNumbers = rowNumbers.map { numbers in rows.map { numbers[$0] } } ?? rows
        }
        var notes: [String] = []
        for name in factors {
            table = try Self.converting("--factor") { () throws(TableError) in try table.convertingToFactor(name).table
            }
        }
        for (column, names) in levels {
            let existing = table[column.name].map { $0.values.asCategorical() }
            let converted = try Self.converting("--levels") { () throws(TableError) in
                try table.convertingToFactor(column.name, levels: names)
            }
            table = converted.table
            notes += Self.notes(on: column.name, listed: names, existing: existing, unlisted: converted.unlisted)
        }
        return PreparedData(table: table, notes: notes, rowNumbers: rowNumbers)
    }

    /// The rows, counted from 0, in which the condition is true.
    private static func rows(
        of table: DataTable, where condition: TableExpression, source: String
    ) throws(CommandError) -> [Int] {
        // No column of a file can have this name.
        let name = "\0row"
        let numbered = try converting("--where") { () throws(TableError) in
            try table.replacing(Column(name, .integer(Array(0..<table.rowCount))))
        }
        let kept = try parsing("--where") { () throws(Diagnostic) in
            try numbered.filtered(where: condition, source: source)
        }
        guard case .integer(let rows)? = kept[name]?.values else { return [] }
        return rows
    }

    // MARK: Parsing

    private static func mutation(_ text: String) throws(CommandError) -> (Assignment, TableExpression) {
        try parsing("--mutate") { () throws(Diagnostic) in
            let form = "'NAME = EXPRESSION', as in 'z = log(x)'"
            let column = try Assignment(parsing: text, form: form)
            let isComparison = column.value.first == "=" || "<>!".contains(column.name.last ?? " ")
            guard !isComparison else {
                throw Diagnostic(
                    "This compares and computes no column", source: text, range: SourceRange(0, text.utf8.count),
                    hint: "write \(form)")
            }
            do throws(Diagnostic) {
                return (column, try TableExpression(parsing: column.valueInPlace))
            } catch {
                throw Diagnostic(error.message, source: text, range: error.range, hint: error.hint)
            }
        }
    }

    private static func contrast(_ text: String) throws(Diagnostic) -> (String, ContrastCoding) {
        let column = try Assignment(parsing: text, form: "'COLUMN=CODING'")
        guard let coding = ContrastCoding(named: column.value) else {
            throw Diagnostic(
                "I do not know the coding '\(column.value)'", source: text,
                range: SourceRange(column.valueOffset, text.utf8.count),
                hint: "there are \(ContrastCoding.names.joined(separator: ", "))")
        }
        return (column.name, coding)
    }

    /// Runs `body`; its diagnostics become errors of the option.
    private static func parsing<Result>(
        _ option: String, _ body: () throws(Diagnostic) -> Result
    ) throws(CommandError) -> Result {
        do { return try body() } catch { throw CommandError(option: option, error) }
    }

    private static func converting<Result>(
        _ option: String, _ body: () throws(TableError) -> Result
    ) throws(CommandError) -> Result {
        do { return try body() } catch { throw CommandError(option: option, error) }
    }

    // MARK: Notes

    /// What is to be said about a list of levels: values that are not on it, levels that no row has.
    private static func notes(
        on name: String, listed: [String], existing: CategoricalValues?, unlisted: [(value: String, count: Int)]
    ) -> [String] {
        var notes: [String] = []
        let count = unlisted.reduce(0) { $0 + $1.count }
        if count > 0 {
            let most = unlisted.sorted { $0.count > $1.count }
            let shown = most.prefix(5).map { "\"\($0.value)\": \($0.count)" }.joined(separator: ", ")
            notes.append(
                "--levels: \(count) \(count == 1 ? "value" : "values") of '\(name)' not among the levels given, now missing (\(shown)\(most.count > 5 ? ", ..." : ""))."
            )
        }
        let present = Set(existing?.levels ?? [])
        for level in listed where !present.contains(level) {
            let near = NameSuggestion.nearest(to: level, among: unlisted.map(\.value))
            let hint = near.map { " Did you mean \"\($0)\"?" } ?? ""
            notes.append("--levels: no row of '\(name)' has the level \"\(level)\".\(hint)")
        }
        return notes
    }
}

/// A table ready to be used, and what there is to say about how it came about.
struct PreparedData {
    var table: DataTable
    var notes: [String]
    /// For each row its number in what was read, counted from 0; `nil` where no rows were filtered.
    var rowNumbers: [Int]?

    /// A sentence that says which row of the file a row of the table is; `nil` where they are the same.
    func originalRow(of row: Int) -> String? {
        guard let rowNumbers, rowNumbers.indices.contains(row - 1) else { return nil }
        let place = table.origin.map { " of \($0)" } ?? ""
        return "row \(row) of those that --where keeps is row \(rowNumbers[row - 1] + 1)\(place)"
    }
}
