// A page of plain text, no line of which is wider than it may be.

/// Collects paragraphs and tables as lines of a given width.
struct TextPage {
    /// Narrower than this nothing can be read.
    static let smallestWidth = 40

    let width: Int
    private(set) var text = ""

    init(width: Int) { self.width = max(width, Self.smallestWidth) }

    mutating func blankLine() {
        if !text.isEmpty { text += "\n" }
    }

    /// Adds a paragraph; lines after the first are indented, and words that are wider than a line are broken.
    mutating func paragraph(_ paragraph: String, indent: Int = 0) {
        let space = String(repeating: " ", count: indent)
        let room = width - indent
        let words = paragraph.onOneLine().split(separator: " ").flatMap { Self.pieces(String($0), width: room) }
        for (index, line) in DisplayWidth.wrapped(words.joined(separator: " "), width: room).enumerated() {
            text += (index == 0 ? "" : space) + line + "\n"
        }
    }

    /// Adds a table in blocks of columns that fit; cells of text that are too wide lose their middle.
    mutating func table(_ table: ReportTable) {
        var narrow = table
        let room = width / 2 - 2
        for column in narrow.columns.indices where narrow.columns[column].format == .text {
            for row in narrow.rows.indices where column < narrow.rows[row].count {
                guard case .text(let cell) = narrow.rows[row][column], DisplayWidth.of(cell) > room else { continue }
                narrow.rows[row][column] = .text(Self.shortened(cell, width: room))
            }
            narrow.columns[column].header = Self.shortened(narrow.columns[column].header, width: room)
        }
        text += narrow.text(width: width)
    }

    /// A word in pieces no wider than `width`.
    private static func pieces(_ word: String, width: Int) -> [String] {
        guard DisplayWidth.of(word) > width else { return [word] }
        var pieces = [""]
        for character in word {
            let next = pieces[pieces.count - 1] + String(character)
            if DisplayWidth.of(next) > width {
                pieces.append(String(character))
            } else {
                pieces[pieces.count - 1] = next
            }
        }
        return pieces
    }

    /// The text, with three dots for its middle where it is wider than `width`.
    private static func shortened(_ text: String, width: Int) -> String {
        guard DisplayWidth.of(text) > width else { return text }
        var start = ""
        var end = ""
        for character in text where DisplayWidth.of(start + String(character)) <= (width - 3) / 2 {
            start.append(character)
        }
        for character in text.reversed() where DisplayWidth.of(end) < width - 3 - DisplayWidth.of(start) {
            end = String(character) + end
            if DisplayWidth.of(end) > width - 3 - DisplayWidth.of(start) { end.removeFirst() }
        }
        return start + "..." + end
    }
}
