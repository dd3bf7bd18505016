// The loop over plain records, which are nearly all records of nearly all files: no quotes, no blanks around fields.
//
// Eight bytes are looked at together, so that the length of a field costs no branch that the processor guesses wrong. The
// codes of texts are looked up a block of rows later, when their places in the dictionary have come from memory.
// Whatever is not plain is left to `RecordReader`, which knows every rule and gives the same values.

/// Reads records whose fields are numbers, texts or missing values without quotes and blanks around them.
struct PlainRecordReader {
    /// How the fields of a column are read.
    private enum Reading {
        case skipped
        /// Only missing values so far.
        case missing
        case boolean
        case integer
        case double
        case text
    }

    /// A column and its memory, which stays where it is as long as plain records are read.
    private struct PlainColumn {
        var reading: Reading
        var memory: UnsafeMutableRawPointer?
        var hasReals: Bool
        /// Where the texts of a block wait for their codes.
        var waiting: UnsafeMutablePointer<WaitingText>
        /// Finds the texts that are known.
        var lookup: LevelLookup
    }

    /// A text whose code has not been looked up.
    private struct WaitingText {
        /// Its bytes, if there are fewer than eight.
        var word: UInt64
        var start: Int
        var end: Int
    }

    /// Rows whose texts wait together.
    private static let blockSize = 32

    private let scanner: FieldScanner
    private let missing: MissingCodes
    private let numbers: PlainNumberScanner
    private let base: UnsafePointer<UInt8>
    private let delimiterWord: UInt64
    private let fieldCount: Int

    /// So many bytes after the beginning of a field may be looked at.
    private static let margin = 48

    /// A reader of these records, or `nil` where none of them is plain.
    init?(_ context: PieceContext, _ scanner: FieldScanner) {
        guard !scanner.isWhitespace, !context.missing.hasNumbers, !context.hasTrailingDelimiter,
            scanner.delimiter != context.dialect.decimalMark, scanner.delimiter != 0x2D,
            scanner.delimiter &- 0x30 > 9
        else { return nil }
        self.scanner = scanner
        missing = context.missing
        base = scanner.base
        delimiterWord = ByteWord.repeated(scanner.delimiter)
        numbers = PlainNumberScanner(
            base: scanner.base, delimiter: scanner.delimiter, decimalMark: context.dialect.decimalMark)
        fieldCount = context.fieldCount
    }

    /// Reads records as long as they are plain and begin before `limit`.
    ///
    /// - Parameters:
    ///   - row: The row of the first record; afterwards of the next one.
    ///   - capacity: Rows that the columns have room for.
    /// - Returns: Where the next record begins, or the blank lines before it.
    func read(
        from start: Int, until limit: Int, row: inout Int, capacity: Int, into columns: RecordReader.Columns
    ) -> Int {
        withUnsafeTemporaryAllocation(of: WaitingText.self, capacity: fieldCount * Self.blockSize) { waiting in
            withUnsafeTemporaryAllocation(of: PlainColumn.self, capacity: fieldCount) { plain in
                guard let texts = waiting.baseAddress else { return start }
                for index in 0..<fieldCount {
                    plain[index] = Self.plainColumn(index, of: columns, waiting: texts + index * Self.blockSize)
                }
                var offset = start
                var isPlain = true
                while isPlain, offset < limit, row < capacity {
                    let first = row
                    let last = min(row + Self.blockSize, capacity)
                    while offset < limit, row < last {
                        guard let next = record(at: offset, row, row - first, plain, columns) else {
                            isPlain = false
                            break
                        }
                        offset = next
                        row += 1
                    }
                    for index in columns.indices where plain[index].reading == .text {
                        lookUp(first..<row, &plain[index], in: &columns[index].dictionary)
                    }
                }
                for index in columns.indices where plain[index].hasReals { columns[index].hasReals = true }
                return offset
            }
        }
    }

    private static func plainColumn(
        _ index: Int, of columns: RecordReader.Columns, waiting: UnsafeMutablePointer<WaitingText>
    ) -> PlainColumn {
        guard index < columns.count else {
            return PlainColumn(
                reading: .skipped, memory: nil, hasReals: false, waiting: waiting, lookup: LevelSlots.empty.lookup)
        }
        let reading: Reading =
            switch columns[index].kind {
            case .skipped, .failed: .skipped
            case .unknown: .missing
            case .boolean: .boolean
            case .integer: .integer
            case .double: .double
            case .text: .text
            }
        return PlainColumn(
            reading: reading, memory: columns[index].memory, hasReals: false, waiting: waiting,
            lookup: columns[index].dictionary.lookup)
    }

    /// Finds the codes of the texts of some rows, in their order.
    @inline(__always)
    private func lookUp(_ rows: Range<Int>, _ plain: inout PlainColumn, in dictionary: inout LevelDictionary) {
        for row in rows {
            let text = plain.waiting[row &- rows.lowerBound]
            let length = text.end &- text.start
            if length < 8, let code = plain.lookup.code(ofPacked: text.word, length: length) {
                Self.store(code, row, plain)
            } else {
                Self.store(code(from: text.start, to: text.end, in: &dictionary), row, plain)
                plain.lookup = dictionary.lookup
            }
        }
    }

    /// Reads a record and says where the next one begins; `nil` where it is not plain.
    ///
    /// - Parameter place: The row's place in its block.
    @inline(__always)
    private func record(
        at start: Int, _ row: Int, _ place: Int, _ plain: UnsafeMutableBufferPointer<PlainColumn>,
        _ columns: RecordReader.Columns
    ) -> Int? {
        var offset = start
        // A blank line, or blanks before the first field.
        guard offset + Self.margin <= scanner.count, base[offset] > 0x20 || base[offset] == scanner.delimiter else {
            return nil
        }
        let last = fieldCount - 1
        for index in 0...last {
            guard offset + Self.margin <= scanner.count else { return nil }
            let end: Int
            switch plain[index].reading {
            case .double:
                let number = numbers.scan(at: offset)
                if number.isPlain, let magnitude = numbers.magnitude(number) {
                    let value = number.isNegative ? -magnitude : magnitude
                    // A whole number has no sign where it is zero.
                    Self.store(number.hasMark ? value : value + 0, row, plain[index])
                    if number.hasMark { plain[index].hasReals = true }
                    end = number.end
                } else {
                    guard let after = missingField(at: offset) else { return nil }
                    Self.store(Double.nan, row, plain[index])
                    end = after
                }
            case .integer:
                let number = numbers.scan(at: offset)
                if number.isPlain, !number.hasMark {
                    let magnitude = Int(truncatingIfNeeded: number.mantissa)
                    Self.store(number.isNegative ? -magnitude : magnitude, row, plain[index])
                    end = number.end
                } else {
                    guard !number.isPlain, let after = missingField(at: offset) else { return nil }
                    Self.store(ColumnValues.missingInteger, row, plain[index])
                    end = after
                }
            case .text:
                guard isPlainStart(base[offset]) else { return nil }
                let word = ByteWord.load(base + offset)
                let length = firstEnd(in: word)
                if length < 8 {
                    let key = ByteWord.firstBytes(length, of: word)
                    plain[index].lookup.prefetch(packed: key, length: length)
                    end = offset + length
                    plain[index].waiting[place] = WaitingText(word: key, start: offset, end: end)
                } else {
                    end = self.end(ofFieldAt: offset)
                    guard end + Self.margin <= scanner.count else { return nil }
                    plain[index].waiting[place] = WaitingText(word: 0, start: offset, end: end)
                }
            case .skipped:
                guard isPlainStart(base[offset]) else { return nil }
                end = self.end(ofFieldAt: offset)
                guard end + Self.margin <= scanner.count else { return nil }
            case .missing:
                guard let after = missingField(at: offset) else { return nil }
                end = after
            case .boolean:
                guard let (value, after) = boolean(at: offset) else { return nil }
                Self.store(value, row, plain[index])
                end = after
            }
            let byte = base[end]
            offset = end + 1
            if index < last {
                guard byte == scanner.delimiter else { return nil }
            } else if byte == 0x0D, base[offset] == 0x0A {
                offset += 1
            } else if byte != 0x0A {
                return nil
            }
        }
        return offset
    }

    @inline(__always)
    private static func store<Value: BitwiseCopyable>(_ value: Value, _ row: Int, _ column: PlainColumn) {
        column.memory.unsafelyUnwrapped.storeBytes(
            of: value, toByteOffset: row &* MemoryLayout<Value>.stride, as: Value.self)
    }

    /// Whether a field that begins so has neither quotes nor blanks before its text.
    @inline(__always)
    private func isPlainStart(_ byte: UInt8) -> Bool {
        (byte > 0x20 && byte != 0x22) || byte == scanner.delimiter || byte == 0x0A || byte == 0x0D
    }

    /// How many bytes of a word come before the end of a field; eight where it does not end there.
    @inline(__always)
    private func firstEnd(in word: UInt64) -> Int {
        let found =
            ByteWord.zeroBytes(word ^ delimiterWord) | ByteWord.zeroBytes(word ^ ByteWord.repeated(0x0A))
            | ByteWord.zeroBytes(word ^ ByteWord.repeated(0x0D))
        return found.trailingZeroBitCount >> 3
    }

    /// The delimiter or line end after a field without quotes; the end of the bytes where there is none.
    @inline(__always)
    private func end(ofFieldAt start: Int) -> Int {
        var end = start
        while end + 8 <= scanner.count {
            let length = firstEnd(in: ByteWord.load(base + end))
            if length < 8 { return end + length }
            end += 8
        }
        return scanner.count
    }

    /// Where a field that stands for a missing value ends; `nil` for any other field.
    @inline(never)
    private func missingField(at start: Int) -> Int? {
        let end = end(ofFieldAt: start)
        guard end + Self.margin <= scanner.count, missing.contains(base, start, end) else { return nil }
        return end
    }

    /// The code of a text, which may be new or missing.
    @inline(never)
    private func code(from start: Int, to end: Int, in dictionary: inout LevelDictionary) -> Int32 {
        var trimmed = end
        while trimmed > start, base[trimmed - 1] == 0x20 || base[trimmed - 1] == 0x09 { trimmed -= 1 }
        if missing.contains(base, start, trimmed) { return CategoricalValues.missing }
        return dictionary.code(
            of: base + start, length: end - start, readable: scanner.count - start, fieldStart: start)
    }

    /// A truth value as R writes it, or a missing one.
    @inline(never)
    private func boolean(at start: Int) -> (value: Int8, end: Int)? {
        let word = ByteWord.load(base + start)
        switch firstEnd(in: word) {
        case 4 where word & 0xFFFF_FFFF == 0x4555_5254: return (1, start + 4)
        case 5 where word & 0xFF_FFFF_FFFF == 0x45_534C_4146: return (0, start + 5)
        default: return missingField(at: start).map { (ColumnValues.missingBoolean, $0) }
        }
    }
}
