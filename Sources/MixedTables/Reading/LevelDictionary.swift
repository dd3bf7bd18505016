// The distinct texts of a column, found by their bytes: no string is made before the end.

/// Numbers the distinct byte strings of a column in order of first appearance.
///
/// Texts of up to eight bytes are packed in a word and compared as such; longer ones by a 64-bit hash and then by their
/// bytes. Texts that stand in the file as they are stay there; those with doubled quotes are kept in `arena`.
///
/// - **Complexity:** constant time a look-up, on average; open addressing at most half full.
struct LevelDictionary {
    struct Entry {
        /// The packed bytes, or the hash of a longer text.
        var key: UInt64
        /// Where the text stands in the file, or in the arena when `isInArena`.
        var start: Int
        var length: Int
        var isInArena: Bool
        /// Where the field stands in the file, for messages.
        var fieldStart: Int
    }

    private(set) var entries: [Entry] = []
    private var slots: [Int32]
    private var mask: Int
    private var arena: [UInt8] = []

    init() {
        slots = Array(repeating: -1, count: 64)
        mask = 63
    }

    /// The code of the text at `base + start`, which is added when it is new.
    @inline(__always)
    mutating func code(base: UnsafePointer<UInt8>, start: Int, length: Int, limit: Int) -> Int32 {
        let key =
            length <= 8
            ? Self.packed(base + start, length, canReadEight: start + 8 <= limit) : Self.hash(base + start, length)
        var slot = Self.scramble(key, length) & mask
        while true {
            let code = slots[slot]
            if code < 0 { break }
            let entry = entries[Int(code)]
            if entry.key == key, entry.length == length,
                length <= 8 || matches(entry, base, start, length)
            {
                return code
            }
            slot = (slot + 1) & mask
        }
        return insert(
            Entry(key: key, start: start, length: length, isInArena: false, fieldStart: start), slot: slot)
    }

    /// The code of a text that is not in the file as it is, with the place of its field.
    mutating func code(text: [UInt8], base: UnsafePointer<UInt8>, fieldStart: Int) -> Int32 {
        text.withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else {
                return code(base: base, start: fieldStart, length: 0, limit: fieldStart)
            }
            let length = buffer.count
            let key =
                length <= 8 ? Self.packed(address, length, canReadEight: false) : Self.hash(address, length)
            var slot = Self.scramble(key, length) & mask
            while slots[slot] >= 0 {
                let code = slots[slot]
                let entry = entries[Int(code)]
                if entry.key == key, entry.length == length,
                    withBytes(of: entry, base: base, { $0.elementsEqual(buffer) })
                {
                    return code
                }
                slot = (slot + 1) & mask
            }
            let start = arena.count
            arena.append(contentsOf: buffer)
            return insert(
                Entry(key: key, start: start, length: length, isInArena: true, fieldStart: fieldStart), slot: slot)
        }
    }

    /// Calls `body` with the bytes of a level.
    func withBytes<Result>(
        of entry: Entry, base: UnsafePointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        guard entry.isInArena else { return body(UnsafeBufferPointer(start: base + entry.start, count: entry.length)) }
        return arena.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[entry.start..<entry.start + entry.length]))
        }
    }

    private func matches(_ entry: Entry, _ base: UnsafePointer<UInt8>, _ start: Int, _ length: Int) -> Bool {
        withBytes(of: entry, base: base) { $0.elementsEqual(UnsafeBufferPointer(start: base + start, count: length)) }
    }

    @inline(never)
    private mutating func insert(_ entry: Entry, slot: Int) -> Int32 {
        let code = Int32(truncatingIfNeeded: entries.count)
        entries.append(entry)
        slots[slot] = code
        if entries.count * 2 > slots.count { grow() }
        return code
    }

    private mutating func grow() {
        mask = slots.count * 2 - 1
        slots = Array(repeating: -1, count: mask + 1)
        for (code, entry) in entries.enumerated() {
            var slot = Self.scramble(entry.key, entry.length) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: code)
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

    @inline(__always)
    private static func scramble(_ key: UInt64, _ length: Int) -> Int {
        let product = (key ^ UInt64(truncatingIfNeeded: length)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: (product.high ^ product.low) >> 1)
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
