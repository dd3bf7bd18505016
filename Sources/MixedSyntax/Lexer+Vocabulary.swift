// The fixed words of the grammar: symbols, reserved words, what may stand in a name, and what is refused with advice.

extension Lexer {
    /// R's symbols, longer spellings before their beginnings.
    static let symbols: [(String, Token.Kind)] = [
        (":::", .packageSeparator(":::")), ("::", .packageSeparator("::")),
        ("**", .symbol(.power)), ("^", .symbol(.power)), (":", .symbol(.sequence)),
        ("*", .symbol(.times)), ("/", .symbol(.divided)), ("+", .symbol(.plus)), ("-", .symbol(.minus)),
        ("<=", .symbol(.lessOrEqual)), (">=", .symbol(.greaterOrEqual)), ("==", .symbol(.equal)),
        ("!=", .symbol(.notEqual)), ("<", .symbol(.less)), (">", .symbol(.greater)),
        ("&&", .symbol(.andThen)), ("&", .symbol(.and)), ("||", .symbol(.orElse)), ("|", .symbol(.or)),
        ("~", .symbol(.tilde)), ("!", .not), ("=", .equals),
        ("(", .leftParenthesis), (")", .rightParenthesis), (",", .comma),
    ]

    /// Spellings that R or other languages know and this grammar does not, with what to write instead.
    static let refusedSymbols: [(text: String, message: String, hint: String?)] = [
        (
            "<-", "'<-' assigns in R, and nothing can be assigned here",
            "to compare with a negative number leave a space: x < -1"
        ),
        ("->", "'->' assigns in R, and nothing can be assigned here", nil),
        ("|>", "The pipe '|>' is not available here", "write the call itself: f(x) for x |> f()"),
        (":=", "':=' assigns, and nothing can be assigned here", nil),
        ("$", "'$' is not available here", "columns are named directly: write x, not data$x"),
        ("@", "'@' is not available here", "columns are named directly: write x, not data@x"),
        ("[", "Indexing with '[' is not available here", nil),
        ("]", "Indexing with ']' is not available here", nil),
        ("{", "Braces are not available here", nil),
        ("}", "Braces are not available here", nil),
        (";", "';' is not available here: this must be one expression", nil),
        ("?", "'?' is not available here", nil),
        ("\\", "'\\' is not available here", nil),
        (
            "\u{2212}", "This is the typographic minus sign, not '-'",
            "it comes from copying out of a document; type '-' instead"
        ),
        (
            "\u{2013}", "This is a dash, not '-'",
            "it comes from copying out of a document; type '-' instead"
        ),
        (
            "\u{201C}", "This is a typographic quotation mark, not '\"'",
            "it comes from copying out of a document; type '\"' instead"
        ),
        (
            "\u{201D}", "This is a typographic quotation mark, not '\"'",
            "it comes from copying out of a document; type '\"' instead"
        ),
        (
            "\u{2018}", "This is a typographic quotation mark, not '",
            "it comes from copying out of a document; type ' instead"
        ),
        (
            "\u{2019}", "This is a typographic quotation mark, not '",
            "it comes from copying out of a document; type ' instead"
        ),
        (
            "\u{223C}", "This is the typographic '\u{223C}', not '~'",
            "it comes from copying out of a document; type '~' instead"
        ),
        ("_", "A name cannot begin with '_'", "put the name in back quotes: `_x`"),
    ]

    /// Whether R keeps the word for itself (constants aside): such a name needs back quotes.
    static func isReserved(_ word: String) -> Bool {
        switch word {
        case "if", "else", "repeat", "while", "function", "for", "next", "break", "in", "NA_complex_", "...": true
        default: word.hasPrefix("..") && word.count > 2 && word.dropFirst(2).allSatisfy { ("0"..."9").contains($0) }
        }
    }

    /// Whether a scalar may stand in a name after its beginning.
    static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", "_", "0"..."9", "a"..."z", "A"..."Z": return true
        default: break
        }
        guard scalar.value >= 0x80 else { return false }
        switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .nonspacingMark, .spacingMark: return true
        default: return scalar.properties.isAlphabetic
        }
    }

    /// Whether a name can be written without back quotes.
    static func isPlainName(_ name: String) -> Bool {
        var scalars = name.unicodeScalars.makeIterator()
        guard let first = scalars.next() else { return false }
        if first == "." {
            if let second = name.unicodeScalars.dropFirst().first, ("0"..."9").contains(second) { return false }
        } else if !first.properties.isAlphabetic {
            return false
        }
        while let scalar = scalars.next() { guard continuesName(scalar) else { return false } }
        return !isReserved(name) && TableExpression.Constant(rawValue: name) == nil
    }

    func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
