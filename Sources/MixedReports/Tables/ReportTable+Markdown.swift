// A table in Markdown, as GitHub and Quarto read it.

extension ReportTable {
    /// The table as a Markdown pipe table, with its title above and its notes below.
    public func markdown() -> String {
        let cells = columns.indices.map { shownCells(ofColumn: $0).map(Self.escapedForMarkdown) }
        var output = title.map { "**\(Self.escapedForMarkdown($0))**\n\n" } ?? ""
        guard !columns.isEmpty else { return output }
        output += Self.pipes(columns.map { Self.escapedForMarkdown($0.header) })
        output += Self.pipes(
            columns.map {
                switch $0.alignment {
                case .leading: ":---"
                case .center: ":---:"
                case .trailing, .decimal: "---:"
                }
            })
        for row in rows.indices { output += Self.pipes(cells.map { $0[row] }) }
        for note in notes { output += "\n\(Self.escapedForMarkdown(note))\n" }
        return output
    }

    private static func pipes(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |\n"
    }

    static func escapedForMarkdown(_ text: String) -> String {
        var output = ""
        for character in text.onOneLine() {
            if "\\|`*_<>[]~$&#".contains(character) { output.append("\\") }
            output.append(character)
        }
        return output
    }
}
