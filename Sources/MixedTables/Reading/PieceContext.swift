// What all pieces of a text have in common: how fields are divided and what is missing.

/// How the records of a text are read.
struct PieceContext {
    var dialect: Dialect
    var missing: MissingCodes
    /// How many fields every record has.
    var fieldCount: Int
    /// Whether each record ends with a delimiter too many, so that its last field is always empty.
    var hasTrailingDelimiter: Bool

    /// Finds the fields in bytes that may be read up to `end`.
    func scanner(_ base: UnsafePointer<UInt8>, end: Int) -> FieldScanner {
        FieldScanner(base: base, count: end, delimiter: dialect.delimiter)
    }
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
