// What a thread keeps while it reads one piece of a text after another.

internal import Synchronization

/// The levels that a reader has met in a piece for the first time.
package struct LevelBatch {
    /// Which reader it is; `nil` where the piece has a dictionary of its own, and the batch is all of it.
    let reader: Int?
    /// The code of the first of them. Where that is zero the reader begins anew.
    let first: Int
    /// Their texts, in order of their codes.
    let texts: LevelDictionary
}

/// The memory of one thread: the bytes of the piece at hand, and the levels of all pieces so far.
///
/// Nearly every level occurs in nearly every piece. A dictionary that lives on finds most of them where they were, and
/// only what is new in a piece is passed on, to be numbered in the order of the text. That order needs each piece of a
/// reader to be taken: a reader that has read in vain must forget what it knows.
final class PieceReader {
    let number: Int
    let buffer = TextBuffer()
    /// The columns whose dictionaries live on.
    private let shared: [Int]
    private var dictionaries: [LevelDictionary]
    /// How often the reader has begun anew, and the pieces it has read since.
    private(set) var generation = 0
    private(set) var pieceCount = 0
    private let mustForget = Atomic<Bool>(false)

    /// - Parameter shared: Columns of text whose dictionaries live on.
    init(number: Int = 0, shared: [Int] = []) {
        self.number = number
        self.shared = shared
        dictionaries = shared.map { _ in LevelDictionary() }
    }

    /// Rows and bytes of the last piece.
    private var last = (rows: 0, bytes: 0)

    /// About how many rows so many bytes have, a few more rather than fewer; `nil` before the first piece.
    func expectedRows(bytes: Int) -> Int? {
        guard last.rows > 0 else { return nil }
        return Int(1.02 * Double(last.rows) / Double(max(last.bytes, 1)) * Double(bytes)) + 16
    }

    /// Remembers how many rows a piece had.
    func note(rows: Int, bytes: Int) { last = (rows, bytes) }

    /// Says that a piece of this reader has not been taken; may be called by any thread.
    func disregard() { mustForget.store(true, ordering: .relaxed) }

    /// Begins anew where that is asked for.
    func prepare() {
        if mustForget.exchange(false, ordering: .relaxed) { forget() }
    }

    /// Lends its dictionaries to the columns of a piece.
    func lend(to columns: inout [ColumnStore]) {
        for (index, column) in shared.enumerated() where columns[column].kind == .text {
            swap(&columns[column].dictionary, &dictionaries[index])
        }
    }

    /// Takes the dictionaries back and leaves what is new in them.
    func takeBack(from columns: inout [ColumnStore]) {
        for (index, column) in shared.enumerated() where columns[column].kind == .text {
            swap(&columns[column].dictionary, &dictionaries[index])
            let known = dictionaries[index].takenCount
            columns[column].dictionary = LevelDictionary()
            columns[column].newLevels = LevelBatch(
                reader: number, first: known, texts: dictionaries[index].takingNew())
        }
        pieceCount += 1
    }

    /// Begins anew.
    func forget() {
        dictionaries = shared.map { _ in LevelDictionary() }
        generation += 1
        pieceCount = 0
    }
}

/// Which pieces of several readers may be taken.
struct PieceLedger {
    private var generations: [Int]
    private var counts: [Int]

    init(readers: Int) {
        generations = Array(repeating: 0, count: readers)
        counts = Array(repeating: 0, count: readers)
    }

    /// Whether a piece goes on from the last one that was taken of its reader, which is noted.
    ///
    /// - Parameters:
    ///   - generation: How often the reader had begun anew.
    ///   - index: The number of its piece since.
    mutating func takes(reader: Int, generation: Int, index: Int) -> Bool {
        if generation > generations[reader], index == 0 {
            generations[reader] = generation
            counts[reader] = 0
        }
        guard generation == generations[reader], index == counts[reader] else { return false }
        counts[reader] += 1
        return true
    }
}
