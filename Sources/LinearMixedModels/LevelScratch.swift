// Memory of one thread for the levels it works on, and where the parts of a loop leave their results.

internal import MixedLinearAlgebra

/// Memory that is used for one level after the other.
final class LevelScratch {
    private let columns: Int
    /// A level's rows.
    let row: Storage<Double>
    let reduced: Storage<Double>
    let product: Storage<Double>
    /// Some small blocks.
    let block: Storage<Double>
    /// A dense square over a level's columns.
    private(set) lazy var neighbourhood = Storage<Double>(zeros: columns * columns)
    /// A column of the border's matrix.
    private(set) lazy var borderColumn = Storage<Double>(zeros: borderSize)
    private let borderSize: Int

    /// - Parameters:
    ///   - columns: The most columns of a level's rows.
    ///   - width: The most effects of a level.
    ///   - borderSize: The columns of the border.
    init(columns: Int, width: Int, borderSize: Int) {
        self.columns = columns
        self.borderSize = borderSize
        row = Storage(zeros: columns * width)
        reduced = Storage(zeros: columns * width)
        product = Storage(zeros: columns * width)
        block = Storage(zeros: max(1, 8 * width * width))
    }
}

/// Results of the parts of a loop, each written by one of them.
struct DisjointResults: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Double>?

    init(_ buffer: UnsafeMutableBufferPointer<Double>) { base = buffer.baseAddress }

    subscript(index: Int) -> Double {
        get { base?[index] ?? 0 }
        nonmutating set { base?[index] = newValue }
    }
}

/// Blocks of numbers of one size, each written by one part of a loop.
struct DisjointBlocks: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Double>
    private let size: Int

    init(_ base: UnsafeMutablePointer<Double>, size: Int) {
        self.base = base
        self.size = size
    }

    subscript(index: Int) -> UnsafeMutablePointer<Double> { base + index * size }
}
