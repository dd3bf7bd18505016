// The order of text, against R with ICU's default collation.

import Testing

@testable import MixedTables

@Suite struct CollationTests {
    /// R 4.2.2 with ICU, `sort` in a UTF-8 locale with the root collation.
    static let sorted = [
        "", " ", "_", "-", ",", ";", ":", "!", "?", ".", "'", "\"", "(", ")", "[", "]", "{", "}", "@", "*", "/", "\\",
        "&",
        "#", "%", "`", "^", "+", "<", "=", ">", "|", "~", "$", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a",
        "A",
        "ä", "a b", "a_b", "a-b", "a.b", "a1", "a10", "a2", "ab", "aB", "Ab", "AB", "b", "B", "c", "C", "d", "D", "đ",
        "e", "E", "é", "É", "e1", "ea", "éa", "Éa", "eb", "f", "F", "g", "G", "h", "H", "i", "I", "ij", "j", "J", "k",
        "K",
        "l", "L", "ł", "m", "M", "n", "N", "ñ", "o", "O", "ö", "ø", "p", "P", "q", "Q", "r", "R", "s", "S", "t", "T",
        "u",
        "U", "v", "V", "w", "W", "x", "X", "y", "Y", "z", "Z", "þ",
    ]

    @Test func orderIsThatOfR() {
        #expect(Self.sorted.reversed().sorted(by: TextCollation.precedes) == Self.sorted)
        #expect(
            ["Zebra", "apple", "_x", "10", "9", "éclair", "Eclair", "eclair", "banana", "Apple", "a b", "ab", "a-b"]
                .sorted(by: TextCollation.precedes)
                == [
                    "_x", "10", "9", "a b", "a-b", "ab", "apple", "Apple", "banana", "eclair", "Eclair", "éclair",
                    "Zebra",
                ])
    }

    /// A strict total order: sorting depends on it.
    @Test func orderIsTotal() {
        var random = SplitMix(seed: 3)
        let alphabet = Array("aAbBzZäÄéß_- 19東я".unicodeScalars)
        func text() -> String {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<random.next() % 5 { scalars.append(alphabet[Int(random.next() % UInt64(alphabet.count))]) }
            return String(scalars)
        }
        for _ in 0..<20_000 {
            let (a, b, c) = (text(), text(), text())
            let (ab, ba) = (TextCollation.order(a, b).signum(), TextCollation.order(b, a).signum())
            #expect(ab == -ba && (ab == 0) == (a == b))
            if ab < 0, TextCollation.order(b, c) < 0 { #expect(TextCollation.order(a, c) < 0) }
        }
    }
}
