// Cross-products as the sections of a file, and back.

internal import MixedDesign
internal import MixedLinearAlgebra

// Section names: `products.…` for what belongs to all rows, `factor.N.…` for the blocks of a grouping factor, `pair.N.…` for
// those of two. Counts that may exceed 32 bits are stored as doubles, which hold them exactly.

/// Cross-products taken apart.
struct ArchivedProducts {
    /// The sizes, from which it follows what sections there are.
    let header: JSONValue
    private(set) var sections: [ModelArchive.Section] = []

    init(_ products: CrossProducts) {
        let transform = products.transform
        header = [
            "rows": .integer(products.rowCount),
            "fixedColumns": .integer(products.fixedColumnCount),
            "isRotated": .boolean(transform.rotation != nil),
            "hasConstant": .boolean(transform.constantCombination != nil),
            "factors": .array(
                products.factors.map {
                    ["levels": .integer($0.levelCount), "effects": .integer($0.columnCount)]
                }),
            "pairs": .array(
                products.pairs.map { ["first": .integer($0.first), "second": .integer($0.second)] }),
        ]
        add(
            "products.scalars",
            [products.sumOfLogWeights, transform.responseShift, transform.responseScale])
        add("products.shifts", transform.shifts)
        add("products.scales", transform.scales)
        if let rotation = transform.rotation { add("products.rotation", rotation.storage) }
        if let constant = transform.constantCombination { add("products.constant", constant) }
        add("products.fixed", products.fixed.storage)
        add("products.squaredNorms", products.originalSquaredNorms)
        add("products.sums", products.moments.fixedSums)
        add("products.moments", products.moments.fixed.storage)
        for (index, factor) in products.factors.enumerated() {
            add("factor.\(index).moments", products.moments.random[index].storage)
            add("factor.\(index).rows", factor.rowCounts.map(Double.init))
            add("factor.\(index).scales", factor.columnScales)
            add("factor.\(index).diagonal", factor.diagonalBlocks)
            add("factor.\(index).fixed", factor.fixedBlocks)
            if let moments = factor.fixedMoments { add("factor.\(index).fixedMoments", moments) }
        }
        for (index, pair) in products.pairs.enumerated() {
            add("pair.\(index).starts", pair.rowStarts.map(Double.init))
            sections.append(ModelArchive.Section("pair.\(index).columns", .integers(pair.columns)))
            add("pair.\(index).blocks", pair.blocks)
        }
    }

    private mutating func add(_ name: String, _ values: [Double]) {
        sections.append(ModelArchive.Section(name, .doubles(values)))
    }
}

extension CrossProducts {
    /// Puts cross-products together again; that they make sense together remains to be checked.
    init(_ archive: ModelArchive) throws(ModelArchiveError) {
        let reader = ProductsReader(archive: archive)
        guard let header = archive.header["products"] else { throw reader.problem("its sizes are missing") }
        let rows = try reader.count(header["rows"])
        let columns = try reader.count(header["fixedColumns"])
        guard columns <= ProductsReader.columnLimit else { throw reader.problem("it has too many columns") }
        let scalars = try reader.doubles("products.scalars", count: 3)
        let isRotated = header["isRotated"]?.boolean ?? false
        let hasConstant = header["hasConstant"]?.boolean ?? false
        let transform = FixedColumnTransform(
            shifts: try reader.doubles("products.shifts", count: columns),
            scales: try reader.doubles("products.scales", count: columns),
            rotation: isRotated ? try reader.matrix("products.rotation", columns, columns) : nil,
            constantCombination: hasConstant ? try reader.doubles("products.constant", count: columns) : nil,
            responseShift: scalars[1], responseScale: scalars[2])

        var factors: [FactorCrossProducts] = []
        var randomMoments: [Matrix] = []
        for (index, sizes) in (header["factors"]?.elements ?? []).enumerated() {
            let levels = try reader.count(sizes["levels"])
            let effects = try reader.count(sizes["effects"])
            guard effects <= ProductsReader.columnLimit else { throw reader.problem("it has too many effects") }
            let (cells, overflow) = levels.multipliedReportingOverflow(by: effects * max(effects, columns + 1))
            guard !overflow, cells >= 0 else { throw reader.problem("it has too many levels") }
            // Files of models with very many levels, and those of the first programs, have no moments of their levels.
            let fixedMoments = "factor.\(index).fixedMoments"
            let size = PackedTriangle.count(columns + 1)
            guard !levels.multipliedReportingOverflow(by: size).overflow else {
                throw reader.problem("it has too many levels")
            }
            randomMoments.append(try reader.matrix("factor.\(index).moments", effects, effects))
            factors.append(
                FactorCrossProducts(
                    columnCount: effects, rowCounts: try reader.counts("factor.\(index).rows", count: levels),
                    columnScales: try reader.doubles("factor.\(index).scales", count: effects),
                    diagonalBlocks: try reader.doubles("factor.\(index).diagonal", count: levels * effects * effects),
                    fixedBlocks: try reader.doubles(
                        "factor.\(index).fixed", count: levels * effects * (columns + 1)),
                    fixedMoments: archive.contains(fixedMoments)
                        ? try reader.doubles(fixedMoments, count: levels * size) : nil))
        }
        var pairs: [PairCrossProducts] = []
        for (index, sizes) in (header["pairs"]?.elements ?? []).enumerated() {
            let first = try reader.count(sizes["first"])
            let second = try reader.count(sizes["second"])
            guard first < factors.count, second < factors.count else {
                throw reader.problem("it names a grouping factor that is not there")
            }
            let columns = try reader.integers("pair.\(index).columns")
            let (cells, overflow) = columns.count.multipliedReportingOverflow(
                by: factors[first].columnCount * factors[second].columnCount)
            guard !overflow else { throw reader.problem("it has too many pairs of levels") }
            pairs.append(
                PairCrossProducts(
                    first: first, second: second,
                    rowStarts: try reader.counts("pair.\(index).starts", count: factors[first].levelCount + 1),
                    columns: columns, blocks: try reader.doubles("pair.\(index).blocks", count: cells)))
        }
        self.init(
            rowCount: rows, sumOfLogWeights: scalars[0], transform: transform,
            fixed: try reader.matrix("products.fixed", columns + 1, columns + 1),
            originalSquaredNorms: try reader.doubles("products.squaredNorms", count: columns),
            moments: UnweightedMoments(
                fixedSums: try reader.doubles("products.sums", count: columns),
                fixed: try reader.matrix("products.moments", columns, columns), random: randomMoments),
            factors: factors, pairs: pairs)
    }
}

/// Reads sections of a known length whose numbers are finite.
private struct ProductsReader {
    /// More columns than any design may have; the square of it is far from the limits of `Int`.
    static let columnLimit = 1_000_000

    let archive: ModelArchive

    func problem(_ text: String) -> ModelArchiveError { ModelArchiveError(.malformed(text)) }

    func count(_ value: JSONValue?) throws(ModelArchiveError) -> Int {
        guard let count = value?.integer, count >= 0, count < 1 << 53 else {
            throw problem("a size in its header is missing or impossible")
        }
        return count
    }

    func doubles(_ name: String, count: Int) throws(ModelArchiveError) -> [Double] {
        let values = try archive.doubles(name)
        guard values.count == count else {
            throw problem("its section '\(name)' has \(values.count) numbers instead of \(count)")
        }
        guard values.allSatisfy(\.isFinite) else {
            throw problem("its section '\(name)' has a number that is not finite")
        }
        return values
    }

    func matrix(_ name: String, _ rows: Int, _ columns: Int) throws(ModelArchiveError) -> Matrix {
        Matrix(rows: rows, columns: columns, columnMajor: try doubles(name, count: rows * columns))
    }

    func counts(_ name: String, count: Int) throws(ModelArchiveError) -> [Int] {
        var counts: [Int] = []
        for value in try doubles(name, count: count) {
            guard let count = Int(exactly: value), count >= 0, count < 1 << 53 else {
                throw problem("its section '\(name)' has a number that is no count")
            }
            counts.append(count)
        }
        return counts
    }

    func integers(_ name: String) throws(ModelArchiveError) -> [Int32] { try archive.integers(name) }
}
