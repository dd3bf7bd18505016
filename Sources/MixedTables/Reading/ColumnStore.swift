// The values of one column of a piece of a file while they are being read.

/// What a column holds, as far as it has been read.
enum StoredKind: Hashable {
    /// The column is not wanted.
    case skipped
    /// Only missing values so far.
    case unknown
    case boolean
    case integer
    case double
    case text
    /// Text was found after other values: the column must be read again from the start, as text.
    case failed
}

/// A typed buffer that starts without a type and takes the one its first value has.
///
/// The memory belongs to the store until `release`.
struct ColumnStore {
    private(set) var kind: StoredKind
    /// Whether a whole number was met that no `Int` holds.
    var hasHugeIntegers = false
    /// Whether a number with decimals, an exponent, `Inf` or `NaN` was met.
    var hasReals = false
    /// Whether blank fields were taken as missing that are text if the column is.
    var hasAmbiguousBlanks = false
    /// The texts behind the codes, unless `newLevels` is part of them.
    var dictionary: LevelDictionary
    /// What the reader had not met before, where its dictionary lives on.
    var newLevels: LevelBatch?
    private(set) var memory: UnsafeMutableRawPointer?
    private var capacity: Int

    init(kind: StoredKind, capacity: Int) {
        self.kind = kind
        self.capacity = capacity
        dictionary = LevelDictionary()
        if kind == .text { allocate() }
    }

    private var stride: Int {
        switch kind {
        case .boolean: 1
        case .integer, .double: 8
        case .text: 4
        case .skipped, .unknown, .failed: 0
        }
    }

    private mutating func allocate() {
        memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, capacity * stride), alignment: 8)
    }

    mutating func release() {
        memory?.deallocate()
        memory = nil
    }

    /// Makes room for more rows, keeping the first `rows`.
    mutating func grow(to newCapacity: Int, keeping rows: Int) {
        capacity = newCapacity
        guard let old = memory else { return }
        allocate()
        memory?.copyMemory(from: old, byteCount: rows * stride)
        old.deallocate()
    }

    /// Gives an `unknown` column its kind; the rows before `row` are missing.
    mutating func become(_ newKind: StoredKind, at row: Int) {
        kind = newKind
        allocate()
        for earlier in 0..<row { setMissing(earlier) }
    }

    /// Turns whole numbers into doubles.
    mutating func promoteToDouble(rows: Int) {
        kind = .double
        guard let memory else { return }
        for row in 0..<rows {
            let value = memory.load(fromByteOffset: row * 8, as: Int.self)
            memory.storeBytes(
                of: value == ColumnValues.missingInteger ? .nan : Double(value), toByteOffset: row * 8, as: Double.self)
        }
    }

    mutating func fail() {
        release()
        kind = .failed
    }

    @inline(__always)
    func setInteger(_ value: Int, _ row: Int) {
        memory.unsafelyUnwrapped.storeBytes(of: value, toByteOffset: row &* 8, as: Int.self)
    }

    @inline(__always)
    func setDouble(_ value: Double, _ row: Int) {
        memory.unsafelyUnwrapped.storeBytes(of: value, toByteOffset: row &* 8, as: Double.self)
    }

    @inline(__always)
    func setCode(_ value: Int32, _ row: Int) {
        memory.unsafelyUnwrapped.storeBytes(of: value, toByteOffset: row &* 4, as: Int32.self)
    }

    @inline(__always)
    func setBoolean(_ value: Bool, _ row: Int) {
        memory.unsafelyUnwrapped.storeBytes(of: value ? 1 : 0, toByteOffset: row, as: Int8.self)
    }

    func setMissing(_ row: Int) {
        switch kind {
        case .boolean: memory?.storeBytes(of: ColumnValues.missingBoolean, toByteOffset: row, as: Int8.self)
        case .integer: setInteger(ColumnValues.missingInteger, row)
        case .double: setDouble(.nan, row)
        case .text: setCode(CategoricalValues.missing, row)
        case .skipped, .unknown, .failed: break
        }
    }
}
