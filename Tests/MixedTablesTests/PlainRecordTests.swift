// Plain records are read by a loop of their own: it must give what the loop that knows every rule gives.

import Testing

@testable import MixedTables

@Suite struct PlainRecordTests {
    /// A missing code that is a number sends every record through the general loop.
    static let unusedNumber = "-987654321.125"

    static let menus: [[String]] = [
        ["0", "1", "12", "-3", "12345678", "-12345678", "1234567890123456", "0", "-0", "7", "000123"],
        [
            "0.5", "-1.25", "3", "-0", "-0.0", "12345678.12345678", "0.1234567890123456", "1.", ".5",
            "9007199254740993.0",
        ],
        ["a", "b", "", "longer text", "12345678", "1234567", "x y", "é", "abc def ghi jkl mno pqr", "NAN"],
        ["TRUE", "FALSE", "TRUE"],
        ["1", "NA", "2", "", "3"],
        ["NA", "NA", ""],
        ["k1", "k2", "NA", "k3"],
    ]

    /// What the general loop is needed for.
    static let odd: [[String]] = [
        ["+5", " 6", "7 ", "\"8\"", "9e2", "99999999999999999999", "12345678901234567"],
        ["1e-5", "-Inf", "NaN", "\"2.5\"", " 1.5", "+0.25", "1234567890.1234567890123", "123456789012345678.5"],
        ["\"a,b\"", "\" c\"", " d", "e ", "\"q\"\"q\"", "\"two\nlines\"", "NA ", "\u{1}"],
        ["T", "true", "False", " TRUE"],
        [" NA", "4.5", " "],
        [" ", "NA "],
        ["\"NA\"", "NA ", "\tk1"],
    ]

    static func text(
        _ columns: [Int], rows: Int, oddEvery: UInt64, lineEnd: String, delimiter: String, _ random: inout SplitMix
    ) -> String {
        var text = columns.indices.map { "c\($0)" }.joined(separator: delimiter) + lineEnd
        for _ in 0..<rows {
            let fields = columns.map { column in
                let menu = random.next() % oddEvery == 0 ? odd[column] : menus[column]
                return menu[Int(random.next() % UInt64(menu.count))]
            }
            text += fields.joined(separator: delimiter) + lineEnd
            if random.next() % (8 * oddEvery) == 0 { text += lineEnd }
        }
        return text
    }

    private func exactly(_ table: DataTable) -> [[String]] {
        table.columns.map { column in
            guard case .double(let values) = column.values else {
                return [column.name, type(column.values)] + shown(column.values)
            }
            return [column.name, "double"] + values.map { $0.isNaN ? "NaN" : String($0.bitPattern, radix: 16) }
        }
    }

    @Test(arguments: 0..<40) func plainRecordsReadAsAllOthers(_ seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        for oddEvery in [UInt64(1_000_000), 200, 11, 2] {
            let columns = (0..<(1 + Int(random.next() % 6))).map { _ in Int(random.next() % UInt64(Self.menus.count)) }
            let delimiter = [",", ";", "|", "!"][seed % 4]
            let text = Self.text(
                columns, rows: 300, oddEvery: oddEvery, lineEnd: seed % 3 == 0 ? "\r\n" : "\n", delimiter: delimiter,
                &random)
            var options = ReadingOptions()
            options.delimiter = .other(UInt8(ascii: Unicode.Scalar(delimiter) ?? ","))
            options.missingCodes = seed % 5 == 0 ? ["NA"] : ["NA", ""]
            var general = options
            general.missingCodes.append(Self.unusedNumber)
            let expected = exactly(try read(text, general))
            #expect(exactly(try read(text, options)) == expected, "\(columns) of seed \(seed)")
            #expect(
                exactly(try read(text, options, pieceSize: 1000)) == expected, "\(columns) of seed \(seed), in pieces")
        }
    }

    @Test func decimalCommas() throws {
        var text = "x;y\n"
        for row in 0..<200 { text += "\(row),25;-0,\(row)\n" }
        let table = try read(text)
        #expect(table["x"]?.values == .double((0..<200).map { Double($0) + 0.25 }))
        #expect(shown(table, "y").suffix(2) == ["-0.198", "-0.199"])
    }

    /// Only the columns that are wanted.
    @Test func columnsAreSkipped() throws {
        var options = ReadingOptions()
        options.columns = ["b", "d"]
        var text = "a,b,c,d\n"
        for row in 0..<300 { text += "text \(row),\(row),\(row % 7 == 0 ? "\"quoted, too\"" : "plain"),g\(row % 5)\n" }
        let table = try read(text, options)
        #expect(table["b"]?.values == .integer(Array(0..<300)))
        #expect(shown(table, "d") == (0..<300).map { "g\($0 % 5)" })
    }

    @Test(arguments: ["1,2\n", "1,2,3,4\n", "1,2,\"3\n"])
    func raggedRecordsAmongPlainOnesAreFound(_ record: String) {
        let plain = String(repeating: "10,20,30\n", count: 100)
        #expect(throws: TableError.self) { try read("a,b,c\n" + plain + record + plain) }
        do throws(TableError) {
            _ = try read("a,b,c\n" + plain + record + plain)
        } catch {
            #expect(error.message.contains("102"), "\(error.message)")
        }
    }

    @Test func numbersAgainstTheStandardLibrary() {
        var random = SplitMix(seed: 3)
        for _ in 0..<200_000 {
            let whole = Int(random.next() % 12)
            let decimals = Int(random.next() % 12)
            var digits = ""
            for _ in 0..<whole { digits += String(random.next() % 10) }
            if decimals > 0 { digits += "." }
            for _ in 0..<decimals { digits += String(random.next() % 10) }
            guard whole + decimals > 0 else { continue }
            let text = (random.next() % 2 == 0 ? "-" : "") + digits
            let bytes = Array(text.utf8) + [0x2C] + [UInt8](repeating: 0x39, count: 48)
            let value: Double? = bytes.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return nil }
                let scanner = PlainNumberScanner(base: base, delimiter: 0x2C, decimalMark: 0x2E)
                let number = scanner.scan(at: 0)
                guard number.isPlain, number.end == text.utf8.count else { return nil }
                return scanner.magnitude(number).map { number.isNegative ? -$0 : $0 }
            }
            if whole + decimals <= 19 { #expect(value == Double(text), "\(text)") }
        }
    }
}
