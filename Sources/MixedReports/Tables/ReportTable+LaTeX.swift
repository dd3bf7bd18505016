// A table in LaTeX, with the rules of the package booktabs.

extension ReportTable {
    /// The table as a `tabular`, inside a `table` with a caption where there is a title. It needs `\usepackage{booktabs}`.
    public func latex() -> String {
        let specification = columns.map { column in
            switch column.alignment {
            case .leading: "l"
            case .center: "c"
            case .trailing, .decimal: "r"
            }
        }.joined()
        var output = ""
        if let title {
            output += "\\begin{table}[htbp]\n\\centering\n\\caption{\(Self.escapedForLaTeX(title))}\n"
        }
        output += "\\begin{tabular}{\(specification)}\n\\toprule\n"
        output += Self.ampersands(columns.map { Self.escapedForLaTeX($0.header) }) + "\\midrule\n"
        let cells = columns.indices.map { index in
            zip(shownCells(ofColumn: index), rows.indices).map { shown, row in
                cell(row, index).number == nil ? Self.escapedForLaTeX(shown) : Self.numberForLaTeX(shown)
            }
        }
        for row in rows.indices { output += Self.ampersands(cells.map { $0[row] }) }
        output += "\\bottomrule\n"
        for note in notes {
            output += "\\multicolumn{\(max(1, columns.count))}{l}{\\footnotesize \(Self.escapedForLaTeX(note))} \\\\\n"
        }
        output += "\\end{tabular}\n"
        if title != nil { output += "\\end{table}\n" }
        return output
    }

    private static func ampersands(_ cells: [String]) -> String {
        // A bracket after \\ would be read as its argument.
        let cells = cells.first?.hasPrefix("[") == true ? ["{}" + cells[0]] + cells.dropFirst() : cells
        return cells.joined(separator: " & ") + " \\\\\n"
    }

    /// A shown number with a true minus sign and powers of ten.
    private static func numberForLaTeX(_ shown: String) -> String {
        let sign = shown.prefix { "-<>".contains($0) }
        let digits = shown.dropFirst(sign.count)
        guard let first = digits.first, first.isNumber else { return sign.isEmpty ? shown : "$\(sign)$\(digits)" }
        let parts = digits.split(separator: "e")
        if parts.count == 2, let exponent = Int(parts[1]) {
            return "$\(sign)\(parts[0]) \\times 10^{\(exponent)}$"
        }
        return sign.isEmpty ? String(digits) : "$\(sign)\(digits)$"
    }

    static func escapedForLaTeX(_ text: String) -> String {
        var output = ""
        for character in text.onOneLine() {
            switch character {
            case "\\": output += "\\textbackslash{}"
            case "{", "}", "$", "&", "#", "_", "%": output += "\\\(character)"
            case "^": output += "\\textasciicircum{}"
            case "~": output += "\\textasciitilde{}"
            case "<": output += "\\textless{}"
            case ">": output += "\\textgreater{}"
            case "|": output += "\\textbar{}"
            case "\"": output += "\\textquotedbl{}"
            default: output.append(character)
            }
        }
        return output
    }
}
