// Learning a design and its cross-products from a text in one pass, without holding its rows.

public import MixedProgress
public import MixedSyntax
public import MixedTables

/// A design and the cross-products of rows that were read but not kept.
public struct StreamedDesign: Sendable {
    /// The columns of the fixed and random effects, with the levels of all rows.
    public let design: ModelDesign
    /// What the rows leave.
    public let products: CrossProducts
    /// The rows, which can be read again.
    package let rows: StreamedRows

    /// How many bytes the text has.
    public var byteCount: Int { rows.byteCount }

    init(design: ModelDesign, products: CrossProducts, rows: StreamedRows) {
        self.design = design
        self.products = products
        self.rows = rows
    }

    /// Reads a delimited text once, part by part, and keeps the design and the cross-products of its rows: the text may be
    /// larger than memory.
    ///
    /// Types, levels of fixed factors and contrasts are learned from the first part. Where a later part does not fit what was
    /// learned, that part is remembered, the rest is only looked through for more of its kind, and the text is read again
    /// with all of them known.
    ///
    /// - Parameters:
    ///   - inspected: Columns that `prepare` looks at.
    ///   - memory: Reading ends with an error when the sums need more.
    ///   - monitor: Is told how far the reading is, and can stop it.
    ///   - prepare: Steps that each part goes through before it is used; what they do with a row must depend on that row only.
    /// - Returns: `nil` for a formula that needs all rows at once, such as one with `poly(x, 2)` or `mean(x)`, for a first
    ///   part that says too little, and for a text of one part, where nothing is gained.
    /// - Complexity: One pass over the text as a rule; memory grows with levels and pairs of levels that occur together.
    /// - Throws: `DesignError`, `TableError`, `MemoryShortage`, and what `prepare` throws.
    public init?(
        _ formula: ModelFormula, contentsOf path: String, reading: ReadingOptions = ReadingOptions(),
        options: DesignOptions = DesignOptions(), inspecting inspected: Set<String> = [],
        memory: MemoryLimit = .available, monitor: WorkMonitor = .none,
        prepare: @escaping @Sendable (DataTable) throws -> DataTable = { $0 }
    ) throws {
        try self.init(
            formula, TextSource(contentsOf: path, encoding: reading.encoding, monitor: monitor), reading: reading,
            options: options, inspecting: inspected, memory: memory, monitor: monitor, prepare: prepare)
    }

    /// Reads a text that has been opened, as `init(_:contentsOf:reading:options:inspecting:memory:monitor:prepare:)` does;
    /// where that gives `nil`, the rows of standard input can still be read from it.
    public init?(
        _ formula: ModelFormula, _ text: TextSource, reading: ReadingOptions = ReadingOptions(),
        options: DesignOptions = DesignOptions(), inspecting inspected: Set<String> = [],
        memory: MemoryLimit = .available, monitor: WorkMonitor = .none,
        prepare: @escaping @Sendable (DataTable) throws -> DataTable = { $0 }
    ) throws {
        let stream = try TableStream(text, options: reading)
        guard !stream.isShort else { return nil }
        try self.init(
            formula, stream, options: options, inspecting: inspected, memory: memory, monitor: monitor,
            prepare: prepare)
    }

    package init?(
        _ formula: ModelFormula, _ stream: TableStream, options: DesignOptions = DesignOptions(),
        inspecting inspected: Set<String> = [], memory: MemoryLimit = .available, monitor: WorkMonitor = .none,
        prepare: @escaping @Sendable (DataTable) throws -> DataTable = { $0 }
    ) throws {
        var places = [stream.firstPlace]
        while true {
            let raw = try stream.table(of: places)
            let sampled: SampledFormula?
            do {
                sampled = try SampledFormula(
                    formula, sample: try prepare(raw), options: options, inspected: inspected)
            } catch is DesignError {
                // All rows may have what the sample lacks; where they do not, they give the better message.
                return nil
            }
            guard let sampled else { return nil }
            let pass = StreamedPass(sampled, memory: memory)
            let surprising: [TableStream.Place]
            do {
                surprising = try pass.add(
                    stream, like: raw, purpose: places.count > 1 ? .rowsAgain : .rows, monitor: monitor,
                    prepare: prepare)
            } catch is DesignError {
                // A value that cannot be used: held rows give the message with the row of the file.
                return nil
            }
            if surprising.isEmpty {
                self = try pass.finished(stream, sample: raw, prepare: prepare)
                return
            }
            places += surprising
        }
    }
}

extension StreamedPass {
    /// Adds all parts of a stream that fit the sample.
    ///
    /// - Returns: The parts that do not; where there are some, what was added is not all.
    fileprivate func add(
        _ stream: TableStream, like sample: DataTable, purpose: ReadingProgress.Purpose, monitor: WorkMonitor,
        prepare: @escaping @Sendable (DataTable) throws -> DataTable
    ) throws -> [TableStream.Place] {
        let formula = formula
        var surprising: [TableStream.Place] = []
        try stream.forEachPart(
            like: sample, coded: formula.codedColumns, passesLevelsOnce: true, purpose: purpose, monitor: monitor
        ) { part -> EvaluatedPart? in
            if part.isSurprising { return nil }
            do {
                return try EvaluatedPart(prepare(part.table), levels: part.levels, of: formula)
            } catch is EvaluatedPart.Surprise {
                return nil
            }
        } body: { part, _, place in
            if let part {
                if surprising.isEmpty {
                    self.add(part)
                    try self.checkMemory()
                }
            } else {
                surprising.append(place)
            }
        }
        return surprising
    }
}
