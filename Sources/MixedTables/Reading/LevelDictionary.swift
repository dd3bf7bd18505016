// The distinct texts of a column, found by their bytes: no string is made before the end.

/// Numbers the distinct byte strings of a column in order of first appearance.
///
/// Texts of up to eight bytes are packed in a word and compared as such; longer ones by a 64-bit hash and then by their
/// bytes, which the dictionary keeps.
///
/// - **Complexity:** constant time a look-up, on average; open addressing at most half full.
package struct LevelDictionary {
    struct Entry {
        /// The packed bytes, or the hash of a longer text.
        var key: UInt64
        /// Where the text begins in the arena.
        var start: Int
        var length: Int
        /// Where the field stands in the text that it was first met in, for messages.
        var fieldStart: Int
    }

    private(set) var entries: [Entry] = []
    /// How many of them have been passed on.
    private(set) var takenCount = 0
    private var slots = LevelSlots.empty
    private var arena: [UInt8] = []
    /// Whether there was no code left for a text; the codes then mean nothing.
    private(set) var isFull = false
    private let limit: Int

    /// - Parameter limit: How many texts may have codes.
    init(limit: Int = LevelDictionary.codeCount) { self.limit = limit }

    /// How many codes there are.
    package static let codeCount = Int(Int32.max)

    /// The code of a text, which is added when it is new.
    ///
    /// - Parameters:
    ///   - readable: How many bytes after `text` may be read, at least its length.
    ///   - fieldStart: Where its field stands, for messages.
    @inline(__always)
    mutating func code(of text: UnsafePointer<UInt8>, length: Int, readable: Int, fieldStart: Int) -> Int32 {
        let key =
            length <= 8 ? Self.packed(text, length, canReadEight: readable >= 8) : Self.hash(text, length)
        return code(key: key, text: text, length: length, fieldStart: fieldStart)
    }

    /// What finds short texts, as long as none is added.
    var lookup: LevelLookup { slots.lookup }

    /// The code of a text of another dictionary.
    mutating func code(of entry: Entry, in other: LevelDictionary) -> Int32 {
        other.arena.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else {
                // Only empty texts have been met.
                return withUnsafePointer(to: 0) {
                    code(key: entry.key, text: $0, length: 0, fieldStart: entry.fieldStart)
                }
            }
            return code(
                key: entry.key, text: base + entry.start, length: entry.length, fieldStart: entry.fieldStart)
        }
    }

    @inline(__always)
    private mutating func code(key: UInt64, text: UnsafePointer<UInt8>, length: Int, fieldStart: Int) -> Int32 {
        let lookup = slots.lookup
        var place = lookup.place(key, length)
        while true {
            let slot = lookup[place]
            if slot.code < 0 { return insert(key, text, length, fieldStart) }
            if slot.key == key, slot.length == UInt32(truncatingIfNeeded: length),
                length <= 8 || matches(slot.code, text, length)
            {
                return slot.code
            }
            place = lookup.place(after: place)
        }
    }

    /// Calls `body` with the bytes of a level.
    func withBytes<Result>(of entry: Entry, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        arena.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[entry.start..<entry.start + entry.length]))
        }
    }

    /// The texts that were added since the last time, in order; they can be listed but not looked up.
    mutating func takingNew() -> LevelDictionary {
        var result = LevelDictionary()
        result.isFull = isFull
        guard takenCount < entries.count else { return result }
        let start = entries[takenCount].start
        result.arena = Array(arena[start...])
        result.entries = entries[takenCount...].map { entry in
            var entry = entry
            entry.start -= start
            return entry
        }
        takenCount = entries.count
        return result
    }

    private func matches(_ code: Int32, _ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        withBytes(of: entries[Int(code)]) { $0.elementsEqual(UnsafeBufferPointer(start: text, count: length)) }
    }

    @inline(never)
    private mutating func insert(_ key: UInt64, _ text: UnsafePointer<UInt8>, _ length: Int, _ fieldStart: Int) -> Int32
    {
        guard entries.count < limit else {
            isFull = true
            return 0
        }
        if (entries.count + 1) * 2 > slots.count || !isKnownUniquelyReferenced(&slots) { rebuild() }
        let code = Int32(truncatingIfNeeded: entries.count)
        entries.append(Entry(key: key, start: arena.count, length: length, fieldStart: fieldStart))
        arena.append(contentsOf: UnsafeBufferPointer(start: text, count: length))
        slots.insert(code, key, length)
        return code
    }

    /// Makes a larger table.
    private mutating func rebuild() {
        slots = LevelSlots(count: max(64, slots.count * 2))
        for (code, entry) in entries.enumerated() {
            slots.insert(Int32(truncatingIfNeeded: code), entry.key, entry.length)
        }
    }

    /// Up to eight bytes as a word.
    @inline(__always)
    private static func packed(_ bytes: UnsafePointer<UInt8>, _ length: Int, canReadEight: Bool) -> UInt64 {
        if canReadEight {
            let word = UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self).littleEndian
            return length == 8 ? word : word & ((1 << UInt64(length * 8)) - 1)
        }
        var word: UInt64 = 0
        for index in 0..<length { word |= UInt64(bytes[index]) << UInt64(index * 8) }
        return word
    }

    /// A hash of nine bytes or more: full-width products of the words, folded.
    @inline(__always)
    private static func hash(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        let raw = UnsafeRawPointer(bytes)
        var state: UInt64 = 0x2D35_8DCC_AA6C_78A5
        var offset = 0
        while offset + 8 <= length {
            let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let product = (state ^ word).multipliedFullWidth(by: 0x8BB8_4B93_962E_ACC9)
            state = product.high ^ product.low
            offset += 8
        }
        let last = raw.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self)
        let product = (state ^ last).multipliedFullWidth(by: 0x4B33_A62E_D433_D4A3)
        return product.high ^ product.low
    }
}
