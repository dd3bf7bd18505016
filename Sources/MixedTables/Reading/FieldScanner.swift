// Finding the fields of delimited text, one after the other.

/// One field of a record, as offsets into the text.
struct Field {
    /// The first byte of the contents: after the opening quote and without leading blanks.
    var start: Int
    /// Just after the last byte of the contents, blanks at the end left out.
    var end: Int
    /// The contents as text: as R's `read.csv`, blanks around unquoted text belong to it, except where they delimit.
    var textStart: Int
    var textEnd: Int
    /// Where the next field or record begins.
    var next: Int
    /// Whether the record ends with this field.
    var endsRecord: Bool
    var isQuoted: Bool
    /// Whether the contents are not simply the bytes from `start` to `end`: doubled or escaped quotes, or text after the
    /// closing quote. `FieldScanner.unescape` gives them.
    var hasEscapes: Bool
    /// Whether the closing quote is missing.
    var isUnterminated: Bool
}

/// Splits text into fields by R's rules: quotes count only where a field begins, a doubled quote is a quote, quoted fields
/// may hold delimiters and line ends; a line ends with LF, CRLF or CR.
///
/// In text separated by white space any run of blanks and tabs is one delimiter, blanks at the ends of a line mean nothing,
/// and a backslash before a quote makes it part of the field, as `write.table` writes it.
struct FieldScanner {
    let base: UnsafePointer<UInt8>
    let count: Int
    let delimiter: UInt8
    /// The second delimiter of text separated by white space; otherwise the same.
    let alternate: UInt8
    let isWhitespace: Bool
    /// The delimiters in each byte of a word.
    private let delimiterWord: UInt64
    private let alternateWord: UInt64

    init(base: UnsafePointer<UInt8>, count: Int, delimiter: UInt8?) {
        self.base = base
        self.count = count
        self.delimiter = delimiter ?? 0x20
        alternate = delimiter ?? 0x09
        isWhitespace = delimiter == nil
        delimiterWord = ByteWord.repeated(delimiter ?? 0x20)
        alternateWord = ByteWord.repeated(delimiter ?? 0x09)
    }

    @inline(__always)
    func isDelimiter(_ byte: UInt8) -> Bool { byte == delimiter || byte == alternate }

    @inline(__always)
    func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// The first byte of the next record at or after `offset`: blank lines are passed over. `count` when there is none.
    @inline(__always)
    func startOfRecord(_ offset: Int) -> Int {
        var position = offset
        while position < count {
            let byte = base[position]
            if byte > 0x20 { return position }
            if isLineEnd(byte) {
                position += 1
                continue
            }
            guard byte == 0x20 || byte == 0x09 else { return position }
            // A line of blanks: blank unless a tab delimits it.
            var after = position
            while after < count, base[after] == 0x20 || (base[after] == 0x09 && delimiter != 0x09) { after += 1 }
            if after == count { return count }
            if !isLineEnd(base[after]) { return isWhitespace ? after : position }
            position = after + 1
        }
        return count
    }

    /// The first byte of the first record after the line that holds the byte at `offset`.
    func startOfRecord(afterLineAt offset: Int) -> Int {
        var position = offset
        while position < count, !isLineEnd(base[position]) { position += 1 }
        guard position < count else { return count }
        let isPair = base[position] == 0x0D && position + 1 < count && base[position + 1] == 0x0A
        return startOfRecord(position + (isPair ? 2 : 1))
    }

    /// The field that begins at `offset`.
    @inline(__always)
    func field(at offset: Int) -> Field {
        var start = offset
        while start < count, base[start] == 0x20 || (base[start] == 0x09 && !isDelimiter(0x09)) { start += 1 }
        if start < count, base[start] == 0x22 { return quotedField(opening: start) }
        let end = endOfUnquoted(start)
        var field = Field(
            start: start, end: end, textStart: isWhitespace ? start : offset, textEnd: end, next: end,
            endsRecord: false,
            isQuoted: false, hasEscapes: false, isUnterminated: false)
        while field.end > start, base[field.end - 1] == 0x20 || base[field.end - 1] == 0x09 { field.end -= 1 }
        finish(&field, at: end)
        return field
    }

    /// The first delimiter or line end at or after `offset`, eight bytes at a time; `count` when there is none.
    @inline(__always)
    private func endOfUnquoted(_ offset: Int) -> Int {
        var end = offset
        while end + 8 <= count {
            let word = ByteWord.load(base + end)
            let found =
                ByteWord.zeroBytes(word ^ delimiterWord) | ByteWord.zeroBytes(word ^ alternateWord)
                | ByteWord.zeroBytes(word ^ ByteWord.repeated(0x0A))
                | ByteWord.zeroBytes(word ^ ByteWord.repeated(0x0D))
            if found != 0 { return end + found.trailingZeroBitCount >> 3 }
            end += 8
        }
        while end < count, !isDelimiter(base[end]), !isLineEnd(base[end]) { end += 1 }
        return end
    }

    /// Sets what follows the field whose terminator stands at `position`.
    @inline(__always)
    func finish(_ field: inout Field, at position: Int) {
        let (next, endsRecord) = afterField(at: position)
        field.next = next
        field.endsRecord = endsRecord
    }

    /// Where the next field or record begins when a field has ended just before `position`.
    @inline(__always)
    func afterField(at position: Int) -> (next: Int, endsRecord: Bool) {
        guard position < count else { return (count, true) }
        let byte = base[position]
        if byte == 0x0A { return (position + 1, true) }
        if byte == 0x0D {
            return (position + 1 < count && base[position + 1] == 0x0A ? position + 2 : position + 1, true)
        }
        guard isWhitespace else { return (position + 1, false) }
        var next = position
        while next < count, isDelimiter(base[next]) { next += 1 }
        if next == count || isLineEnd(base[next]) { return afterField(atLineEnd: next) }
        return (next, false)
    }

    private func afterField(atLineEnd position: Int) -> (next: Int, endsRecord: Bool) {
        guard position < count else { return (count, true) }
        let isPair = base[position] == 0x0D && position + 1 < count && base[position + 1] == 0x0A
        return (position + (isPair ? 2 : 1), true)
    }

    @inline(never)
    private func quotedField(opening: Int) -> Field {
        var field = Field(
            start: opening + 1, end: count, textStart: opening + 1, textEnd: count, next: count, endsRecord: true,
            isQuoted: true, hasEscapes: false, isUnterminated: false)
        var position = opening + 1
        while position < count {
            let byte = base[position]
            if byte == 0x5C, isWhitespace, position + 1 < count, base[position + 1] == 0x22 {
                field.hasEscapes = true
                position += 2
            } else if byte != 0x22 {
                position += 1
            } else if position + 1 < count, base[position + 1] == 0x22 {
                field.hasEscapes = true
                position += 2
            } else {
                break
            }
        }
        guard position < count else {
            field.isUnterminated = true
            return field
        }
        field.end = position
        position += 1
        // What stands between the closing quote and the delimiter: blanks are dropped, other text belongs to the field.
        let afterQuote = position
        var hasText = false
        while position < count, !isDelimiter(base[position]), !isLineEnd(base[position]) {
            if base[position] != 0x20, base[position] != 0x09 { hasText = true }
            position += 1
        }
        if hasText {
            field.hasEscapes = true
            field.end = position
            while field.end > afterQuote, base[field.end - 1] == 0x20 || base[field.end - 1] == 0x09 { field.end -= 1 }
        }
        field.textEnd = field.end
        finish(&field, at: position)
        return field
    }

    /// The contents of a field that `hasEscapes`, appended to `output`.
    func unescape(_ field: Field, into output: inout [UInt8]) {
        var position = field.start
        var isInside = true
        while position < field.end {
            let byte = base[position]
            let following = position + 1 < field.end ? base[position + 1] : 0
            if isInside, following == 0x22, byte == 0x22 || (byte == 0x5C && isWhitespace) {
                output.append(0x22)
                position += 2
            } else if isInside, byte == 0x22 {
                isInside = false
                position += 1
            } else {
                output.append(byte)
                position += 1
            }
        }
    }

    /// The contents of a field as bytes.
    func contents(_ field: Field) -> [UInt8] {
        guard field.hasEscapes else { return (field.start..<field.end).map { base[$0] } }
        var bytes: [UInt8] = []
        unescape(field, into: &bytes)
        return bytes
    }

    /// The fields of the record that begins at `offset`, and where the next one begins.
    func record(at offset: Int) -> (fields: [Field], next: Int) {
        var fields: [Field] = []
        var position = offset
        while true {
            let field = field(at: position)
            fields.append(field)
            position = field.next
            if field.endsRecord { return (fields, position) }
        }
    }
}
