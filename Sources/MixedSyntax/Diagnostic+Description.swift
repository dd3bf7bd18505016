// Draws a diagnostic: the message, the line of source it is about, a caret under the place, and the hint.

extension Diagnostic {
    /// The message, the line of source text with a caret under the place, and the hint.
    ///
    /// Of several lines the one is shown in which the place begins, with its number. A long line is shortened on both
    /// sides. Tabs count as one space, wide characters as two columns.
    public var description: String {
        var lines = [message]
        if !source.isEmpty { lines += excerpt() }
        if let hint { lines.append("  hint: " + hint) }
        return lines.joined(separator: "\n")
    }

    /// How many columns of a source line are shown.
    private static let excerptWidth = 96

    private func excerpt() -> [String] {
        let bytes = Array(source.utf8)
        let place = min(max(range.lowerBound, 0), bytes.count)
        func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
        var lineStart = place
        while lineStart > 0, !isBreak(bytes[lineStart - 1]) { lineStart -= 1 }
        var lineEnd = place
        while lineEnd < bytes.count, !isBreak(bytes[lineEnd]) { lineEnd += 1 }

        let before = cells(bytes[lineStart..<place])
        let upper = min(max(range.upperBound, place), lineEnd)
        let marked = cells(bytes[place..<upper])
        let after = cells(bytes[upper..<lineEnd])
        let (shown, markStart, markWidth) = Self.shortened(before, marked, after)

        var prefix = "  "
        if bytes.contains(where: isBreak) { prefix += "line \(lineNumber(of: lineStart, in: bytes)): " }
        let padding = String(repeating: " ", count: prefix.count + markStart)
        return [prefix + shown, padding + "^" + String(repeating: "~", count: max(0, markWidth - 1))]
    }

    private func lineNumber(of start: Int, in bytes: [UInt8]) -> Int {
        var number = 1
        for index in 0..<start where bytes[index] == 0x0A || (bytes[index] == 0x0D && bytes[index + 1] != 0x0A) {
            number += 1
        }
        return number
    }

    /// A character as it is shown, with its width in columns.
    private struct Cell {
        var character: Character
        var width: Int
    }

    private func cells(_ bytes: ArraySlice<UInt8>) -> [Cell] {
        String(decoding: bytes, as: UTF8.self).map { character in
            let scalar = character.unicodeScalars.first ?? " "
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0: return Cell(character: " ", width: 1)
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
                return Cell(character: character, width: 2)
            case _ where [.nonspacingMark, .format].contains(scalar.properties.generalCategory):
                return Cell(character: character, width: 0)
            default: return Cell(character: character, width: 1)
            }
        }
    }

    /// The line cut to the width, where the mark begins in it, and how wide the mark is.
    private static func shortened(_ before: [Cell], _ marked: [Cell], _ after: [Cell]) -> (String, Int, Int) {
        let ellipsis = Cell(character: "\u{2026}", width: 1)
        func width(_ cells: some Sequence<Cell>) -> Int { cells.reduce(0) { $0 + $1.width } }
        func take(_ cells: some Sequence<Cell>, _ room: Int) -> [Cell] {
            var left = room
            return Array(
                cells.prefix {
                    left -= $0.width
                    return left >= 0
                })
        }
        var (before, marked, after) = (before, marked, after)
        if width(before) + width(marked) + width(after) > excerptWidth {
            if width(marked) > excerptWidth / 2 { marked = take(marked, excerptWidth / 2 - 1) + [ellipsis] }
            let room = excerptWidth - width(marked)
            let rightRoom = min(width(after), max(room / 2, room - width(before)))
            let leftRoom = room - rightRoom
            if width(before) > leftRoom { before = [ellipsis] + take(before.reversed(), leftRoom - 1).reversed() }
            if width(after) > rightRoom { after = take(after, rightRoom - 1) + [ellipsis] }
        }
        let shown = String((before + marked + after).map(\.character))
        return (shown, width(before), width(marked))
    }
}
