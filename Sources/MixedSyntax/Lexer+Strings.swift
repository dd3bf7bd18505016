// Reads R's quoted text: strings with escapes, raw strings, and the inside of back-quoted names.

extension Lexer {
    /// A string in single or double quotes.
    mutating func string(quote: UInt8) throws(Diagnostic) -> Token {
        let start = position
        let value = try quotedText(quote)
        return Token(kind: .string(value), range: SourceRange(start, position))
    }

    /// The text up to the closing quote, escapes resolved; leaves the position after the quote.
    mutating func quotedText(_ quote: UInt8) throws(Diagnostic) -> String {
        let start = position
        position += 1
        var value: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == quote {
                position += 1
                return String(decoding: value, as: UTF8.self)
            }
            guard byte != 0 else { throw failure("Quoted text cannot hold a NUL character", position, position + 1) }
            if byte == UInt8(ascii: "\\") {
                value.append(contentsOf: String(Character(try escape())).utf8)
            } else {
                value.append(byte)
                position += 1
            }
        }
        let what = quote == UInt8(ascii: "`") ? "back-quoted name" : "string"
        throw failure("The \(what) that begins here is never closed", start, start + 1)
    }

    /// One escape sequence; the position stands on its backslash.
    private mutating func escape() throws(Diagnostic) -> Unicode.Scalar {
        let start = position
        let letter = peek(1)
        position += 2
        switch letter {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "a"): return "\u{07}"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "v"): return "\u{0B}"
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: " "), 0x0A:
            return Unicode.Scalar(letter)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            return try codePoint(start, radix: 8, digits: 3)
        case UInt8(ascii: "x"): return try codePoint(start, radix: 16, digits: 2)
        case UInt8(ascii: "u"): return try codePoint(start, radix: 16, digits: 4)
        case UInt8(ascii: "U"): return try codePoint(start, radix: 16, digits: 8)
        default:
            guard start + 1 < bytes.count else {
                throw failure("The text ends within an escape", start, start + 1)
            }
            let (scalar, length) = scalar(at: start + 1)
            throw failure(
                "There is no escape '\\\(scalar)'", start, start + 1 + length, hint: "a backslash is written \\\\")
        }
    }

    private mutating func codePoint(_ start: Int, radix: UInt32, digits: Int) throws(Diagnostic) -> Unicode.Scalar {
        let isBraced = digits >= 4 && peek() == UInt8(ascii: "{")
        if isBraced { position += 1 }
        var value: UInt32 = 0
        var count = 0
        while count < digits, let digit = hexadecimal(peek()), digit < radix {
            value = value * radix + digit
            position += 1
            count += 1
        }
        if isBraced {
            guard peek() == UInt8(ascii: "}") else {
                throw failure("I expected '}' at the end of this escape", start, position)
            }
            position += 1
        }
        guard count > 0, value != 0, let scalar = Unicode.Scalar(value) else {
            throw failure("This escape names no character", start, position)
        }
        return scalar
    }

    /// A raw string such as `r"(a\b)"`, or nil when the text here only begins like a name.
    mutating func rawString() throws(Diagnostic) -> Token? {
        let start = position
        let quote = peek(1)
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        var index = start + 2
        while index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let dashes = index - start - 2
        let closing: UInt8
        switch index < bytes.count ? bytes[index] : 0 {
        case UInt8(ascii: "("): closing = UInt8(ascii: ")")
        case UInt8(ascii: "["): closing = UInt8(ascii: "]")
        case UInt8(ascii: "{"): closing = UInt8(ascii: "}")
        default:
            throw failure("A raw string is written r\"(...)\"", start, index, hint: "put an operator after the name r")
        }
        let end = [closing] + [UInt8](repeating: UInt8(ascii: "-"), count: dashes) + [quote]
        let first = index + 1
        index = first
        while index + end.count <= bytes.count {
            if bytes[index] == closing, bytes[index..<index + end.count].elementsEqual(end) {
                position = index + end.count
                return Token(kind: .string(text(first, index)), range: SourceRange(start, position))
            }
            index += 1
        }
        throw failure("The raw string that begins here is never closed", start, start + 2)
    }
}
