// Asking a column for single values, its missing values and a selection of its rows.

import MixedSyntax

extension ColumnValues {
    /// Whether the value of a row is missing.
    public func isMissing(at row: Int) -> Bool {
        switch self {
        case .double(let values): values[row].isNaN
        case .integer(let values): values[row] == Self.missingInteger
        case .boolean(let values): values[row] == Self.missingBoolean
        case .categorical(let values): values.codes[row] < 0
        }
    }

    /// How many values are missing.
    ///
    /// - **Complexity:** linear in the number of rows.
    public var missingCount: Int {
        switch self {
        case .double(let values): values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
        case .integer(let values): values.reduce(0) { $0 + ($1 == Self.missingInteger ? 1 : 0) }
        case .boolean(let values): values.reduce(0) { $0 + ($1 == Self.missingBoolean ? 1 : 0) }
        case .categorical(let values): values.codes.reduce(0) { $0 + ($1 < 0 ? 1 : 0) }
        }
    }

    /// The value of a row as R's `as.character` writes it, with up to 15 significant digits; `nil` when it is missing.
    public func text(at row: Int) -> String? {
        guard !isMissing(at: row) else { return nil }
        switch self {
        case .double(let values): return RNumber.text(values[row])
        case .integer(let values): return String(values[row])
        case .boolean(let values): return values[row] != 0 ? "TRUE" : "FALSE"
        case .categorical(let values): return values.levels[Int(values.codes[row])]
        }
    }

    /// The values as doubles; truth values are 0 and 1, missing values NaN.
    ///
    /// - Parameter name: what messages call the column.
    /// - Throws: `TableError.notNumeric` with the first value that is no number, for columns of text and factors.
    public func doubles(named name: String) throws(TableError) -> [Double] {
        switch self {
        case .double(let values): return values
        case .integer(let values): return values.map { $0 == Self.missingInteger ? .nan : Double($0) }
        case .boolean(let values): return values.map { $0 < 0 ? .nan : Double($0) }
        case .categorical(let values):
            let offending = values.firstRowWithoutNumber
            guard let row = offending ?? values.codes.firstIndex(where: { $0 >= 0 }) else {
                return Array(repeating: .nan, count: count)
            }
            throw .notNumeric(column: name, row: row + 1, value: text(at: row) ?? "NA")
        }
    }

    /// The values of the given rows, in that order.
    public func selecting(rows: [Int]) -> ColumnValues {
        switch self {
        case .double(let values): .double(rows.map { values[$0] })
        case .integer(let values): .integer(rows.map { values[$0] })
        case .boolean(let values): .boolean(rows.map { values[$0] })
        case .categorical(let values):
            .categorical(
                CategoricalValues(codes: rows.map { values.codes[$0] }, levels: values.levels, kind: values.kind))
        }
    }

    /// The one value as often as asked for.
    func repeated(_ count: Int) -> ColumnValues {
        switch self {
        case .double(let values): .double(Array(repeating: values.first ?? .nan, count: count))
        case .integer(let values): .integer(Array(repeating: values.first ?? Self.missingInteger, count: count))
        case .boolean(let values): .boolean(Array(repeating: values.first ?? Self.missingBoolean, count: count))
        case .categorical(let values):
            .categorical(
                CategoricalValues(
                    codes: Array(repeating: values.codes.first ?? CategoricalValues.missing, count: count),
                    levels: values.levels, kind: values.kind))
        }
    }

    /// A single text.
    static func text(_ value: String) -> ColumnValues {
        .categorical(CategoricalValues(codes: [0], levels: [value], kind: .text))
    }

    /// Texts, `nil` for missing ones, coded in order of first appearance.
    static func texts(_ values: [String?]) -> ColumnValues {
        var codeOfLevel: [String: Int32] = [:]
        var levels: [String] = []
        let codes = values.map { value -> Int32 in
            guard let value else { return CategoricalValues.missing }
            if let code = codeOfLevel[value] { return code }
            let code = Int32(truncatingIfNeeded: levels.count)
            codeOfLevel[value] = code
            levels.append(value)
            return code
        }
        return .categorical(CategoricalValues(codes: codes, levels: levels, kind: .text))
    }
}

extension CategoricalValues {
    /// The first row whose text is no number, or `nil`.
    var firstRowWithoutNumber: Int? {
        let isNumber = levels.map { NumberText.value($0) != nil }
        return codes.firstIndex { $0 >= 0 && !isNumber[Int($0)] }
    }
}

/// Numbers that stand in text.
enum NumberText {
    /// The number that the text is, blanks around it aside, as R's `as.numeric` reads it.
    static func value(_ text: String) -> Double? {
        var bytes = Array(text.utf8)
        while let last = bytes.last, NumberScanner.isBlank(last) { bytes.removeLast() }
        let start = bytes.firstIndex { !NumberScanner.isBlank($0) } ?? bytes.count
        return bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, start < buffer.count else { return nil }
            let (number, end) = NumberScanner(base: base, decimalMark: 0x2E).scan(from: start, to: buffer.count)
            guard end == buffer.count else { return nil }
            switch number {
            case .integer(let value): return Double(value)
            case .real(let value), .hugeInteger(let value): return value
            case .none: return nil
            }
        }
    }
}
