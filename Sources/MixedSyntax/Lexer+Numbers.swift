// Reads R's numeric literals: decimal, scientific, hexadecimal, and integers with the suffix L.

extension Lexer {
    /// A number: `1`, `1.`, `.5`, `1e-3`, `0x1F`, `0x1.8p3`, `5L`.
    mutating func number() throws(Diagnostic) -> Token {
        let start = position
        let isHexadecimal = peek() == UInt8(ascii: "0") && (peek(1) | 0x20) == UInt8(ascii: "x")
        if isHexadecimal { try skipHexadecimal(start) } else { try skipDecimal(start) }
        let digits = text(start, position)
        guard let value = Double(digits.hasSuffix(".") ? String(digits.dropLast()) : digits) else {
            throw failure("'\(digits)' is not a number", start, position)
        }
        guard value.isFinite else {
            throw failure(
                "The number \(digits) is too large", start, position,
                hint: "numbers go up to about 1.8e308; or write Inf")
        }
        var isInteger = false
        if peek() == UInt8(ascii: "L") {
            position += 1
            isInteger = value.rounded() == value && value <= 2_147_483_647
        } else if peek() == UInt8(ascii: "i") {
            throw failure("Complex numbers are not available here", start, position + 1)
        }
        return Token(kind: .number(value, isInteger: isInteger), range: SourceRange(start, position))
    }

    private mutating func skipDecimal(_ start: Int) throws(Diagnostic) {
        while isDigit(peek()) { position += 1 }
        if peek() == UInt8(ascii: ".") {
            position += 1
            while isDigit(peek()) { position += 1 }
        }
        guard (peek() | 0x20) == UInt8(ascii: "e") else { return }
        position += 1
        try skipExponent(start)
    }

    private mutating func skipHexadecimal(_ start: Int) throws(Diagnostic) {
        position += 2
        let first = position
        while hexadecimal(peek()) != nil { position += 1 }
        var hasPoint = false
        if peek() == UInt8(ascii: "."), position > first {
            hasPoint = true
            position += 1
            while hexadecimal(peek()) != nil { position += 1 }
        }
        guard position > first else {
            throw failure("I expected hexadecimal digits after '\(text(start, position))'", start, position)
        }
        if (peek() | 0x20) == UInt8(ascii: "p") {
            position += 1
            try skipExponent(start)
        } else if hasPoint {
            throw failure("A hexadecimal number with a point needs an exponent such as p0", start, position)
        }
    }

    private mutating func skipExponent(_ start: Int) throws(Diagnostic) {
        if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
        guard isDigit(peek()) else {
            throw failure("I expected the digits of an exponent after '\(text(start, position))'", start, position)
        }
        while isDigit(peek()) { position += 1 }
    }
}
