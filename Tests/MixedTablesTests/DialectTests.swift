// Finding the delimiter and the decimal mark.

import Testing

@testable import MixedTables

@Suite struct DialectTests {
    static let texts: [(String, UInt8?)] = [
        ("a,b\n1,2\n", 0x2C), ("a\tb\n1\t2\n", 0x09), ("a;b\n1;2\n", 0x3B), ("a|b\n1|2\n", 0x7C), ("a b\n1 2\n", nil),
        ("a;b\n1,5;2,5\n", 0x3B), ("a,b\n1;2,3;4\n", 0x2C), ("a,b\n\"x;y\",1\n\"z;w;v\",2\n", 0x2C),
        ("\"a;1\";b\n1;2\n", 0x3B), ("name\nJohn Smith\nJane Doe\n", 0x2C), ("score\n12\n13\n", 0x2C),
        ("first name\tlast name\nA B\tC\n", 0x09), ("x y\n\"1\" 2 3\n", nil), ("\"x\"\n\"1\" 5\n\"2\" 6\n", nil),
        ("a,b,c\n1,2\n3,4,5\n", 0x2C), ("a,b\n", 0x2C), ("a\tb", 0x09), ("\"a,b\nc\",d\n1,2\n", 0x2C),
        ("id group value\n1 a 0.5\n2 b 0.7\n", nil),
    ]

    @Test(arguments: texts) func delimiterIsFound(_ text: String, _ delimiter: UInt8?) {
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { buffer in
            #expect(Dialect(of: buffer, options: .init()).delimiter == delimiter)
        }
    }

    @Test func decimalCommasNeedSemicolonsAndNumbers() throws {
        #expect(shown(try read("a;b\n1,5;x\n2;y\n"), "a") == ["1.5", "2"])
        #expect(shown(try read("a;b\n-1,5e3;x\n,5;y\n"), "a") == ["-1500", "0.5"])
        // Commas in text are none, and points elsewhere say what the mark is.
        #expect(shown(try read("a;b\n1;x,5\n2;y\n"), "b") == ["x,5", "y"])
        #expect(shown(try read("a;b\n1.5;1,5\n2;2\n"), "a") == ["1.5", "2"])
        #expect(shown(try read("a;b\n1.5;1,5\n2;2\n"), "b") == ["1,5", "2"])
        // The first comma may come late.
        let late = "a;b\n" + String(repeating: "1;2\n", count: 5000) + "3,25;4\n"
        #expect(shown(try read(late), "a").last == "3.25")
        #expect(shown(try read("a\tb\n1,5\t2\n", ReadingOptions(decimalMark: .comma)), "a") == ["1.5"])
        #expect(shown(try read("a\tb\n1,5\t2\n"), "a") == ["1,5"])
        #expect(shown(try read("a;b\n1,5;2\n", ReadingOptions(decimalMark: .point)), "a") == ["1,5"])
    }

    /// Thousands of columns: the header may be longer than what is looked at.
    @Test func wideFilesAreRead() throws {
        let names = (0..<100_000).map { "gene expression \($0)" }
        let values = names.indices.map(String.init)
        let table = try read(names.joined(separator: "\t") + "\n" + values.joined(separator: "\t") + "\n")
        #expect(table.columnNames == names)
        #expect(shown(table, "gene expression 99999") == ["99999"])
    }

    @Test func theOptionsDecide() throws {
        #expect(try read("a,b;c\n1,2;3\n", ReadingOptions(delimiter: .semicolon)).columnNames == ["a,b", "c"])
        #expect(try read("a~b\n1~2\n", ReadingOptions(delimiter: .other(0x7E))).columnNames == ["a", "b"])
        #expect(try read("a b\n1\t 2\n", ReadingOptions(delimiter: .whitespace)).columnNames == ["a", "b"])
        #expect(try read("a b\n1  2\n", ReadingOptions(delimiter: .other(0x20))).columnNames == ["a", "b"])
    }
}
