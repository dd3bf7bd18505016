// What the file of a cube holds: the container of saved models with other sections, packed.

internal import MixedDesign
internal import MixedSyntax

// The header says `"content": "cross-products cube"` and the version of what follows in `cubeFormat`. Sections are those of a
// saved model without an optimum: `design` in JSON, compressed, and the cross-products, whose counts are packed. Of the
// diagonal blocks of a factor the lower triangles are stored, under `factor.N.lower`. `pair.N.counts` holds the rows of each
// pair of levels, unless they are the numbers at one place of its blocks, which the header then says.

extension DataCube {
    /// What the header says the file is.
    static let archiveContent = "cross-products cube"
    /// The version of the sections.
    static let cubeFormat = 1

    /// The parts of the file.
    func archive() throws(ModelArchiveError) -> ModelArchive {
        let parts = ArchivedProducts(products)
        var places: [JSONValue] = []
        var sections = [
            ModelArchive.Section("design", .bytes(try SavedModel.encoded(design)), packing: .deflated)
        ]
        sections += parts.sections.map { packed($0) }
        for index in products.pairs.indices {
            let place = countPlace(of: index)
            places.append(place.map { .integer($0) } ?? .null)
            if place == nil {
                sections.append(
                    ModelArchive.Section(
                        "pair.\(index).counts", .doubles(pairCounts[index].map(Double.init)), packing: .planes(1)))
            }
        }
        let header: JSONValue = [
            "content": .string(Self.archiveContent),
            "cubeFormat": .integer(Self.cubeFormat),
            "formula": .string(formula.description),
            "createdBy": .string("swift-mixed-models, format \(ModelArchive.formatVersion)"),
            "nobs": .integer(rowCount),
            "notes": .array(notes.map(JSONValue.string)),
            "columns": .object(
                columnKinds.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value.rawValue)) }),
            "countPlaces": .array(places),
            "products": parts.header,
        ]
        return ModelArchive(header: header, sections: sections)
    }

    /// A section with its packing; of diagonal blocks the lower triangles.
    private func packed(_ section: ModelArchive.Section) -> ModelArchive.Section {
        var section = section
        let words = section.name.split(separator: ".")
        guard words.count == 3, let index = Int(words[1]) else { return section }
        switch (words[0], words[2], section.payload) {
        case ("factor", "diagonal", .doubles(let blocks)):
            let width = products.factors[index].columnCount
            section.name = "factor.\(index).lower"
            section.payload = .doubles(Self.lowerTriangles(of: blocks, width: width))
            section.packing = .planes(PackedTriangle.count(width))
        case ("factor", "fixed", _):
            section.packing = .planes(products.factors[index].columnCount * (products.fixedColumnCount + 1))
        case ("factor", "fixedMoments", _):
            section.packing = .planes(PackedTriangle.count(products.fixedColumnCount + 1))
        case ("factor", "rows", _), ("pair", "starts", _), ("pair", "columns", _): section.packing = .planes(1)
        case ("pair", "blocks", _):
            let pair = products.pairs[index]
            section.packing = .planes(
                products.factors[pair.first].columnCount * products.factors[pair.second].columnCount)
        default: break
        }
        return section
    }

    /// The place in the blocks of a pair of factors at which the numbers of rows stand.
    private func countPlace(of index: Int) -> Int? {
        let pair = products.pairs[index]
        let (first, second) = (design.groupingFactors[pair.first], design.groupingFactors[pair.second])
        let width = first.columnCount
        let size = width * second.columnCount
        let counts = pairCounts[index]
        return (0..<size).first { place in
            counts.indices.allSatisfy { pair.blocks[$0 * size + place] == Double(counts[$0]) }
        }
    }

    private static func lowerTriangles(of blocks: [Double], width: Int) -> [Double] {
        var result: [Double] = []
        guard width > 0 else { return result }
        result.reserveCapacity(blocks.count / (width * width) * PackedTriangle.count(width))
        for start in stride(from: 0, to: blocks.count, by: width * width) {
            for column in 0..<width {
                for row in column..<width { result.append(blocks[start + column * width + row]) }
            }
        }
        return result
    }

    /// The cube that the parts of a file make.
    init(_ archive: ModelArchive) throws(ModelArchiveError) {
        let header = archive.header
        if header["content"]?.string == SavedModel.content { throw ModelArchiveError(.holdsModel) }
        guard header["content"]?.string == Self.archiveContent else {
            throw ModelArchiveError(.malformed("it does not hold a cube"))
        }
        guard let format = header["cubeFormat"]?.integer, format >= 1 else {
            throw ModelArchiveError(.malformed("it does not say of which version it is"))
        }
        guard format <= Self.cubeFormat else {
            throw ModelArchiveError(
                .newerVersion(found: UInt32(clamping: format), supported: UInt32(Self.cubeFormat)))
        }
        let design: ModelDesign = try SavedModel.decoded(archive, "design")
        if let problem = design.inconsistency {
            throw ModelArchiveError(.malformed("its design is no design: \(problem)"))
        }
        let products = try CrossProducts(Self.withDiagonals(archive, design))
        if let problem = products.inconsistency {
            throw ModelArchiveError(.malformed("its cross-products do not fit together: \(problem)"))
        }
        try SavedModel.check(products, fit: design)
        let counts = try Self.counts(archive, products)
        var kinds: [String: ColumnKind] = [:]
        for member in header["columns"]?.members ?? [] {
            guard let kind = member.value.string.flatMap(ColumnKind.init(rawValue:)) else {
                throw ModelArchiveError(.malformed("the kind of its column '\(member.key)' is unknown"))
            }
            kinds[member.key] = kind
        }
        self.init(
            design: design, products: products, pairCounts: counts, columnKinds: kinds,
            notes: header["notes"]?.elements?.compactMap(\.string) ?? [])
    }

    /// The archive with whole diagonal blocks in place of their lower triangles.
    private static func withDiagonals(
        _ archive: ModelArchive, _ design: ModelDesign
    ) throws(ModelArchiveError) -> ModelArchive {
        var result = archive
        for (index, factor) in design.groupingFactors.enumerated() {
            let width = factor.columnCount
            let lower = try archive.doubles("factor.\(index).lower")
            let size = PackedTriangle.count(width)
            let (cells, overflow) = factor.levels.count.multipliedReportingOverflow(by: size)
            guard !overflow, lower.count == cells else {
                throw ModelArchiveError(.malformed("its section 'factor.\(index).lower' has the wrong size"))
            }
            var blocks = [Double](repeating: 0, count: factor.levels.count * width * width)
            for level in factor.levels.indices {
                var source = level * size
                for column in 0..<width {
                    for row in column..<width {
                        blocks[(level * width + column) * width + row] = lower[source]
                        blocks[(level * width + row) * width + column] = lower[source]
                        source += 1
                    }
                }
            }
            result.sections.append(ModelArchive.Section("factor.\(index).diagonal", .doubles(blocks)))
        }
        return result
    }

    private static func counts(
        _ archive: ModelArchive, _ products: CrossProducts
    ) throws(ModelArchiveError) -> [[Int32]] {
        var result: [[Int32]] = []
        for (index, pair) in products.pairs.enumerated() {
            let size = products.factors[pair.first].columnCount * products.factors[pair.second].columnCount
            let numbers: [Double]
            if let place = archive.header["countPlaces"]?[index]?.integer {
                guard (0..<size).contains(place) else {
                    throw ModelArchiveError(.malformed("it does not say how often pairs of levels occur"))
                }
                numbers = (0..<pair.pairCount).map { pair.blocks[$0 * size + place] }
            } else {
                numbers = try archive.doubles("pair.\(index).counts")
            }
            let counts = numbers.compactMap { Int32(exactly: $0) }
            guard counts.count == pair.pairCount, counts.allSatisfy({ $0 >= 1 }),
                counts.reduce(0, { $0 + Int($1) }) == products.rowCount
            else { throw ModelArchiveError(.malformed("the rows of its pairs of levels do not add up")) }
            result.append(counts)
        }
        return result
    }
}
