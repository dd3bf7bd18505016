// What one pass over the rows leaves: a design and its cross-products, from which every sub-model can be fitted.

public import MixedProgress
public import MixedSyntax
public import MixedTables

/// The cross-products of a wide formula, without the rows and without estimates.
///
/// A cube answers every model whose columns it collected exactly as the rows would, can be kept in a file, and can be added,
/// subtracted and merged with others: today's rows are appended, a participant is withdrawn, hospitals are pooled.
///
///     let cube = try DataCube("y ~ x1 * x2 + (1 + x1 | g)", data: data)
///     let fit = try cube.fit("y ~ x1 + (1 | g)")
///
/// Its size grows with groups, and with pairs of groups that occur together; the number of rows does not matter.
public struct DataCube: Sendable {
    /// The columns that were collected, the levels of their factors, and what is remembered of the rows.
    public let design: ModelDesign
    /// Their cross-products.
    public let products: CrossProducts
    /// For each pair of factors in `products.pairs` the number of rows of each pair of levels.
    package let pairCounts: [[Int32]]
    /// What kind of values the columns of the table have that the design is computed from.
    public let columnKinds: [String: ColumnKind]
    /// Sentences about how the rows were read and what was done to the cube.
    public let notes: [String]
    /// What the cube was made or read from, for messages; `nil` for one made in memory.
    public var origin: String?

    /// What kind of values a column has; the names and the order of levels depend on it.
    public enum ColumnKind: String, Hashable, Sendable, Codable {
        case integer
        case number
        case truth
        case text
        /// Levels in an order that was given.
        case factor
    }

    /// Takes over parts that were computed before.
    package init(
        design: ModelDesign, products: CrossProducts, pairCounts: [[Int32]], columnKinds: [String: ColumnKind],
        notes: [String], origin: String? = nil
    ) {
        self.design = design
        self.products = products
        self.pairCounts = pairCounts
        self.columnKinds = columnKinds
        self.notes = notes
        self.origin = origin
    }

    /// How many rows the cube was collected from.
    public var rowCount: Int { products.rowCount }
    /// The formula whose columns were collected.
    public var formula: ModelFormula { design.formula }

    /// Collects the cross-products of a parsed formula in one pass over the rows.
    ///
    /// A factor may have a single level in these rows, as the name of a hospital has in its own data, because other rows may be
    /// added; whether a model can be fitted is looked at when one is asked for.
    /// - Complexity: O(rows × columns²), and memory for the levels and their pairs.
    /// - Throws: `DesignError` when the formula does not fit the table.
    public init(
        _ formula: ModelFormula, data table: DataTable, options: DesignOptions = .init(), notes: [String] = []
    ) throws(DesignError) {
        let built = try ModelDesign.buildPart(formula, data: table, options: options)
        self.init(built.design, built.frame, table, notes: notes)
    }

    /// Collects the cross-products of a formula in R's notation.
    ///
    /// - Throws: `Diagnostic` when the formula cannot be parsed, `DesignError` when it does not fit the table.
    public init(
        _ formula: String, data table: DataTable, options: DesignOptions = .init(), notes: [String] = []
    ) throws {
        let parsed = try ModelFormula(parsing: formula, columns: table.columnNames)
        try self.init(parsed, data: table, options: options, notes: notes)
    }

    /// What one pass over rows has left, as a cube.
    ///
    /// How many rows two levels share is in the cross-products of two random intercepts; where rows are weighted, or a factor
    /// has no intercept, the rows are counted in a second pass.
    ///
    /// - Parameter monitor: Is told how far a second pass is, and can stop it.
    /// - Throws: `TableError` where the rows cannot be read again, or have changed.
    public init(_ rows: StreamedDesign, notes: [String] = [], monitor: WorkMonitor = .none) throws {
        let known = rows.products.pairs.map { Self.counts(of: $0, rows.products, rows.design) }
        let pairCounts =
            known.contains(nil) ? try Self.counts(ofRows: rows, known, monitor: monitor) : known.compactMap { $0 }
        self.init(
            design: rows.design, products: rows.products, pairCounts: pairCounts,
            columnKinds: rows.design.columnKinds(in: rows.rows.sample), notes: notes, origin: rows.rows.name)
    }

    private init(_ design: ModelDesign, _ frame: ModelFrame, _ table: DataTable, notes: [String]) {
        let products = CrossProducts(FrameRows(design, frame))
        let codes = design.groupingFactors.indices.map { frame.codes(factor: $0) }
        self.init(
            design: design, products: products,
            pairCounts: products.pairs.map { pair in
                Self.counts(of: pair, products, design)
                    ?? Self.counts(of: pair, codes[pair.first], codes[pair.second])
            },
            columnKinds: design.columnKinds(in: table), notes: notes, origin: table.origin)
    }

    /// The rows of a table as a cube, coded with the levels, contrasts, means and knots of this one; grouping factors may have
    /// new levels.
    ///
    /// - Throws: `CubeError` where a column has values of another kind, `DesignError` when the rows do not fit the design.
    public func part(of table: DataTable, notes: [String] = []) throws -> DataCube {
        let kinds = design.columnKinds(in: table)
        try Self.checkKinds(
            columnKinds, origin.map { "'\($0)'" } ?? "the cube", kinds,
            table.origin.map { "'\($0)'" } ?? "the data")
        let built = try ModelDesign.buildPart(
            formula, data: table, options: design.options, codedAs: design)
        return DataCube(built.design, built.frame, table, notes: notes)
    }

    /// How often each pair of levels occurs, where the blocks say so: at the constant's place, without weights.
    private static func counts(
        of pair: PairCrossProducts, _ products: CrossProducts, _ design: ModelDesign
    ) -> [Int32]? {
        let (first, second) = (design.groupingFactors[pair.first], design.groupingFactors[pair.second])
        guard !design.hasWeights, let row = first.columns.firstIndex(where: \.isIntercept),
            let column = second.columns.firstIndex(where: \.isIntercept)
        else { return nil }
        let width = first.columnCount
        let size = width * second.columnCount
        let scale =
            products.factors[pair.first].columnScales[row] * products.factors[pair.second].columnScales[column]
        let counts = (0..<pair.pairCount).compactMap { place in
            Int32(exactly: pair.blocks[place * size + row + column * width] * scale)
        }
        return counts.count == pair.pairCount ? counts : nil
    }

    /// How often each pair of levels occurs in rows that are read again, where that is not known.
    private static func counts(
        ofRows rows: StreamedDesign, _ known: [[Int32]?], monitor: WorkMonitor
    ) throws -> [[Int32]] {
        let pairs = rows.products.pairs
        var counts = zip(pairs, known).map { $1 ?? [Int32](repeating: 0, count: $0.pairCount) }
        var rowCount = 0
        try rows.rows.forEachFrame(purpose: .rowsAgain, monitor: monitor) { frame in
            frame
        } body: { frame in
            rowCount += frame.rowCount
            for (index, pair) in pairs.enumerated() where known[index] == nil {
                count(pair, frame.codes(factor: pair.first), frame.codes(factor: pair.second), into: &counts[index])
            }
        }
        guard rowCount == rows.design.data.rowCount else { throw TableError.changedWhileRead(file: rows.rows.name) }
        return counts
    }

    /// How often each pair of levels occurs in the rows.
    private static func counts(of pair: PairCrossProducts, _ first: [Int32], _ second: [Int32]) -> [Int32] {
        var counts = [Int32](repeating: 0, count: pair.pairCount)
        count(pair, first, second, into: &counts)
        return counts
    }

    private static func count(
        _ pair: PairCrossProducts, _ first: [Int32], _ second: [Int32], into counts: inout [Int32]
    ) {
        for (one, other) in zip(first, second) {
            var low = pair.rowStarts[Int(one)]
            var high = pair.rowStarts[Int(one) + 1]
            while low < high {
                let middle = (low + high) / 2
                if pair.columns[middle] < other { low = middle + 1 } else { high = middle }
            }
            if low < counts.count { counts[low] &+= 1 }
        }
    }

    /// Refuses columns that hold numbers in one place and text in another.
    static func checkKinds(
        _ first: [String: ColumnKind], _ firstName: String, _ second: [String: ColumnKind], _ secondName: String
    ) throws(CubeError) {
        for (name, kind) in first.sorted(by: { $0.key < $1.key }) {
            guard let other = second[name], other != kind, !(kind.isNumeric && other.isNumeric) else { continue }
            throw CubeError(
                .differentColumn(name),
                "'\(name)' has \(kind.words) in \(firstName) and \(other.words) in \(secondName)",
                hint: "make both the same, for one by --factor, --levels or --na when the cube is made")
        }
    }
}

extension DataCube.ColumnKind {
    var isNumeric: Bool { self == .integer || self == .number }

    fileprivate var words: String {
        switch self {
        case .integer, .number: "numbers"
        case .truth: "TRUE and FALSE"
        case .text: "text"
        case .factor: "levels in a given order"
        }
    }

    init(_ values: ColumnValues) {
        switch values {
        case .double: self = .number
        case .integer: self = .integer
        case .boolean: self = .truth
        case .categorical(let values): self = values.kind == .text ? .text : .factor
        }
    }
}

extension ModelDesign {
    /// The kinds of the columns that terms, groups, weights and offsets are computed from.
    func columnKinds(in table: DataTable) -> [String: DataCube.ColumnKind] {
        var names = Set(formula.variableNames)
        for auxiliary in offsets + [weights].compactMap({ $0 }) {
            names.formUnion(auxiliary.expression.expression.variableNames)
        }
        var kinds: [String: DataCube.ColumnKind] = [:]
        for name in names {
            if let column = table[name] { kinds[name] = DataCube.ColumnKind(column.values) }
        }
        return kinds
    }
}

extension DataCube {
    /// The expression of the precision weights, or `nil`.
    public var weights: TableExpression? { design.weights?.expression.expression }

    /// The offset that was given beside the formula's own, or `nil`.
    public var addedOffset: TableExpression? { design.options.offset }
}
