// Cuts source text into R's tokens, one at a time, so that the first mistake in the text is the one reported.

/// Reads R tokens from UTF-8 text; comments and newlines count as white space.
///
/// - **Complexity:** linear in the text; a copy (for looking ahead) shares the bytes.
package struct Lexer: Sendable {
    /// The whole text.
    package let source: String
    let bytes: [UInt8]
    var position = 0

    package init(_ source: String) {
        self.source = source
        bytes = Array(source.utf8)
    }

    /// The byte at `offset` from the current position, or 0 past the end.
    func peek(_ offset: Int = 0) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    func failure(
        _ message: String, _ lowerBound: Int, _ upperBound: Int, hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(message, source: source, range: SourceRange(lowerBound, upperBound), hint: hint)
    }

    /// The text of a byte range.
    func text(_ lowerBound: Int, _ upperBound: Int) -> String {
        String(decoding: bytes[lowerBound..<upperBound], as: UTF8.self)
    }

    /// The next token; at the end of the text `.end`, as often as asked.
    package mutating func next() throws(Diagnostic) -> Token {
        skipWhiteSpace()
        let start = position
        guard start < bytes.count else { return Token(kind: .end, range: SourceRange(start, start)) }
        let byte = bytes[start]
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "."):
            if isDigit(peek(1)) { return try number() }
            return try name()
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try string(quote: byte)
        case UInt8(ascii: "`"): return try quotedName()
        case UInt8(ascii: "%"): return try percentOperator()
        default: break
        }
        if (byte == UInt8(ascii: "r") || byte == UInt8(ascii: "R")), let raw = try rawString() { return raw }
        let (scalar, _) = scalar(at: start)
        if scalar.properties.isAlphabetic { return try name() }
        return try symbol()
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09...0x0D: position += 1
            case UInt8(ascii: "#"):
                while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
            case 0xC2 where peek(1) == 0xA0: position += 2
            case 0xE2 where peek(1) == 0x80 && (0x80...0x8A).contains(peek(2)): position += 3
            case 0xEF where position == 0 && peek(1) == 0xBB && peek(2) == 0xBF: position += 3
            default: return
            }
        }
    }

    /// The Unicode scalar that begins at a byte offset, and how many bytes it takes.
    func scalar(at offset: Int) -> (Unicode.Scalar, Int) {
        let first = bytes[offset]
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let upper = min(offset + length, bytes.count)
        let decoded = String(decoding: bytes[offset..<upper], as: UTF8.self)
        return (decoded.unicodeScalars.first ?? "\u{FFFD}", upper - offset)
    }

    private mutating func name() throws(Diagnostic) -> Token {
        let start = position
        while position < bytes.count {
            let (scalar, length) = scalar(at: position)
            guard Self.continuesName(scalar) else { break }
            position += length
        }
        let word = text(start, position)
        let range = SourceRange(start, position)
        if let constant = TableExpression.Constant(rawValue: word) {
            return Token(kind: .constant(constant), range: range)
        }
        if Self.isReserved(word) {
            throw failure(
                "'\(word)' is a reserved word of R and cannot be used here", start, position,
                hint: "a column of that name is written `\(word)`, in back quotes")
        }
        return Token(kind: .name(word), range: range)
    }

    private mutating func quotedName() throws(Diagnostic) -> Token {
        let start = position
        let value = try quotedText(UInt8(ascii: "`"))
        guard !value.isEmpty else { throw failure("There is no name between the back quotes", start, position) }
        return Token(kind: .name(value), range: SourceRange(start, position))
    }

    private mutating func percentOperator() throws(Diagnostic) -> Token {
        let start = position
        var end = start + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "%"), bytes[end] != 0x0A { end += 1 }
        let closed = end < bytes.count && bytes[end] == UInt8(ascii: "%")
        guard closed else {
            throw failure(
                "This '%' begins an operator such as %in% but is never closed", start, start + 1,
                hint: "the operators with '%' are %%, %/% and %in%")
        }
        let word = text(start, end + 1)
        guard let found = TableExpression.BinaryOperator(rawValue: word) else {
            throw failure(
                "There is no operator '\(word)'", start, end + 1,
                hint: "the operators with '%' are %%, %/% and %in%")
        }
        position = end + 1
        return Token(kind: .symbol(found), range: SourceRange(start, position))
    }

    private mutating func symbol() throws(Diagnostic) -> Token {
        let start = position
        func token(_ kind: Token.Kind, _ length: Int) -> Token {
            Token(kind: kind, range: SourceRange(start, start + length))
        }
        for refused in Self.refusedSymbols where bytes[start...].starts(with: refused.text.utf8) {
            throw failure(refused.message, start, start + refused.text.utf8.count, hint: refused.hint)
        }
        for (spelling, kind) in Self.symbols where bytes[start...].starts(with: spelling.utf8) {
            position += spelling.utf8.count
            return token(kind, spelling.utf8.count)
        }
        let (scalar, length) = scalar(at: start)
        throw failure("The character '\(scalar)' has no meaning here", start, start + length)
    }
}
