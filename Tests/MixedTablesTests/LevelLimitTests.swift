// More levels than there are codes: said, not counted wrong. The limit is made small here.

import Testing

@testable import MixedTables

@Suite struct LevelLimitTests {
    @Test func aDictionarySaysThatItIsFull() {
        var dictionary = LevelDictionary(limit: 3)
        func code(_ text: String) -> Int32 {
            var copy = text
            return copy.withUTF8 { bytes in
                bytes.baseAddress.map {
                    dictionary.code(of: $0, length: bytes.count, readable: bytes.count, fieldStart: 0)
                } ?? -1
            }
        }
        #expect(["a", "b", "a long text that is hashed", "b"].map(code) == [0, 1, 2, 1])
        #expect(!dictionary.isFull)
        // What is met afterwards has a code that is safe to use as an index.
        #expect(code("d") == 0 && dictionary.isFull)
        #expect(code("b") == 1)
        #expect(dictionary.takingNew().isFull)
    }

    @Test(arguments: [
        ColumnValues.integer([5, 1, 5, 9, 2]), .double([0.5, 1, 0.5, 3, 4]),
        .categorical(CategoricalValues(codes: [0, 1, 2, 3], levels: ["a", "b", "c", "d"], kind: .text)),
    ])
    func aCoderSaysThatItIsFull(_ values: ColumnValues) throws {
        let text = "x\n" + String(repeating: "1\n", count: 10)
        let source = try TextSource(Array(text.utf8), named: "test.csv", encoding: .utf8)
        let stream = try TableStream(source, options: ReadingOptions())
        var coder = LevelCoder(limit: 3)
        let codes = coder.codes(values, levels: nil)
        #expect(coder.isFull)
        #expect(codes.allSatisfy { $0 >= 0 && $0 < 3 })
        #expect(throws: TableError.tooManyLevels(file: stream.name, column: "x")) {
            _ = try coder.levels(isUsed: [true, true, true], column: "x", of: stream)
        }
    }

    @Test func theMessageSaysWhatToDo() {
        let message = TableError.tooManyLevels(file: "big.csv", column: "user").message
        #expect(message.contains("big.csv: 'user' has more than 2147483647 levels"))
        #expect(message.contains("coarser"))
    }
}
