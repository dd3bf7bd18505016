// JSON with its members in the order of the file, which is the order of R's columns.

/// A JSON value of a reference file.
indirect enum ReferenceJSON {
    case object([(key: String, value: ReferenceJSON)])
    case array([ReferenceJSON])
    case string(String)
    case number(Double)
    case boolean(Bool)
    case null

    subscript(key: String) -> ReferenceJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var members: [(key: String, value: ReferenceJSON)] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The elements; a scalar, which is how R's writer gives a vector of length one, is its own only element.
    var elements: [ReferenceJSON] {
        switch self {
        case .array(let elements): elements
        case .null, .object: []
        default: [self]
        }
    }

    /// A number; NaN for `null`, which stands for R's `NA`.
    var double: Double? {
        switch self {
        case .number(let value): value
        case .null: .nan
        default: nil
        }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    init(parsing text: String) throws {
        var reader = Reader(bytes: Array(text.utf8))
        self = try reader.value()
        reader.skipSpace()
        guard reader.next == nil else { throw reader.error("text after the end") }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        func error(_ message: String) -> ReferenceError { ReferenceError(message: "\(message) at byte \(position)") }

        mutating func skipSpace() {
            while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { position += 1 }
        }

        mutating func take(_ character: Character) -> Bool {
            skipSpace()
            guard next == character.asciiValue else { return false }
            position += 1
            return true
        }

        mutating func expect(_ character: Character) throws {
            guard take(character) else { throw error("expected '\(character)'") }
        }

        mutating func value() throws -> ReferenceJSON {
            skipSpace()
            switch next {
            case UInt8(ascii: "{"): return try object()
            case UInt8(ascii: "["): return try array()
            case UInt8(ascii: "\""): return .string(try string())
            default: return try word()
            }
        }

        mutating func object() throws -> ReferenceJSON {
            try expect("{")
            var members: [(key: String, value: ReferenceJSON)] = []
            if take("}") { return .object(members) }
            repeat {
                skipSpace()
                let key = try string()
                try expect(":")
                members.append((key, try value()))
            } while take(",")
            try expect("}")
            return .object(members)
        }

        mutating func array() throws -> ReferenceJSON {
            try expect("[")
            var elements: [ReferenceJSON] = []
            if take("]") { return .array(elements) }
            repeat { elements.append(try value()) } while take(",")
            try expect("]")
            return .array(elements)
        }

        mutating func string() throws -> String {
            try expect("\"")
            var text: [UInt8] = []
            while let byte = next, byte != UInt8(ascii: "\"") {
                position += 1
                if byte == UInt8(ascii: "\\"), let escaped = next {
                    position += 1
                    switch escaped {
                    case UInt8(ascii: "n"): text.append(10)
                    case UInt8(ascii: "t"): text.append(9)
                    case UInt8(ascii: "u"): throw error("an escape the reference files do not use")
                    default: text.append(escaped)
                    }
                } else {
                    text.append(byte)
                }
            }
            try expect("\"")
            return String(decoding: text, as: UTF8.self)
        }

        mutating func word() throws -> ReferenceJSON {
            let start = position
            while let byte = next, !",]} \n\r\t".utf8.contains(byte) { position += 1 }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            switch text {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            case "null": return .null
            default:
                guard let number = Double(text) else { throw error("'\(text)' is no value") }
                return .number(number)
            }
        }
    }
}
