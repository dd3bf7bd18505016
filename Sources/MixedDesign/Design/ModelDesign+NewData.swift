// Evaluating a design on a table it was not built from.

public import MixedTables
import MixedSyntax

/// Which parts of a design are evaluated on a table.
public struct FrameContents: OptionSet, Hashable, Sendable {
    /// One bit for each part.
    public let rawValue: Int

    /// The parts whose bits are set.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The response.
    public static let response = FrameContents(rawValue: 1)
    /// The precision weights.
    public static let weights = FrameContents(rawValue: 2)
    /// The grouping factors and the columns of their effects.
    public static let randomEffects = FrameContents(rawValue: 4)
    /// The sum of the offsets.
    public static let offset = FrameContents(rawValue: 8)
    /// The columns of the random effects without the grouping factors, which the table then need not have: every level is
    /// one that the design does not know.
    public static let randomColumns = FrameContents(rawValue: 16)

    /// Everything a fit needs.
    public static let all: FrameContents = [.response, .weights, .randomEffects, .offset]
    /// What predictions for groups need.
    public static let prediction: FrameContents = [.randomEffects, .offset]
}

extension ModelDesign {
    /// Evaluates the design on `table` with the levels, knots and means it was built with.
    ///
    /// Rows in which a needed value is missing are left out; a missing or unknown level of a grouping factor has the code
    /// -1 instead.
    ///
    /// - **Complexity:** O(rows × variables).
    /// - **Throws:** `DesignError` for a column that is not there or has another type, and for a level of a fixed factor
    ///   that the design does not know.
    public func frame(
        for table: DataTable, containing contents: FrameContents = .all
    ) throws(DesignError) -> ModelFrame {
        var evaluation = NewDataEvaluation(table: table)
        let needed = neededVariables(contents)
        var raw: [NewDataEvaluation.Values?] = []
        for (index, variable) in variables.enumerated() {
            raw.append(needed.contains(index) ? try evaluation.values(of: variable) : nil)
        }
        let response =
            try contents.contains(.response)
            ? evaluation.numbers(AuxiliaryVariable(expression: response, trained: responseTrained)) : nil
        var weights: [Double]?
        if contents.contains(.weights), let variable = self.weights { weights = try evaluation.numbers(variable) }
        var offset: [Double]?
        if contents.contains(.offset) {
            for variable in offsets {
                let values = try evaluation.numbers(variable)
                offset = offset.map { sum in zip(sum, values).map(+) } ?? values
            }
        }
        let hasCodes = contents.contains(.randomEffects)
        let groupings = hasCodes || contents.contains(.randomColumns) ? groupingFactors : []
        let codes = try groupings.map { factor throws(DesignError) in
            hasCodes ? try evaluation.codes(of: factor) : [Int32](repeating: -1, count: table.rowCount)
        }

        let kept = evaluation.keptRows
        let rows = UsedRows(count: kept?.count ?? table.rowCount, kept: kept)
        func select<Value>(_ values: [Value]) -> [Value] { kept.map { $0.map { values[$0] } } ?? values }
        var values: [FrameVariable] = []
        for (variable, rawValues) in zip(variables, raw) {
            switch (variable.kind, rawValues) {
            case (.basis(let basis), .numeric(let numbers)):
                let numbers = select(numbers)
                try rows.checkFinite(numbers, name: variable.name)
                values.append(.basis(basis.columns(at: numbers)))
            case (_, .numeric(let numbers)):
                let numbers = select(numbers)
                try rows.checkFinite(numbers, name: variable.name)
                values.append(.numeric(numbers))
            case (_, .categorical(let codes)): values.append(.categorical(select(codes)))
            case (_, nil): values.append(.numeric([]))
            }
        }
        let assembly = try FrameAssembly(variables: variables, values: values)
        if let response { try rows.checkFinite(select(response), name: responseName) }
        return ModelFrame(
            rowCount: rows.count, totalRowCount: table.rowCount, dropped: evaluation.dropped, keptRows: kept,
            response: response.map(select) ?? [], weights: weights.map(select), offset: offset.map(select),
            fixedColumns: fixedColumns.map(assembly.column),
            groupings: zip(groupings, codes).map { factor, codes in
                ModelFrame.Grouping(codes: select(codes), columns: factor.columns.map(assembly.column))
            })
    }

    /// The variables that some column to be evaluated is made of.
    private func neededVariables(_ contents: FrameContents) -> Set<Int> {
        var columns = fixedColumns
        if !contents.isDisjoint(with: [.randomEffects, .randomColumns]) {
            columns += groupingFactors.flatMap(\.columns)
        }
        return Set(columns.flatMap(\.parts).map(\.variable))
    }
}

extension DesignColumn.Part {
    /// The variable that the part is of.
    var variable: Int {
        switch self {
        case .value(let variable), .basis(let variable, _), .indicator(let variable, _), .contrast(let variable, _):
            variable
        }
    }
}

/// Collects the values of a design's variables on a new table, and the rows that miss one.
private struct NewDataEvaluation {
    enum Values {
        case numeric([Double])
        case categorical([Int32])
    }

    let table: DataTable
    private var isDropped: [Bool]
    private(set) var dropped: [DroppedRows] = []

    init(table: DataTable) {
        self.table = table
        isDropped = [Bool](repeating: false, count: table.rowCount)
    }

    /// The rows that miss nothing; `nil` for all.
    var keptRows: [Int]? {
        isDropped.contains(true) ? isDropped.indices.filter { !isDropped[$0] } : nil
    }

    private mutating func drop(_ rows: [Int], for name: String) {
        guard !rows.isEmpty else { return }
        for row in rows { isDropped[row] = true }
        if !dropped.contains(where: { $0.column == name }) {
            dropped.append(DroppedRows(column: name, count: rows.count))
        }
    }

    private func evaluate(_ stored: StoredExpression, _ trained: TrainedCalls) throws(DesignError) -> ColumnValues {
        try table.checkNames(of: stored)
        return try table.values(of: StoredExpression(try trained.applied(to: stored), source: stored.source))
    }

    mutating func values(of variable: DesignVariable) throws(DesignError) -> Values {
        switch variable.kind {
        case .numeric:
            return .numeric(
                try numbers(ModelDesign.AuxiliaryVariable(expression: variable.expression, trained: variable.trained)))
        case .basis:
            guard let call = try BasisCall(variable.expression) else { return .numeric([]) }
            return .numeric(
                try numbers(ModelDesign.AuxiliaryVariable(expression: call.argument, trained: variable.trained)))
        case .categorical(let levels, _):
            let values = try evaluate(variable.expression.ignoringRelevel, variable.trained)
            let factor = values.factor()
            let codes = factor.codes(amongLevels: levels)
            if let row = codes.firstIndex(of: CategoricalValues.unknown) {
                throw variable.unknownLevel(factor.levels[Int(factor.codes[row])], row: row + 1, levels: levels)
            }
            drop(codes.indices.filter { codes[$0] < 0 }, for: variable.name)
            return .categorical(codes)
        }
    }

    mutating func numbers(_ variable: ModelDesign.AuxiliaryVariable) throws(DesignError) -> [Double] {
        let values = try evaluate(variable.expression, variable.trained)
        guard let numbers = values.numbers else {
            if values.firstText == nil, case .categorical(let empty) = values {
                // A column that is missing throughout is read as text.
                drop(Array(empty.codes.indices), for: variable.expression.expression.description)
                return [Double](repeating: .nan, count: empty.codes.count)
            }
            throw DataTable.notNumeric(variable.expression, values)
        }
        drop(numbers.indices.filter { numbers[$0].isNaN }, for: variable.expression.expression.description)
        return numbers
    }

    /// The levels of a grouping factor; -1 where it is missing or unknown.
    func codes(of factor: GroupingFactorDesign) throws(DesignError) -> [Int32] {
        var parts: [[Int32]] = []
        for variable in factor.variables {
            let values = try evaluate(variable.expression.ignoringRelevel, variable.trained)
            parts.append(values.factor().codes(amongLevels: variable.levels))
        }
        if parts.count == 1 { return parts[0].map { max($0, -1) } }
        return (0..<table.rowCount).map { row in
            factor.level(of: parts.map { $0[row] })
        }
    }
}

extension DesignVariable {
    /// The error for a level of new data that the design does not know.
    func unknownLevel(_ level: String, row: Int, levels: [String]) -> DesignError {
        DesignError(
            .unknownLevel(variable: name, level: level, row: row),
            "'\(name)' has the level '\(level)' in row \(row), which the model does not know",
            hint: "its levels are \(levels.prefix(8).joined(separator: ", "))\(levels.count > 8 ? ", ..." : "")")
    }
}

extension GroupingFactorDesign {
    /// The level that consists of the given levels of the variables, or -1.
    ///
    /// - **Complexity:** O(log levels): the levels are in lexicographic order.
    func level(of parts: [Int32]) -> Int32 {
        var low = 0
        var high = levels.count
        while low < high {
            let middle = (low + high) / 2
            var comparison = 0
            for (variable, part) in parts.enumerated() where comparison == 0 {
                let other = levelParts[variable][middle]
                comparison = other < part ? -1 : (other > part ? 1 : 0)
            }
            if comparison == 0 { return Int32(middle) }
            if comparison < 0 { low = middle + 1 } else { high = middle }
        }
        return -1
    }
}

extension StoredExpression {
    /// `relevel(f, ref = "b")` as `f`: the order of the levels is the design's, and the reference may not occur in new data.
    var ignoringRelevel: StoredExpression {
        guard case .call(let function, let arguments) = expression.withoutParentheses.node,
            TableExpression.unqualified(function) == "relevel",
            let first = arguments.first(where: { $0.label == "x" }) ?? arguments.first(where: { $0.label == nil })
        else { return self }
        return StoredExpression(first.value, source: source).ignoringRelevel
    }
}
