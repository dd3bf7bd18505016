// A table of results: what its cells are, apart from how they are shown.

/// A table of typed cells that can be rendered as text, Markdown, HTML, LaTeX, CSV and JSON.
///
/// Cells keep their full values: text, Markdown, HTML and LaTeX show them rounded by the column's format, CSV and JSON with
/// all their digits.
public struct ReportTable: Hashable, Sendable {
    public var title: String?
    public var columns: [Column]
    /// The cells, row by row. A row that is too short is completed with missing cells, one too long is cut.
    public var rows: [[Cell]]
    /// Remarks below the table.
    public var notes: [String]

    public init(title: String? = nil, columns: [Column], rows: [[Cell]] = [], notes: [String] = []) {
        self.title = title
        self.columns = columns
        self.rows = rows
        self.notes = notes
    }

    /// A column: its key for programs, its header for people, and how its numbers are shown.
    public struct Column: Hashable, Sendable {
        /// The key in JSON and the header in CSV, `std.error` for one.
        public var name: String
        public var header: String
        public var format: Format
        public var alignment: Alignment

        /// - Parameters:
        ///   - header: `name`, if it is not given.
        ///   - alignment: That of the format, if it is not given: text leading, integers trailing, others by decimal point.
        public init(_ name: String, header: String? = nil, format: Format, alignment: Alignment? = nil) {
            self.name = name
            self.header = header ?? name
            self.format = format
            self.alignment = alignment ?? format.alignment
        }
    }

    /// How the numbers of a column are shown.
    public enum Format: Hashable, Sendable {
        case text
        case integer
        /// With as many decimals, shared by the column, as show `digits` significant digits of its smallest number.
        case estimate(digits: Int = 4)
        /// With the same number of decimals everywhere.
        case fixed(decimals: Int)
        /// As R shows p-values: `0.014`, `1.2e-05`, and `<2e-16` for what is smaller than that.
        case pValue(digits: Int = 3)

        var alignment: Alignment {
            switch self {
            case .text: .leading
            case .integer: .trailing
            case .estimate, .fixed, .pValue: .decimal
            }
        }
    }

    public enum Alignment: Hashable, Sendable {
        case leading
        case center
        case trailing
        /// Decimal points under one another.
        case decimal
    }

    /// The value of a cell. NaN is a number that is not available and shown as `NA`; `missing` is an empty place.
    public enum Cell: Hashable, Sendable {
        case text(String)
        case number(Double)
        case integer(Int)
        case boolean(Bool)
        case missing
    }
}

extension ReportTable.Cell: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(nilLiteral: ()) { self = .missing }
}

extension ReportTable {
    /// The cell at a row and a column, `missing` where the row is too short.
    func cell(_ row: Int, _ column: Int) -> Cell {
        column < rows[row].count ? rows[row][column] : .missing
    }

    /// The cells of a column as they are shown.
    func shownCells(ofColumn index: Int) -> [String] {
        let cells = rows.indices.map { cell($0, index) }
        let formatter = ColumnFormatter(columns[index].format, numbers: cells.compactMap(\.number))
        return cells.map { cell in
            switch cell {
            case .text(let text): text
            case .number(let value): formatter.text(value)
            case .integer(let value): columns[index].format == .integer ? String(value) : formatter.text(Double(value))
            case .boolean(let value): value ? "yes" : "no"
            case .missing: ""
            }
        }
    }
}

extension ReportTable.Cell {
    var number: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
}
