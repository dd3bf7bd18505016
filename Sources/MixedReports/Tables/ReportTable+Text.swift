// A table as plain text for a terminal.

extension ReportTable {
    /// The table as text, columns aligned, ending in a newline.
    ///
    /// - Parameter width: The places a line may take. A wider table is broken into blocks of columns, each of which begins
    ///   with the first column again; `nil` sets no limit.
    public func text(width: Int? = nil) -> String {
        var lines: [String] = []
        if let title { lines += DisplayWidth.wrapped(title, width: width) }
        let laidOut = columns.indices.map { TextColumn(self, index: $0) }
        for (number, block) in blocks(of: laidOut.map(\.width), width: width).enumerated() {
            if number > 0 { lines.append("") }
            for line in 0...rows.count {
                let cells = block.map { laidOut[$0].lines[line] }
                lines.append(cells.joined(separator: Self.gap).trimmingTrailingSpaces())
            }
        }
        for note in notes { lines += DisplayWidth.wrapped(note, width: width) }
        return lines.map { $0 + "\n" }.joined()
    }

    private static var gap: String { "  " }

    /// The columns of each block: the first, and then as many more as fit, at least one.
    private func blocks(of widths: [Int], width: Int?) -> [[Int]] {
        guard let first = widths.first else { return [] }
        guard let width, widths.count > 1 else { return [Array(widths.indices)] }
        var blocks: [[Int]] = []
        var block = [0]
        var used = first
        for index in widths.indices.dropFirst() {
            let more = Self.gap.count + widths[index]
            if used + more > width, block.count > 1 {
                blocks.append(block)
                block = [0]
                used = first
            }
            block.append(index)
            used += more
        }
        return blocks + [block]
    }
}

/// A column with its header and cells padded to one width.
private struct TextColumn {
    let width: Int
    /// The header, then the cells.
    let lines: [String]

    init(_ table: ReportTable, index: Int) {
        let column = table.columns[index]
        let header = column.header.onOneLine()
        var cells = table.shownCells(ofColumn: index).map { $0.onOneLine() }
        if column.alignment == .decimal { cells = Self.alignedAtDecimalPoint(cells) }
        let widths = ([header] + cells).map(DisplayWidth.of)
        let width = widths.max() ?? 0
        self.width = width
        lines = zip([header] + cells, widths).map { text, own in
            let space = width - own
            return switch column.alignment {
            case .leading: DisplayWidth.padded(text, left: 0, right: space)
            case .center: DisplayWidth.padded(text, left: space / 2, right: space - space / 2)
            case .trailing, .decimal: DisplayWidth.padded(text, left: space, right: 0)
            }
        }
    }

    /// Pads the cells on the right so that, flush right, their decimal points stand under one another.
    ///
    /// Where nothing has a decimal point the ends are aligned, as they are for words such as `NA`.
    private static func alignedAtDecimalPoint(_ cells: [String]) -> [String] {
        func fraction(_ cell: String) -> Int? {
            guard let first = cell.drop(while: { "-<>".contains($0) }).first, first.isASCII, first.isNumber else {
                return nil
            }
            let integer = cell.prefix { $0 != "." && $0 != "e" }
            return cell.count - integer.count
        }
        let fractions = cells.map(fraction)
        let longest = fractions.compactMap { $0 }.max() ?? 0
        return zip(cells, fractions).map { cell, fraction in
            fraction.map { DisplayWidth.padded(cell, left: 0, right: longest - $0) } ?? cell
        }
    }
}

extension String {
    func trimmingTrailingSpaces() -> String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// Line breaks, tabs and other control characters as spaces, which cannot break a table.
    func onOneLine() -> String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return String(map { $0.unicodeScalars.first?.properties.generalCategory == .control ? " " : $0 })
    }
}
