// A table as plain text for a terminal.

internal import MixedLinearAlgebra

extension ReportTable {
    /// The table as text, columns aligned, ending in a newline.
    ///
    /// - Parameter width: The places a line may take. A wider table is broken into blocks of columns, each of which begins
    ///   with the first column again; `nil` sets no limit.
    public func text(width: Int? = nil) -> String {
        var text: [UInt8] = []
        func add(_ sentence: String) {
            for line in DisplayWidth.wrapped(sentence, width: width) { text += (line + "\n").utf8 }
        }
        if let title { add(title) }
        let laidOut = textColumns()
        for (number, block) in blocks(of: laidOut.map(\.width), width: width).enumerated() {
            if number > 0 { text += "\n".utf8 }
            for line in 0...rows.count { Self.write(line, of: block.map { laidOut[$0] }, to: &text) }
        }
        for note in notes { add(note) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Adds a line of the columns; spaces are written only before further text, so that none trail.
    private static func write(_ line: Int, of columns: [TextColumn], to text: inout [UInt8]) {
        var spaces = 0
        for column in columns {
            let (left, right) = column.space(around: line)
            let cell = column.lines[line]
            spaces += left
            if !cell.isEmpty {
                text += repeatElement(UInt8(ascii: " "), count: spaces)
                text += cell.utf8
                spaces = 0
            }
            spaces += right + gap
        }
        text.append(UInt8(ascii: "\n"))
    }

    private static var gap: Int { 2 }

    /// The columns, laid out by several threads where there are many rows.
    private func textColumns() -> [TextColumn] {
        var result = [TextColumn?](repeating: nil, count: columns.count)
        result.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            ParallelLoop.forEach(columns.count, threads: rows.count > 1000 ? 8 : 1) { index in
                base[index] = TextColumn(self, index: index)
            }
        }
        return result.compactMap { $0 }
    }

    /// The columns of each block: the first, and then as many more as fit, at least one.
    private func blocks(of widths: [Int], width: Int?) -> [[Int]] {
        guard let first = widths.first else { return [] }
        guard let width, widths.count > 1 else { return [Array(widths.indices)] }
        var blocks: [[Int]] = []
        var block = [0]
        var used = first
        for index in widths.indices.dropFirst() {
            let more = Self.gap + widths[index]
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

/// A column with its header and cells, and the space around them.
private struct TextColumn {
    let width: Int
    /// The header, then the cells.
    let lines: [String]
    private let widths: [Int]
    private let alignment: ReportTable.Alignment
    /// The places that a cell leaves free on its right, so that the decimal points of all stand under one another.
    private let free: [Int]

    init(_ table: ReportTable, index: Int) {
        let column = table.columns[index]
        alignment = column.alignment
        lines = [column.header.onOneLine()] + table.shownCells(ofColumn: index).map { $0.onOneLine() }
        widths = lines.map(DisplayWidth.of)
        free = alignment == .decimal ? [0] + Self.placesAfterFraction(lines.dropFirst()) : lines.map { _ in 0 }
        width = zip(widths, free).map(+).max() ?? 0
    }

    func space(around line: Int) -> (left: Int, right: Int) {
        let space = width - widths[line]
        return switch alignment {
        case .leading: (0, space)
        case .center: (space / 2, space - space / 2)
        case .trailing, .decimal: (space - free[line], free[line])
        }
    }

    /// How much shorter each cell's fraction is than the longest one.
    ///
    /// Where nothing has a decimal point the ends are aligned, as they are for words such as `NA`.
    private static func placesAfterFraction(_ cells: some Sequence<String>) -> [Int] {
        let fractions = cells.map { cell -> Int? in
            let signs = "-<>".utf8
            guard let first = cell.utf8.first(where: { !signs.contains($0) }), (0x30...0x39).contains(first) else {
                return nil
            }
            guard let end = cell.utf8.firstIndex(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") }) else {
                return 0
            }
            return cell[end...].count
        }
        let longest = fractions.compactMap { $0 }.max() ?? 0
        return fractions.map { $0.map { longest - $0 } ?? 0 }
    }
}

extension String {
    /// Line breaks, tabs and other control characters as spaces, which cannot break a table.
    func onOneLine() -> String {
        if isPrintableASCII { return self }
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return String(map { $0.unicodeScalars.first?.properties.generalCategory == .control ? " " : $0 })
    }
}
