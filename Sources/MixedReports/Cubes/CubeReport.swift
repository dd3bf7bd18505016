// What a cube holds, as tables.

public import MixedDesign
internal import MixedSyntax

extension ResultsReport {
    /// The description of a cube: `rows` has a row for each grouping factor (`group, levels, fewest, most, effects`), `pairs`
    /// one for each two of them, `terms` one for each fixed-effects term.
    ///
    /// - Parameter byteCount: The size of its file, where it has one.
    public init(_ cube: DataCube, byteCount: Int? = nil) {
        let design = cube.design
        let data = design.data
        let groups = zip(cube.products.factors, design.groupingFactors).map {
            factor, group -> [ReportTable.Cell] in
            [
                .text(group.name), .integer(group.levels.count), .integer(factor.rowCounts.min() ?? 0),
                .integer(factor.rowCounts.max() ?? 0), .text(group.columnNames.joined(separator: ", ")),
            ]
        }
        let groupTable = ReportTable(
            title: "Grouping factors",
            columns: [
                .init("group", header: "Group", format: .text), .init("levels", header: "Levels", format: .integer),
                .init("fewest", header: "Fewest rows", format: .integer),
                .init("most", header: "Most rows", format: .integer),
                .init("effects", header: "Random effects of each level", format: .text),
            ], rows: groups)
        let pairs = cube.products.pairs.enumerated().map { index, pair -> [ReportTable.Cell] in
            [
                .text(design.groupingFactors[pair.first].name), .text(design.groupingFactors[pair.second].name),
                .integer(pair.pairCount), .integer(Int(cube.pairCounts[index].min() ?? 0)),
            ]
        }
        let pairTable = ReportTable(
            title: "Levels that occur together",
            columns: [
                .init("first", header: "Group", format: .text), .init("second", header: "With", format: .text),
                .init("pairs", header: "Pairs", format: .integer),
                .init("fewest", header: "Fewest rows", format: .integer),
            ], rows: pairs)
        let terms = design.fixedTerms.map { term -> [ReportTable.Cell] in
            let (levels, coding) = Self.factor(of: term, design)
            return [.text(term.label), .integer(term.columns.count), .text(levels), .text(coding)]
        }
        let termTable = ReportTable(
            title: "Fixed effects",
            columns: [
                .init("term", header: "Term", format: .text), .init("columns", header: "Columns", format: .integer),
                .init("levels", header: "Levels", format: .text), .init("coding", header: "Coded by", format: .text),
            ], rows: terms)
        var sections = [Section("rows", groupTable), Section("terms", termTable)]
        if groups.isEmpty { sections.removeFirst() }
        if !pairs.isEmpty { sections.append(Section("pairs", pairTable)) }

        var introduction = [
            "\(MeasureText.grouped(cube.rowCount)) rows, \(design.fixedColumns.count) fixed-effects \(design.fixedColumns.count == 1 ? "column" : "columns")"
                + (byteCount.map { ", \(MeasureText.bytes(Double($0)))" } ?? "") + "."
        ]
        if let weights = cube.weights { introduction.append("Weights: \(weights).") }
        if let offset = cube.addedOffset { introduction.append("Offset: \(offset).") }
        let file = cube.origin ?? "FILE"
        self.init(
            title: "Cube of \(design.formula.description)", introduction: introduction, sections: sections,
            notes: cube.notes + design.notes.map(\.sentence) + [
                "Any model of these columns, or of fewer, can be fitted: mixed fit FORMULA \(file)"
            ],
            details: [
                .init("formula", .string(design.formula.description)), .init("nobs", .integer(cube.rowCount)),
                .init("dropped", .integer(data.droppedRowCount)),
                .init("response", .string(design.responseName)),
                .init("columns", .integer(design.fixedColumns.count)),
                .init("weights", cube.weights.map { .string($0.description) } ?? .null),
                .init("offset", cube.addedOffset.map { .string($0.description) } ?? .null),
                .init("bytes", byteCount.map { .integer($0) } ?? .null),
            ])
    }

    /// The levels of a term that is a factor, and how they are coded.
    private static func factor(of term: DesignTerm, _ design: ModelDesign) -> (levels: String, coding: String) {
        guard term.variables.count == 1, let variable = term.variables.first,
            case .categorical(let levels, let coding) = design.variables[variable].kind
        else { return ("", "") }
        let shown = levels.prefix(6).joined(separator: ", ") + (levels.count > 6 ? ", ..." : "")
        return (shown, coding.words)
    }
}
