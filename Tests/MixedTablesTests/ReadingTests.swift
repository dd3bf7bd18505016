// What files of every kind become, where R has no say or says something else.

import Testing

@testable import MixedTables

@Suite struct ReadingTests {
    @Test func truthValuesMayBeSpelledDifferently() throws {
        let table = try read("a,b,c\nT,True,F\nFALSE,false,NA\ntrue,TRUE,\n")
        #expect(table.columns.allSatisfy { type($0.values) == "logical" })
        #expect(shown(table, "a") == ["TRUE", "FALSE", "TRUE"])
        #expect(shown(table, "c") == ["FALSE", "NA", "NA"])
    }

    @Test func blanksAroundNumbersDoNotMatter() throws {
        let table = try read("a,b\n 1 ,\" 2.5 \"\n3\t, 4\n")
        #expect(type(table.columns[0].values) == "integer")
        #expect(shown(table, "b") == ["2.5", "4"])
    }

    @Test func blanksAroundUnquotedTextBelongToIt() throws {
        let table = try read("a,b\n x ,1\n\" y \",2\n")
        #expect(shown(table, "a") == [" x ", " y "])
    }

    @Test func longWholeNumbersKeepTheirDigits() throws {
        let table = try read(
            """
            a,b,c,d
            9007199254740993,9223372036854775807,9223372036854775808,-9223372036854775808
            1,-9223372036854775807,1,2

            """)
        #expect(table.columns.map { type($0.values) } == ["integer", "integer", "character", "character"])
        #expect(shown(table, "a") == ["9007199254740993", "1"])
        #expect(shown(table, "b") == ["9223372036854775807", "-9223372036854775807"])
        #expect(shown(table, "c") == ["9223372036854775808", "1"])
    }

    @Test(arguments: ["1e", "0x1F", "1_000", "1L", "--1", "+", ".", "e5", "1.2.3", "Infx", "1 2", "1-"])
    func otherSpellingsAreText(_ spelling: String) throws {
        #expect(shown(try read("a,b\n\(spelling),1\n2,2\n"), "a") == [spelling, "2"])
        #expect(shown(try read("a,b\n2,1\n\(spelling),2\n"), "a") == ["2", spelling])
    }

    @Test func theTypeComesFromTheWholeColumn() throws {
        let text = "a,b,c,d\n" + String(repeating: "1.50,1,T,\n", count: 2000) + "x,2.5,maybe,late\n"
        for size in [64, 1000, TableAssembler.pieceSize] {
            let table = try read(text, pieceSize: size)
            #expect(table.columns.map { type($0.values) } == ["character", "double", "character", "character"])
            #expect(shown(table, "a").prefix(2) == ["1.50", "1.50"])
            #expect(shown(table, "c").first == "T")
            #expect(table["b"]?.values.missingCount == 0)
            #expect(table["d"]?.values.missingCount == 2000)
        }
    }

    @Test func missingCodesMayBeNumbersAndText() throws {
        let options = ReadingOptions(missingCodes: ["-9", "NA", "none", "."])
        let table = try read("a,b,c\n-9,none,1.5\n5,x,-9\n-9.0,-9,.\n", options)
        #expect(shown(table, "a") == ["NA", "5", "-9"])
        #expect(shown(table, "b") == ["NA", "x", "NA"])
        #expect(shown(table, "c") == ["1.5", "NA", "NA"])
    }

    @Test func blankTextIsAValueWhenBlankIsNoCode() throws {
        let options = ReadingOptions(missingCodes: ["NA"])
        for size in [1, TableAssembler.pieceSize] {
            let table = try read("a,b\n,\n,1\nx,2\nNA,3\n", options, pieceSize: size)
            #expect(shown(table, "a") == ["", "", "x", "NA"])
            #expect(shown(table, "b") == ["NA", "1", "2", "3"])
        }
    }

    @Test func columnsThatAreNotNamedAreLeftOut() throws {
        let table = try read("a,b,c\n1,\"x\ny\",3\n4,z,6\n", ReadingOptions(columns: ["c", "other"]))
        #expect(table.columnNames == ["c"])
        #expect(table.omittedColumns == ["a", "b"])
        #expect(shown(table, "c") == ["3", "6"])
        #expect(try read("a\n1\n2\n", ReadingOptions(columns: [])).rowCount == 2)
    }

    @Test func withoutHeaderColumnsAreNumbered() throws {
        let table = try read("1,x\n2,y\n", ReadingOptions(hasHeader: false))
        #expect(table.columnNames == ["V1", "V2"])
        #expect(table.rowCount == 2)
    }

    @Test func namelessColumnsAreNumbered() throws {
        #expect(try read("\"\",a,\n1,2,3\n").columnNames == ["V1", "a", "V3"])
    }

    @Test func rowNamesAreReadOnRequest() throws {
        let text = "\"x\" \"y\"\n\"one\" 1 2\n\"two\" 3 4\n"
        #expect(try read(text).columnNames == ["x", "y"])
        let table = try read(text, ReadingOptions(columns: ["row.names", "y"]))
        #expect(shown(table, "row.names") == ["one", "two"])
        #expect(table.columnNames == ["row.names", "y"])
    }

    @Test func aDelimiterAtTheEndOfEveryLineMakesNoColumn() throws {
        #expect(try read("a,b\n1,2,\n3,4,\n5,6\n").columnNames == ["a", "b"])
        #expect(try read("a,b,\n1,2,\n3,4,\n").columnNames == ["a", "b"])
    }

    @Test func aByteOrderMarkIsIgnored() throws {
        #expect(try read([0xEF, 0xBB, 0xBF] + Array("a,b\n1,2\n".utf8)).columnNames == ["a", "b"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func everyLineEndCounts(_ end: String) throws {
        let lines = ["a;b", "1;\"x\(end)y\"", "", "2;z", "   ", "3;w"]
        for text in [lines.joined(separator: end), lines.joined(separator: end) + end] {
            let table = try read(text)
            #expect(shown(table, "a") == ["1", "2", "3"])
            #expect(shown(table, "b") == ["x\(end)y", "z", "w"])
        }
    }

    @Test func latin1IsReadOnRequest() throws {
        let bytes = Array("name,x\nJos".utf8) + [0xE9] + Array(",1\n".utf8)
        #expect(shown(try read(bytes, ReadingOptions(encoding: .latin1)), "name") == ["José"])
    }

    @Test func textIsUTF8() throws {
        let table = try read("größe,b\nMüller,1\n東京,2\n\"é\"\"é\",3\n")
        #expect(shown(table, "größe") == ["Müller", "東京", "é\"é"])
    }

    @Test func levelsStandInOrderOfAppearance() throws {
        let rows = (0..<5000).map { "level-number-\(($0 * 7919) % 1000),\(($0 * 31) % 97)x" }
        for size in [100, 10_000, TableAssembler.pieceSize] {
            let table = try read("a,b\n" + rows.joined(separator: "\n"), pieceSize: size)
            #expect(zip(shown(table, "a"), shown(table, "b")).map { "\($0),\($1)" } == rows)
            guard case .categorical(let values)? = table["a"]?.values else { return #expect(Bool(false)) }
            #expect(values.levels.prefix(2) == ["level-number-0", "level-number-919"])
            #expect(Set(values.levels).count == 1000 && values.levels.count == 1000)
        }
    }

    @Test func textsOfEveryLengthAreToldApart() throws {
        let texts = (0...40).flatMap {
            [String(repeating: "a", count: $0) + "x", String(repeating: "a", count: $0) + "y"]
        }
        let table = try read("t,n\n" + (texts + texts).map { "\($0),1" }.joined(separator: "\n"))
        #expect(shown(table, "t") == texts + texts)
        guard case .categorical(let values)? = table["t"]?.values else { return #expect(Bool(false)) }
        #expect(values.levels == texts)
    }
}
