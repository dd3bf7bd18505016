// A table as a fragment of HTML that looks right without any style sheet.

extension ReportTable {
    /// The table as a `<table>` element with the least style that a table for a paper needs.
    ///
    /// Column headers have the scope `col`, the first cell of each row the scope `row`.
    public func html() -> String {
        let rule = "1px solid currentColor"
        var output = "<table style=\"margin:1em 0;border-collapse:collapse;border-top:\(rule);border-bottom:\(rule);"
        output += "font-variant-numeric:tabular-nums\">\n"
        if let title { output += "<caption style=\"text-align:left\">\(Self.escapedForHTML(title))</caption>\n" }
        output += "<thead>\n<tr>"
        for column in columns {
            let style = Self.cellStyle(column.alignment) + ";border-bottom:\(rule)"
            output += "<th scope=\"col\" style=\"\(style)\">\(Self.escapedForHTML(column.header))</th>"
        }
        output += "</tr>\n</thead>\n<tbody>\n"
        let cells = columns.indices.map { shownCells(ofColumn: $0).map(Self.escapedForHTML) }
        for row in rows.indices {
            output += "<tr>"
            for (index, column) in columns.enumerated() {
                let style = Self.cellStyle(column.alignment)
                output +=
                    index == 0
                    ? "<th scope=\"row\" style=\"\(style);font-weight:normal\">\(cells[index][row])</th>"
                    : "<td style=\"\(style)\">\(cells[index][row])</td>"
            }
            output += "</tr>\n"
        }
        output += "</tbody>\n"
        if !notes.isEmpty {
            output += "<tfoot style=\"font-size:smaller\">\n"
            for note in notes {
                output += "<tr><td colspan=\"\(max(1, columns.count))\">\(Self.escapedForHTML(note))</td></tr>\n"
            }
            output += "</tfoot>\n"
        }
        return output + "</table>\n"
    }

    private static func cellStyle(_ alignment: Alignment) -> String {
        let side =
            switch alignment {
            case .leading: "left"
            case .center: "center"
            case .trailing, .decimal: "right"
            }
        return "text-align:\(side);padding:.15em .6em"
    }

    static func escapedForHTML(_ text: String) -> String {
        var output = ""
        for character in text {
            switch character {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            default: output.append(character)
            }
        }
        return output
    }
}
