// The levels of a grouping variable while its rows arrive in parts: numbered as they are met, put in order at the end.

internal import MixedSyntax

/// Numbers the distinct values of a column in order of first appearance.
///
/// A value keeps its number; what the numbers mean, and the order of the levels, is known when all parts have been seen.
package struct LevelCoder {
    private var texts: LevelDictionary
    private var numbers: NumberCodes
    private var hasText = false
    private var isBoolean = false
    /// For each reader of the text what its codes are.
    private var translations: [[Int32]] = []
    /// Whether a number was met that is not whole.
    package private(set) var hasFractions = false

    private let limit: Int

    package init() { self.init(limit: LevelDictionary.codeCount) }

    /// - Parameter limit: How many values may be numbered.
    init(limit: Int) {
        self.limit = limit
        texts = LevelDictionary(limit: limit)
        numbers = NumberCodes(limit: limit)
    }

    /// Whether there were more values than can be numbered; the numbers then mean nothing.
    package var isFull: Bool { texts.isFull || numbers.isFull }

    /// How many values have been met.
    package var count: Int { hasText ? texts.entries.count : numbers.count }

    /// For each row the number of its value, -1 where it is missing.
    ///
    /// - Parameter levels: The texts behind the codes, where `values` are codes.
    /// - Complexity: O(1) a row on average; text is looked at once for each level of the batch.
    package mutating func codes(_ values: ColumnValues, levels: LevelBatch?) -> [Int32] {
        switch values {
        case .integer(let codes):
            guard let levels else { return numbers.codes(of: codes) }
            hasText = true
            let new = levels.texts.entries.map { texts.code(of: $0, in: levels.texts) }
            guard let reader = levels.reader else { return Self.translated(codes, new) }
            while translations.count <= reader { translations.append([]) }
            if levels.first == 0 { translations[reader] = [] }
            translations[reader] += new
            return Self.translated(codes, translations[reader])
        case .double(let values):
            if !hasFractions { hasFractions = values.contains { $0 != $0.rounded() } }
            return numbers.codes(of: values)
        case .boolean(let values):
            isBoolean = true
            return numbers.codes(of: values.map { $0 < 0 ? ColumnValues.missingInteger : Int($0) })
        case .categorical(let values):
            hasText = true
            let translation = values.levels.map { level in
                var level = level
                return level.withUTF8 { bytes in
                    withUnsafePointer(to: 0 as UInt8) { none in
                        texts.code(
                            of: bytes.baseAddress ?? none, length: bytes.count, readable: bytes.count, fieldStart: 0)
                    }
                }
            }
            return values.codes.map { $0 < 0 ? -1 : translation[Int($0)] }
        }
    }

    private static func translated(_ codes: [Int], _ translation: [Int32]) -> [Int32] {
        translation.withUnsafeBufferPointer { translation in
            codes.map { $0 == ColumnValues.missingInteger ? -1 : translation[$0] }
        }
    }

    /// The levels in R's order, and for each number the place of its value among them.
    ///
    /// - Parameter isUsed: For each number whether a row has it; the others are left out and have the place -1.
    /// - Throws: `TableError` for text that is no UTF-8, and for too many values.
    package func levels(isUsed: [Bool], column: String, of stream: TableStream) throws(TableError) -> (
        names: [String], places: [Int32]
    ) {
        if isFull { throw .tooManyLevels(file: stream.name, column: column) }
        var names: [String] = []
        var places = [Int32](repeating: -1, count: count)
        let used = (0..<count).filter { $0 < isUsed.count && isUsed[$0] }
        if hasText {
            let index = stream.text.names.firstIndex(of: column) ?? 0
            let spelled = try used.map { number throws(TableError) in
                try stream.text.level(texts.entries[number], of: texts, column: index)
            }
            for place in TextCollation.ascending(spelled) {
                places[used[place]] = Int32(truncatingIfNeeded: names.count)
                names.append(spelled[place])
            }
            return (names, places)
        }
        for number in numbers.ascending(used) {
            let name = isBoolean ? (numbers.value(number) == 0 ? "FALSE" : "TRUE") : numbers.text(number)
            // Numbers that agree to 15 digits are neighbours and share a level.
            if names.last != name { names.append(name) }
            places[number] = Int32(truncatingIfNeeded: names.count - 1)
        }
        return (names, places)
    }
}

/// Numbers the distinct numbers of a column: whole ones as such, and others by their value.
private struct NumberCodes {
    private var integers: [Int] = []
    private var doubles: [Double] = []
    private var isDouble = false
    private var slots: [Int32] = Array(repeating: -1, count: 64)
    private var mask = 63
    /// The codes of small whole numbers, where they lie close together.
    private var direct: [Int32] = []

    private static let directLimit = 1 << 22
    private let limit: Int
    private(set) var isFull = false

    init(limit: Int) { self.limit = limit }

    var count: Int { isDouble ? doubles.count : integers.count }

    func value(_ number: Int) -> Double { isDouble ? doubles[number] : Double(integers[number]) }
    func text(_ number: Int) -> String { isDouble ? RNumber.text(doubles[number]) : String(integers[number]) }

    func ascending(_ numbers: [Int]) -> [Int] {
        isDouble
            ? numbers.sorted { doubles[$0] < doubles[$1] } : numbers.sorted { integers[$0] < integers[$1] }
    }

    mutating func codes(of values: [Int]) -> [Int32] {
        if isDouble { return codes(of: values.map { $0 == ColumnValues.missingInteger ? .nan : Double($0) }) }
        return values.map { value in
            if value >= 0, value < direct.count, direct[value] >= 0 { return direct[value] }
            return value == ColumnValues.missingInteger ? -1 : code(ofInteger: value)
        }
    }

    mutating func codes(of values: [Double]) -> [Int32] {
        if !isDouble { becomeDouble() }
        // Zero with a minus sign is zero.
        return values.map { $0.isNaN ? -1 : code(ofDouble: $0 == 0 ? 0 : $0) }
    }

    @inline(never)
    private mutating func code(ofInteger value: Int) -> Int32 {
        var place = Self.scramble(UInt64(bitPattern: Int64(value))) & mask
        while slots[place] >= 0 {
            if integers[Int(slots[place])] == value { return slots[place] }
            place = (place + 1) & mask
        }
        guard integers.count < limit else {
            isFull = true
            return 0
        }
        let code = Int32(truncatingIfNeeded: integers.count)
        integers.append(value)
        slots[place] = code
        if integers.count * 2 > slots.count { grow() }
        if value >= 0, value < Self.directLimit {
            if value >= direct.count {
                direct += [Int32](
                    repeating: -1, count: max(value + 1, min(direct.count * 2, Self.directLimit)) - direct.count)
            }
            direct[value] = code
        }
        return code
    }

    private mutating func code(ofDouble value: Double) -> Int32 {
        var place = Self.scramble(value.bitPattern) & mask
        while slots[place] >= 0 {
            if doubles[Int(slots[place])] == value { return slots[place] }
            place = (place + 1) & mask
        }
        guard doubles.count < limit else {
            isFull = true
            return 0
        }
        let code = Int32(truncatingIfNeeded: doubles.count)
        doubles.append(value)
        slots[place] = code
        if doubles.count * 2 > slots.count { grow() }
        return code
    }

    /// Whole numbers met so far become numbers: two that are the same double keep two codes, which share a level.
    private mutating func becomeDouble() {
        isDouble = true
        doubles = integers.map { Double($0) }
        integers = []
        direct = []
        rebuild(capacity: slots.count)
    }

    private mutating func grow() { rebuild(capacity: slots.count * 2) }

    private mutating func rebuild(capacity: Int) {
        mask = capacity - 1
        slots = Array(repeating: -1, count: capacity)
        for number in 0..<count {
            let key = isDouble ? doubles[number].bitPattern : UInt64(bitPattern: Int64(integers[number]))
            var place = Self.scramble(key) & mask
            while slots[place] >= 0 { place = (place + 1) & mask }
            slots[place] = Int32(truncatingIfNeeded: number)
        }
    }

    private static func scramble(_ key: UInt64) -> Int {
        let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: (product.high ^ product.low) >> 1)
    }
}
