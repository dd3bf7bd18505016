// How a file's text is divided: found from its header and first rows.

/// The delimiter and the decimal mark of a file.
struct Dialect: Hashable {
    /// The byte between two fields; `nil` for any run of blanks and tabs.
    var delimiter: UInt8?
    var decimalMark: UInt8 = 0x2E

    /// The dialect of the text, with what the options say taken as given.
    init(of text: UnsafeBufferPointer<UInt8>, options: ReadingOptions) {
        switch options.delimiter {
        case .automatic: delimiter = Self.delimiter(of: text)
        case .comma: delimiter = 0x2C
        case .tab: delimiter = 0x09
        case .semicolon: delimiter = 0x3B
        case .whitespace: delimiter = nil
        case .other(let byte): delimiter = byte == 0x20 ? nil : byte
        }
        switch options.decimalMark {
        case .point: break
        case .comma: decimalMark = 0x2C
        case .automatic:
            if delimiter == 0x3B, Self.hasDecimalCommas(text) { decimalMark = 0x2C }
        }
    }

    /// How the first records divide under one delimiter.
    private struct Trial {
        var delimiter: UInt8?
        /// The number of fields of the header.
        var header: Int
        /// The number of fields of each following record.
        var rows: [Int]
        /// Whether the first field of every row is quoted or a whole number, as row names are.
        var namesRows: Bool

        /// Whether all rows have as many fields as the header, or one more for row names.
        var isConsistent: Bool {
            guard let first = rows.first else { return header > 1 }
            guard rows.allSatisfy({ $0 == first }), first > 1 else { return false }
            return first == header || (first == header + 1 && (header > 1 || namesRows))
        }
    }

    /// The delimiter under which the rows agree with the header; of several, the one that gives most fields.
    private static func delimiter(of text: UnsafeBufferPointer<UInt8>) -> UInt8? {
        let candidates: [UInt8?] = [0x2C, 0x09, 0x3B, 0x7C]
        let trials = candidates.map { trial($0, text) }
        if let best = trials.filter(\.isConsistent).max(by: { $0.header < $1.header }) { return best.delimiter }
        let blanks = trial(nil, text)
        if blanks.isConsistent, trials.allSatisfy({ $0.header == 1 || $0.delimiter == 0x09 }) { return nil }
        // No delimiter fits all rows: take the one of the header, so that the ragged row is found and shown.
        if let best = trials.filter({ $0.header > 1 }).max(by: { $0.header < $1.header }) { return best.delimiter }
        let isBlankSeparated =
            blanks.header > 1 && blanks.rows.filter { $0 == blanks.header }.count * 2 > blanks.rows.count
        return isBlankSeparated ? nil : 0x2C
    }

    private static func trial(_ delimiter: UInt8?, _ text: UnsafeBufferPointer<UInt8>) -> Trial {
        var trial = Trial(delimiter: delimiter, header: 1, rows: [], namesRows: true)
        let limit = min(text.count, 1 << 20)
        guard let base = text.baseAddress else { return trial }
        let scanner = FieldScanner(base: base, count: limit, delimiter: delimiter)
        var offset = scanner.startOfRecord(0)
        for index in 0...20 where offset < limit {
            let (fields, next) = scanner.record(at: offset)
            // A record that the sample cuts says nothing, but for a header that is longer than the sample.
            if index > 0, next >= limit, limit < text.count { break }
            if index == 0 {
                trial.header = fields.count
            } else {
                trial.rows.append(fields.count)
                if let first = fields.first, !first.isQuoted {
                    let digits = first.start..<first.end
                    if !digits.allSatisfy({ base[$0] &- 0x30 <= 9 }) { trial.namesRows = false }
                }
            }
            offset = scanner.startOfRecord(next)
        }
        return trial
    }

    /// Whether some fields are numbers with a decimal comma and none is one with a point.
    ///
    /// The first rows decide; where they hold whole numbers only, the first comma in a number further on does.
    private static func hasDecimalCommas(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return false }
        let scanner = FieldScanner(base: base, count: text.count, delimiter: 0x3B)
        var offset = scanner.startOfRecord(0)
        var hasComma = false
        var hasPoint = false
        var records = 0
        while offset < text.count, records < 1000 || !(hasComma || hasPoint) {
            let field = scanner.field(at: offset)
            hasComma = hasComma || isDecimal(field, base, mark: 0x2C)
            hasPoint = hasPoint || isDecimal(field, base, mark: 0x2E)
            if hasComma, hasPoint { return false }
            offset = field.next
            if field.endsRecord { records += 1 }
        }
        return hasComma
    }

    private static func isDecimal(_ field: Field, _ base: UnsafePointer<UInt8>, mark: UInt8) -> Bool {
        guard !field.hasEscapes, (field.start..<field.end).contains(where: { base[$0] == mark }) else { return false }
        let numbers = NumberScanner(base: base, decimalMark: mark)
        let (number, end) = numbers.scan(from: field.start, to: field.end)
        guard case .real = number else { return false }
        return end == field.end
    }
}
