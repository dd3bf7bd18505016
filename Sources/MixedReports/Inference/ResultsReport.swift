// A report that is a few tables with sentences around them: the form that most answers about a fit have.

/// Titled tables with remarks, shown alike in every format.
///
/// In JSON it is one object: the rows of the first table under `rows`, those of the others under their keys, then
/// `details`, and the remarks under `notes`. In CSV it is the first table, or the one that is asked for.
public struct ResultsReport: Sendable {
    /// What the report is about, such as "Analysis of variance, type III"; a heading of documents and the first line of text.
    public let title: String
    /// Sentences between the heading and the tables.
    public let introduction: [String]
    public let sections: [Section]
    /// Sentences after the tables: what was done, and what to beware of.
    public let notes: [String]
    /// What JSON says besides the tables.
    public let details: [JSONValue.Member]

    /// A table and its key.
    public struct Section: Sendable {
        /// The key of the rows in JSON.
        public let key: String
        /// The table for programs, in JSON and CSV.
        public let table: ReportTable
        /// The table for people, in all other formats.
        public let shown: ReportTable

        /// - Parameter shown: `table`, if it is not given.
        public init(_ key: String, _ table: ReportTable, shown: ReportTable? = nil) {
            self.key = key
            self.table = table
            self.shown = shown ?? table
        }
    }

    public init(
        title: String, introduction: [String] = [], sections: [Section], notes: [String] = [],
        details: [JSONValue.Member] = []
    ) {
        self.title = title
        self.introduction = introduction
        self.sections = sections
        self.notes = notes
        self.details = details
    }

    /// The report as one JSON object.
    public func json() -> JSONValue {
        .object(
            sections.map { JSONValue.Member($0.key, $0.table.json()) } + details
                + [JSONValue.Member("notes", .array(notes.map(JSONValue.string)))])
    }

    /// The report in a format, ending in a newline.
    ///
    /// - Parameter width: The places a line of text may take.
    public func rendered(as format: ReportFormat, width: Int = 80) -> String {
        return switch format {
        case .text: text(width: width)
        case .json: json().text(.pretty) + "\n"
        case .csv: sections.first?.table.csv(lineEnding: "\n") ?? ""
        case .markdown:
            document(["## \(ReportTable.escapedForMarkdown(title))\n"], separator: "\n") {
                $0.markdown()
            } sentence: {
                ReportTable.escapedForMarkdown($0) + "\n"
            }
        case .html:
            document(["<h2>\(ReportTable.escapedForHTML(title))</h2>\n"], separator: "") {
                $0.html()
            } sentence: {
                "<p>\(ReportTable.escapedForHTML($0))</p>\n"
            }
        case .latex:
            document([], separator: "\n") {
                $0.latex()
            } sentence: {
                ReportTable.escapedForLaTeX($0) + "\n"
            }
        }
    }

    /// The heading, the introduction, the tables and the notes, in the order of the text.
    private func document(
        _ heading: [String], separator: String, table: (ReportTable) -> String, sentence: (String) -> String
    ) -> String {
        (heading + introduction.map(sentence) + sections.map { table($0.shown) } + notes.map(sentence))
            .joined(separator: separator)
    }

    private func text(width: Int) -> String {
        var page = TextPage(width: width)
        page.paragraph(title)
        for sentence in introduction { page.paragraph(sentence) }
        for section in sections {
            page.blankLine()
            page.table(section.shown)
        }
        if !notes.isEmpty { page.blankLine() }
        for note in notes { page.paragraph(note) }
        return page.text
    }
}
