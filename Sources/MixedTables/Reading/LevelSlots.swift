// The hash table of a column's distinct texts.

internal import CKernels

/// The places of a hash table, at most half of them taken, at an address that does not move.
final class LevelSlots: @unchecked Sendable {
    /// A place: what is needed to recognise most texts is in one cache line.
    struct Slot {
        /// The packed bytes of a text, or the hash of a longer one.
        var key: UInt64
        var length: UInt32
        /// -1 where the place is free.
        var code: Int32
    }

    /// A table that nothing is in, and nothing must be put in.
    static let empty = LevelSlots(count: 1)

    private let memory: UnsafeMutablePointer<Slot>
    /// A power of two.
    let count: Int

    init(count: Int) {
        self.count = count
        memory = .allocate(capacity: count)
        memory.initialize(repeating: Slot(key: 0, length: 0, code: -1), count: count)
    }

    deinit { memory.deallocate() }

    /// What finds texts, as long as the object lives and nothing is inserted.
    var lookup: LevelLookup { LevelLookup(slots: memory, mask: count - 1) }

    /// Takes the first free place for a text that has none.
    func insert(_ code: Int32, _ key: UInt64, _ length: Int) {
        let lookup = lookup
        var place = lookup.place(key, length)
        while memory[place].code >= 0 { place = lookup.place(after: place) }
        memory[place] = Slot(key: key, length: UInt32(truncatingIfNeeded: length), code: code)
    }
}

/// Finds the codes of texts that are packed in a word: fewer than eight bytes, the first in the lowest bits, and zeros.
struct LevelLookup {
    private let slots: UnsafePointer<LevelSlots.Slot>
    private let mask: Int

    fileprivate init(slots: UnsafePointer<LevelSlots.Slot>, mask: Int) {
        self.slots = slots
        self.mask = mask
    }

    @inline(__always)
    subscript(place: Int) -> LevelSlots.Slot { slots[place] }

    /// Where the search for a text begins.
    @inline(__always)
    func place(_ key: UInt64, _ length: Int) -> Int {
        let product = (key ^ UInt64(truncatingIfNeeded: length)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: (product.high ^ product.low) >> 1) & mask
    }

    @inline(__always)
    func place(after place: Int) -> Int { (place &+ 1) & mask }

    /// The code of a text, if it has one.
    @inline(__always)
    func code(ofPacked key: UInt64, length: Int) -> Int32? {
        var place = place(key, length)
        while true {
            let slot = slots[place]
            if slot.code < 0 { return nil }
            if slot.key == key, slot.length == UInt32(truncatingIfNeeded: length) { return slot.code }
            place = self.place(after: place)
        }
    }

    /// Has the place of a text fetched from memory.
    @inline(__always)
    func prefetch(packed key: UInt64, length: Int) { mixed_prefetch(slots + place(key, length)) }
}
