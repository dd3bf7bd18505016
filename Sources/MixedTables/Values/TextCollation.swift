// The order of text: fixed, the same in every locale, and what R users see in a UTF-8 locale.

/// Orders text as dictionaries do: blanks, punctuation, digits, letters; accents and case matter only among texts that are
/// otherwise equal, plain before accented and lower case before upper case.
///
/// For ASCII this is the order of the Unicode collation algorithm's default table (UTS 10), which R uses in UTF-8 locales;
/// Latin letters with accents stand beside their base letters, all other characters follow by code point.
public enum TextCollation {
    /// Whether `left` comes before `right`.
    public static func precedes(_ left: String, _ right: String) -> Bool { order(left, right) < 0 }

    /// Negative when `left` comes first, positive when `right` does, zero for the same text.
    static func order(_ left: String, _ right: String) -> Int {
        var accents = 0
        var cases = 0
        var leftScalars = left.unicodeScalars.makeIterator()
        var rightScalars = right.unicodeScalars.makeIterator()
        while true {
            switch (leftScalars.next(), rightScalars.next()) {
            case (nil, nil):
                if accents != 0 { return accents }
                if cases != 0 { return cases }
                return left == right ? 0 : left < right ? -1 : 1
            case (nil, _): return -1
            case (_, nil): return 1
            case (let a?, let b?):
                if a == b { continue }
                let (first, second) = (key(a), key(b))
                if first.primary != second.primary { return first.primary < second.primary ? -1 : 1 }
                if accents == 0, first.accent != second.accent { accents = first.accent < second.accent ? -1 : 1 }
                if cases == 0, first.isUpper != second.isUpper { cases = second.isUpper ? -1 : 1 }
            }
        }
    }

    /// The positions of `texts` in ascending order.
    ///
    /// - Complexity: O(n log n) comparisons, of a word each unless the first eight characters are alike.
    static func ascending(_ texts: [String]) -> [Int] {
        let words = texts.enumerated().map { (word: firstCharacters($1), index: $0) }
        return words.sorted { left, right in
            if left.word != right.word { return left.word < right.word }
            let order = order(texts[left.index], texts[right.index])
            return order != 0 ? order < 0 : left.index < right.index
        }.map(\.index)
    }

    /// The places of the first eight characters, a byte each, so that words are in the order of the texts as far as they
    /// differ. From the first character on that has no place of a byte, nothing is said.
    private static func firstCharacters(_ text: String) -> UInt64 {
        var word: UInt64 = 0
        var shift: UInt64 = 56
        for scalar in text.unicodeScalars.prefix(8) {
            let primary = key(scalar).primary
            // Nothing comes before a control character that is not in the table, not even the end of the text.
            guard primary > 0, primary < 0xFF else { return primary == 0 ? word : word | UInt64.max >> (56 - shift) }
            word |= UInt64(primary) << shift
            if shift == 0 { break }
            shift -= 8
        }
        return word
    }

    private struct Key {
        var primary: UInt32
        var accent: UInt32
        var isUpper: Bool
    }

    /// Blanks, then punctuation and symbols, then digits: the places of ASCII in the default table.
    private static let beforeLetters: [Unicode.Scalar] = Array(
        "\t\n\u{B}\u{C}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789".unicodeScalars)

    private static let asciiPrimary: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 128)
        for (place, scalar) in beforeLetters.enumerated() { table[Int(scalar.value)] = UInt32(place) + 1 }
        for letter: UInt32 in 0..<26 {
            table[Int(0x61 + letter)] = 200 + letter
            table[Int(0x41 + letter)] = 200 + letter
        }
        return table
    }()

    /// Base letters of U+00C0 to U+017F; a star where there is none.
    private static let latinBases: [UInt8] = Array(
        ("AAAAAAAC" + "EEEEIIII" + "DNOOOOO*" + "OUUUUY*s" + "aaaaaaac" + "eeeeiiii" + "dnooooo*" + "ouuuuy*y"
            + "AaAaAaCc" + "CcCcCcDd" + "DdEeEeEe" + "EeEeGgGg" + "GgGgHhHh" + "IiIiIiIi" + "IiIiJjKk" + "kLlLlLlL"
            + "lLlNnNnN" + "nnNnOoOo" + "OoOoRrRr" + "RrSsSsSs" + "SsTtTtTt" + "UuUuUuUu" + "UuUuWwYy" + "YZzZzZzs")
            .utf8)

    private static func key(_ scalar: Unicode.Scalar) -> Key {
        let value = scalar.value
        if value < 0x80 {
            return Key(primary: asciiPrimary[Int(value)], accent: 0, isUpper: value >= 0x41 && value <= 0x5A)
        }
        if value >= 0xC0, value < 0xC0 + UInt32(latinBases.count), latinBases[Int(value - 0xC0)] != 0x2A {
            let base = latinBases[Int(value - 0xC0)]
            let isUpper = base < 0x61
            // Upper and lower case of a letter share the accent: compare by the lower-case form.
            let lower = scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? value
            return Key(primary: asciiPrimary[Int(base)], accent: lower, isUpper: isUpper)
        }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? value
        return Key(primary: 1000 + lower, accent: 0, isUpper: lower != value)
    }
}
