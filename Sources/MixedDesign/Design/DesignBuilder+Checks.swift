// Checks on response, weights and offset, and what is remembered of the rows.

import MixedSyntax
import MixedTables

/// The rows of a table that a model uses.
struct UsedRows {
    let count: Int
    /// `nil` for all rows.
    let kept: [Int]?

    /// The number of a row as people count, from one, in the table.
    func number(of row: Int) -> Int { (kept?[row] ?? row) + 1 }

    /// Refuses infinite values.
    func checkFinite(_ values: [Double], name: String) throws(DesignError) {
        // Nothing times an infinite value is not a number, and adding keeps that.
        var sum = SIMD4<Double>.zero
        values.withUnsafeBytes { bytes in
            for row in stride(from: 0, to: values.count / 4 * 4, by: 4) {
                sum += 0 * bytes.loadUnaligned(fromByteOffset: row * 8, as: SIMD4<Double>.self)
            }
        }
        let isFinite = sum.sum() == 0 && values.suffix(values.count % 4).allSatisfy(\.isFinite)
        guard !isFinite, let row = values.firstIndex(where: { $0.isInfinite }) else { return }
        throw DesignError(
            .infiniteValue(name: name, row: number(of: row)),
            "'\(name)' is infinite in row \(number(of: row))", hint: "correct the value, or make it missing (NA)")
    }
}

extension DesignBuilder {
    /// Refuses a response that is text or a factor.
    func checkResponseType(_ response: EvaluatedVariable) throws(DesignError) {
        guard case .categorical = response.values else { return }
        guard let (row, value) = response.values.firstText else { return }
        throw DesignError(
            .responseNotNumeric(name: response.name, row: row + 1, value: value),
            "The response '\(response.name)' is text, not numbers: row \(row + 1) has '\(value)'",
            at: response.stored.expression.range, of: response.stored.source,
            hint: "correct the value, or declare it as missing")
    }

    /// The error when nothing is left.
    func noRows(_ missing: MissingRows, response: Int) -> DesignError {
        noRows(total: table.rowCount, dropped: missing.dropped, response: response)
    }

    /// The error when nothing is left of so many rows.
    func noRows(total: Int, dropped: [DroppedRows], response: Int) -> DesignError {
        let name = evaluated[response].name
        guard total > 0 else {
            return DesignError(.noRows(total: 0, dropped: []), "The table has no rows")
        }
        let columns = evaluated[response].stored.expression.variableNames + [name]
        if dropped.contains(where: { $0.count == total && columns.contains($0.column) }) {
            return DesignError(.responseMissing(name: name), "The response '\(name)' is missing in all \(total) rows")
        }
        let most = dropped.sorted { $0.count > $1.count }.prefix(4)
        let counts = most.map { "'\($0.column)' in \($0.count)" }.joined(separator: ", ")
        return DesignError(
            .noRows(total: total, dropped: dropped),
            "No row is left: each of the \(total) rows misses a value (\(counts))",
            hint: "leave out a column that is mostly missing")
    }

    /// The weights, all of which must be positive.
    func positiveWeights(_ index: Int, rows: UsedRows) throws(DesignError) -> [Double] {
        let weights = try numbers(index, rows: rows)
        guard let row = weights.firstIndex(where: { !($0 > 0) }) else { return weights }
        throw DesignError(
            .weightNotPositive(row: rows.number(of: row), value: weights[row]),
            "The weights '\(evaluated[index].name)' must be positive: row \(rows.number(of: row)) has \(RNumber.text(weights[row]))",
            hint: "leave out rows of weight zero")
    }

    /// The sum of the offsets.
    func summedOffsets(_ indices: [Int], rows: UsedRows) throws(DesignError) -> [Double]? {
        var total: [Double]?
        for index in indices {
            let values = try numbers(index, rows: rows)
            if var sum = total {
                for row in sum.indices { sum[row] += values[row] }
                total = sum
            } else {
                total = values
            }
        }
        return total
    }

    /// What is remembered of each variable of the terms that has a single column.
    func variableSummaries() -> [String: VariableSummary] {
        var result: [String: VariableSummary] = [:]
        for (variable, values) in zip(variables, variableValues) {
            switch values {
            case .numeric(let numbers): result[variable.name] = Self.summary(of: .double(numbers))
            case .categorical(let codes):
                result[variable.name] = .categorical(LevelSummary(levels: variable.levels ?? [], codes: codes))
            case .basis: break
            }
        }
        return result
    }

    /// What is remembered of each column that a term is computed from; `known` are the summaries of the variables.
    func columnSummaries(known: [String: VariableSummary], rows: UsedRows) -> [String: VariableSummary] {
        var result: [String: VariableSummary] = [:]
        for variable in variables {
            for name in variable.columnNames where result[name] == nil {
                if case .name(name) = variable.expression.expression.node, let summary = known[variable.name] {
                    result[name] = summary
                } else if let column = table[name] {
                    result[name] = Self.summary(of: column.values.selecting(rows.kept))
                }
            }
        }
        return result
    }

    /// A summary; none of numbers that are all missing or partly infinite.
    static func summary(of values: ColumnValues) -> VariableSummary? {
        switch values {
        case .double, .integer:
            let summary = NumericSummary(values.numbers ?? [])
            let isFinite = [summary.mean, summary.standardDeviation, summary.minimum, summary.maximum]
                .allSatisfy(\.isFinite)
            return isFinite ? .numeric(summary) : nil
        case .boolean, .categorical:
            let factor = values.factor()
            return .categorical(LevelSummary(levels: factor.levels, codes: factor.codes))
        }
    }
}
