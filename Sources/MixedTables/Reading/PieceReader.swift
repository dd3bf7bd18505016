// Reading a piece of a file, from one record to another, into typed columns.

/// What all pieces of a file have in common.
struct PieceContext {
    var scanner: FieldScanner
    var numbers: NumberScanner
    var missing: MissingCodes
    /// How many fields every record has.
    var fieldCount: Int
    /// Whether each record ends with a delimiter too many, so that its last field is always empty.
    var hasTrailingDelimiter: Bool
}

/// The fields that stand for missing values.
struct MissingCodes {
    private let codes: [[UInt8]]
    /// A bit for every length that a code has; lengths from 63 on share one.
    private let lengths: UInt64
    /// Whether a code is a number, so that numbers must be compared with the codes before they count.
    let hasNumbers: Bool

    init(_ texts: [String]) {
        codes = texts.map { Array($0.utf8) }
        lengths = codes.reduce(0) { $0 | 1 << UInt64(min($1.count, 63)) }
        hasNumbers = codes.contains { code in
            code.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return false }
                for mark: UInt8 in [0x2E, 0x2C] {
                    if case .none = NumberScanner(base: base, decimalMark: mark).scan(from: 0, to: buffer.count).number
                    {
                        continue
                    }
                    return true
                }
                return false
            }
        }
    }

    @inline(__always)
    func contains(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard lengths >> UInt64(min(end - start, 63)) & 1 == 1 else { return false }
        return search(base, start, end)
    }

    private func search(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        codes.contains { $0.elementsEqual(UnsafeBufferPointer(start: base + start, count: end - start)) }
    }
}

/// What is wrong with a record, before it is known on which line it stands.
enum PieceError: Error {
    case ragged(record: Int, row: Int, found: Int)
    case unterminatedQuote(offset: Int)
}

/// A piece of a file, read.
///
/// The pieces of a file are independent of each other but for the kinds of their columns, which `TableAssembler` unites;
/// they could be read by several threads. The object owns the memory of its columns.
final class Piece {
    let start: Int
    private(set) var end: Int
    private(set) var rowCount = 0
    private(set) var columns: [ColumnStore]

    /// Reads the records that begin in `start..<limit`.
    ///
    /// - Parameter kinds: `skipped`, `unknown`, or `text` for columns that are known to be text.
    init(_ context: PieceContext, from start: Int, until limit: Int, kinds: [StoredKind]) throws(PieceError) {
        self.start = start
        end = start
        let capacity = max(16, min((limit - start) / max(2, kinds.count * 3), 1 << 20))
        columns = kinds.map { ColumnStore(kind: $0, capacity: capacity) }
        var reader = PieceReader(context: context, columns: columns, capacity: capacity)
        columns = []
        defer {
            columns = reader.columns
            rowCount = reader.rowCount
        }
        end = try reader.read(from: start, until: limit)
    }

    deinit {
        for index in columns.indices { columns[index].release() }
    }

    /// Takes the columns of `other`, the same piece read again, that it holds as text.
    func adoptText(from other: Piece) {
        for index in columns.indices where other.columns[index].kind == .text {
            columns[index].release()
            swap(&columns[index], &other.columns[index])
        }
    }

    /// Gives back the memory of a column that has been copied.
    func release(column: Int) { columns[column].release() }
}

/// The loop over records and fields.
private struct PieceReader {
    let context: PieceContext
    var columns: [ColumnStore]
    var capacity: Int
    var rowCount = 0

    mutating func read(from start: Int, until limit: Int) throws(PieceError) -> Int {
        let scanner = context.scanner
        let numbers = context.numbers
        let base = scanner.base
        let last = context.fieldCount - 1
        let parsesFirst = !context.missing.hasNumbers
        var offset = scanner.startOfRecord(start)
        while offset < limit {
            if rowCount == capacity { grow() }
            let record = offset
            for index in 0...last {
                let kind = index < columns.count ? columns[index].kind : .skipped
                var next = offset
                var endsRecord = false
                var isDone = false
                if kind == .integer || kind == .double, parsesFirst {
                    // Most fields are numbers, quoted or not, and nothing else: read in one go.
                    let isQuoted = base[min(offset, scanner.count - 1)] == 0x22
                    var (number, end) = numbers.scan(from: isQuoted ? offset + 1 : offset, to: scanner.count)
                    if isQuoted {
                        if end < scanner.count, base[end] == 0x22 { end += 1 } else { number = .none }
                    }
                    if end == scanner.count || scanner.isDelimiter(base[end]) || scanner.isLineEnd(base[end]) {
                        switch number {
                        case .integer(let value):
                            if kind == .integer {
                                columns[index].setInteger(value, rowCount)
                            } else {
                                columns[index].setDouble(Double(value), rowCount)
                            }
                            isDone = true
                        case .real(let value) where kind == .double:
                            columns[index].setDouble(value, rowCount)
                            columns[index].hasReals = true
                            isDone = true
                        default: break
                        }
                        if isDone { (next, endsRecord) = scanner.afterField(at: end) }
                    }
                }
                if !isDone {
                    let field = scanner.field(at: offset)
                    if field.isUnterminated { throw .unterminatedQuote(offset: field.start - 1) }
                    if kind == .text, !field.hasEscapes, !context.missing.contains(base, field.start, field.end) {
                        let code = columns[index].dictionary.code(
                            base: base, start: field.textStart, length: field.textEnd - field.textStart,
                            limit: scanner.count)
                        columns[index].setCode(code, rowCount)
                    } else if kind != .skipped, kind != .failed {
                        store(field, in: index)
                    } else if context.hasTrailingDelimiter, index == last, field.end > field.start {
                        throw .ragged(record: record, row: rowCount, found: last + 1)
                    }
                    next = field.next
                    endsRecord = field.endsRecord
                }
                offset = next
                if endsRecord != (index == last) {
                    // A last record without its trailing delimiter, where the others have one, is complete.
                    if endsRecord, index == last - 1, context.hasTrailingDelimiter { break }
                    throw .ragged(record: record, row: rowCount, found: scanner.record(at: record).fields.count)
                }
            }
            rowCount += 1
            offset = scanner.startOfRecord(offset)
        }
        return offset
    }

    private mutating func grow() {
        capacity *= 2
        for index in columns.indices { columns[index].grow(to: capacity, keeping: rowCount) }
    }

    /// Stores a field whose kind may change that of its column.
    @inline(never)
    private mutating func store(_ field: Field, in index: Int) {
        if field.hasEscapes {
            let text = context.scanner.contents(field)
            text.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return columns[index].setMissing(rowCount) }
                store(base, 0, buffer.count, field: field, text: text, in: index)
            }
        } else {
            store(context.scanner.base, field.start, field.end, field: field, text: nil, in: index)
        }
    }

    private mutating func store(
        _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, field: Field, text: [UInt8]?, in index: Int
    ) {
        let kind = columns[index].kind
        if context.missing.contains(base, start, end) { return columns[index].setMissing(rowCount) }
        if kind == .text { return storeText(field, text, in: index) }

        var first = start
        var last = end
        while first < last, NumberScanner.isBlank(base[first]) { first += 1 }
        while last > first, NumberScanner.isBlank(base[last - 1]) { last -= 1 }
        // Blank fields, and quoted codes with blanks around them: missing among numbers, but text among text.
        if first == last || context.missing.contains(base, first, last) {
            columns[index].hasAmbiguousBlanks = true
            return columns[index].setMissing(rowCount)
        }
        if kind == .unknown || kind == .boolean, let truth = Self.truth(base, first, last) {
            if kind == .unknown { columns[index].become(.boolean, at: rowCount) }
            return columns[index].setBoolean(truth, rowCount)
        }
        if kind == .boolean { return columns[index].fail() }

        let scanned = NumberScanner(base: base, decimalMark: context.numbers.decimalMark).scan(from: first, to: last)
        let number: ScannedNumber = scanned.end == last ? scanned.number : .none
        switch number {
        case .integer(let value):
            if kind == .unknown { columns[index].become(.integer, at: rowCount) }
            if kind == .double {
                columns[index].setDouble(Double(value), rowCount)
            } else {
                columns[index].setInteger(value, rowCount)
            }
        case .real(let value), .hugeInteger(let value):
            if kind == .unknown { columns[index].become(.double, at: rowCount) }
            if kind == .integer { columns[index].promoteToDouble(rows: rowCount) }
            columns[index].setDouble(value, rowCount)
            if case .real = number {
                columns[index].hasReals = true
            } else {
                columns[index].hasHugeIntegers = true
            }
        case .none:
            if kind == .unknown, !columns[index].hasAmbiguousBlanks {
                columns[index].become(.text, at: rowCount)
                storeText(field, text, in: index)
            } else {
                columns[index].fail()
            }
        }
    }

    private mutating func storeText(_ field: Field, _ text: [UInt8]?, in index: Int) {
        let base = context.scanner.base
        let code: Int32
        if let text {
            code = columns[index].dictionary.code(text: text, base: base, fieldStart: field.start)
        } else {
            code = columns[index].dictionary.code(
                base: base, start: field.textStart, length: field.textEnd - field.textStart,
                limit: context.scanner.count)
        }
        columns[index].setCode(code, rowCount)
    }

    /// `TRUE` and `FALSE` as R spells them.
    private static func truth(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Bool? {
        guard end - start <= 5 else { return nil }
        switch String(decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self) {
        case "TRUE", "true", "True", "T": return true
        case "FALSE", "false", "False", "F": return false
        default: return nil
        }
    }
}
