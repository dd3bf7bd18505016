// Several vectors side by side, so that one gather of a row fetches a cache line or two that is used whole.

internal import MixedLinearAlgebra

/// The numbers of eight right-hand sides at one place.
typealias Lanes = SIMD8<Double>

/// Vectors of one length, stored by rows: `groups` times eight of them.
final class RightHandSides: @unchecked Sendable {
    /// The length of each vector.
    let rowCount: Int
    /// Groups of eight vectors.
    let groups: Int
    let pointer: UnsafeMutablePointer<Lanes>
    private let storage: Storage<Double>

    /// Vectors of zeros.
    init(rows: Int, groups: Int) {
        rowCount = rows
        self.groups = groups
        // Lanes are aligned to their size, which is more than an allocation promises.
        let size = MemoryLayout<Lanes>.stride
        storage = Storage(zeros: rows * groups * Lanes.scalarCount + Lanes.scalarCount)
        let address = UInt(bitPattern: storage.pointer)
        let shift = Int((UInt(size) - address % UInt(size)) % UInt(size))
        let aligned = UnsafeMutableRawPointer(storage.pointer) + shift
        pointer = aligned.bindMemory(to: Lanes.self, capacity: rows * groups)
    }

    /// How many vectors there is room for.
    var columnCount: Int { groups * Lanes.scalarCount }
    var laneCount: Int { rowCount * groups }

    @inline(__always)
    subscript(row: Int, column: Int) -> Double {
        get { pointer[row * groups + column / Lanes.scalarCount][column % Lanes.scalarCount] }
        set { pointer[row * groups + column / Lanes.scalarCount][column % Lanes.scalarCount] = newValue }
    }

    func clear() { pointer.update(repeating: Lanes(), count: laneCount) }

    func copy(from other: RightHandSides) { pointer.update(from: other.pointer, count: laneCount) }

    /// The groups that hold a number of vectors.
    static func groups(for columns: Int) -> Int { max(1, (columns + Lanes.scalarCount - 1) / Lanes.scalarCount) }
}

/// Right-hand sides over all random effects: the chain's factors, finest first, and the border.
struct EffectSides {
    let chain: [RightHandSides]
    let border: RightHandSides

    init(_ layout: CrossedLayout, groups: Int) {
        chain = layout.chain.map { RightHandSides(rows: $0.effectCount, groups: groups) }
        border = RightHandSides(rows: layout.borderEffectCount, groups: groups)
    }

    var parts: [RightHandSides] { chain + [border] }
}
