// The loop over the records and fields of a piece.

/// Reads records into typed columns.
struct RecordReader {
    let context: PieceContext
    let scanner: FieldScanner
    /// Whether the bytes at hand reach the end of the text.
    let isAtEnd: Bool
    var capacity: Int
    var rowCount = 0

    init(context: PieceContext, scanner: FieldScanner, isAtEnd: Bool, capacity: Int) {
        self.context = context
        self.scanner = scanner
        self.isAtEnd = isAtEnd
        self.capacity = capacity
    }

    typealias Columns = UnsafeMutableBufferPointer<ColumnStore>

    /// How long to wait before plain records are looked for again, where there are few of them.
    private struct Patience {
        private var pause = 0
        private var left = 0
        /// Fewer in a row are not worth the search.
        private static let fewest = 4
        private static let longestPause = 256

        /// Whether to look for plain records now; asked once for each record.
        var mayTry: Bool {
            mutating get {
                if left == 0 { return true }
                left -= 1
                return false
            }
        }

        /// Notes how many were found.
        mutating func note(_ count: Int) {
            pause = count >= Self.fewest ? 0 : min(max(1, 2 * pause), Self.longestPause)
            left = pause
        }
    }

    /// Reads the records that begin before `limit`.
    ///
    /// - Returns: Where the next record begins.
    mutating func read(from start: Int, until limit: Int, into columns: Columns) throws(PieceError) -> Int {
        let scanner = scanner
        let numbers = NumberScanner(base: scanner.base, decimalMark: context.dialect.decimalMark)
        let base = scanner.base
        let last = context.fieldCount - 1
        let parsesFirst = !context.missing.hasNumbers
        let plain = PlainRecordReader(context, scanner)
        var patience = Patience()
        var offset = scanner.startOfRecord(start)
        while offset < limit {
            if rowCount == capacity { grow(columns, from: start, at: offset, until: limit) }
            if let plain, patience.mayTry {
                let before = rowCount
                offset = plain.read(from: offset, until: limit, row: &rowCount, capacity: capacity, into: columns)
                patience.note(rowCount - before)
                offset = scanner.startOfRecord(offset)
                // What stopped it is read below, by all the rules.
                if offset >= limit { break }
                if rowCount == capacity { continue }
            }
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
                    if field.isUnterminated {
                        guard isAtEnd else { throw .incomplete }
                        throw .unterminatedQuote(offset: field.start - 1)
                    }
                    if kind == .text, !field.hasEscapes, !context.missing.contains(base, field.start, field.end) {
                        let code = columns[index].dictionary.code(
                            of: base + field.textStart, length: field.textEnd - field.textStart,
                            readable: scanner.count - field.textStart, fieldStart: field.start)
                        columns[index].setCode(code, rowCount)
                    } else if kind != .skipped, kind != .failed {
                        store(field, in: index, of: columns)
                    } else if context.hasTrailingDelimiter, index == last, field.end > field.start {
                        throw ragged(record, found: last + 1)
                    }
                    next = field.next
                    endsRecord = field.endsRecord
                }
                offset = next
                if endsRecord != (index == last) {
                    // A last record without its trailing delimiter, where the others have one, is complete.
                    if endsRecord, index == last - 1, context.hasTrailingDelimiter { break }
                    throw ragged(record, found: nil)
                }
            }
            // A CR that the bytes end with may be followed by its LF.
            if offset + 1 >= scanner.count, !isAtEnd { throw .incomplete }
            rowCount += 1
            offset = scanner.startOfRecord(offset)
            if offset >= scanner.count, !isAtEnd { throw .incomplete }
        }
        return offset
    }

    /// The error of a record with too few or too many fields, if it is all there.
    private func ragged(_ record: Int, found: Int?) -> PieceError {
        let (fields, next) = scanner.record(at: record)
        if next + 1 >= scanner.count, !isAtEnd { return .incomplete }
        return .ragged(record: record, row: rowCount, found: found ?? fields.count)
    }

    /// Makes room for as many rows as the records so far suggest.
    private mutating func grow(_ columns: Columns, from start: Int, at offset: Int, until limit: Int) {
        let share = Double(limit - start) / Double(max(offset - start, 1))
        capacity = max(capacity + capacity / 8 + 16, Int(min(1.02 * share, 16) * Double(rowCount)) + 16)
        for index in columns.indices { columns[index].grow(to: capacity, keeping: rowCount) }
    }

    /// Stores a field whose kind may change that of its column.
    @inline(never)
    private func store(_ field: Field, in index: Int, of columns: Columns) {
        if field.hasEscapes {
            scanner.contents(field).withUnsafeBufferPointer { text in
                guard let base = text.baseAddress else { return columns[index].setMissing(rowCount) }
                store(base, 0, text.count, text: 0, text.count, readable: text.count, field, in: index, of: columns)
            }
        } else {
            store(
                scanner.base, field.start, field.end, text: field.textStart, field.textEnd, readable: scanner.count,
                field, in: index, of: columns)
        }
    }

    private func store(
        _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int, text textStart: Int, _ textEnd: Int, readable: Int,
        _ field: Field, in index: Int, of columns: Columns
    ) {
        let kind = columns[index].kind
        func storeText() {
            let code = columns[index].dictionary.code(
                of: base + textStart, length: textEnd - textStart, readable: readable - textStart,
                fieldStart: field.start)
            columns[index].setCode(code, rowCount)
        }
        if context.missing.contains(base, start, end) { return columns[index].setMissing(rowCount) }
        if kind == .text { return storeText() }

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

        let scanned = NumberScanner(base: base, decimalMark: context.dialect.decimalMark).scan(from: first, to: last)
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
                storeText()
            } else {
                columns[index].fail()
            }
        }
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
