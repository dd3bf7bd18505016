// Texts of options such as `SES=Low,Medium,High` and `z = log(x)`, taken apart with their places.

import MixedModels

/// A name, an equals sign, and what follows it.
struct Assignment {
    /// The whole text, for messages.
    let source: String
    /// The column, without quotes around it.
    let name: String
    let nameRange: SourceRange
    /// What stands after the equals sign.
    let value: String
    /// Where the value begins in the text.
    let valueOffset: Int

    /// Takes `NAME=VALUE` apart. A name with an equals sign in it stands in back-quotes or quotes.
    ///
    /// - Parameter form: how the text is written, for messages.
    init(parsing source: String, form: String) throws(Diagnostic) {
        var scanner = ListScanner(source)
        let item = try scanner.item(endingAt: UInt8(ascii: "="))
        guard !item.text.isEmpty || item.isQuoted else {
            throw Diagnostic("The name is missing", source: source, range: item.range, hint: "write \(form)")
        }
        guard scanner.take(UInt8(ascii: "=")) else {
            throw Diagnostic(
                "There is no '=' after '\(item.text)'", source: source,
                range: SourceRange(scanner.position, scanner.position), hint: "write \(form)")
        }
        self.source = source
        name = item.text
        nameRange = item.range
        valueOffset = scanner.position
        value = String(decoding: scanner.bytes[scanner.position...], as: UTF8.self)
    }

    /// The value with blanks in place of the name, so that places in it are places in the whole text.
    var valueInPlace: String { String(repeating: " ", count: valueOffset) + value }

    /// The items of the value, separated by commas.
    func valueItems() throws(Diagnostic) -> [ListScanner.Item] {
        var scanner = ListScanner(source, from: valueOffset)
        return try scanner.items()
    }
}

/// Reads items separated by commas; an item with a comma or blanks at its ends stands in quotes.
struct ListScanner {
    let source: String
    let bytes: [UInt8]
    private(set) var position: Int

    struct Item {
        var text: String
        var range: SourceRange
        var isQuoted: Bool
    }

    init(_ source: String, from start: Int = 0) {
        self.source = source
        bytes = Array(source.utf8)
        position = start
    }

    /// All items up to the end; none of them may be empty.
    mutating func items() throws(Diagnostic) -> [Item] {
        let comma = UInt8(ascii: ",")
        var items: [Item] = []
        repeat {
            let item = try item(endingAt: comma)
            guard item.isQuoted || !item.text.isEmpty else {
                throw Diagnostic(
                    "A value is missing here", source: source, range: item.range,
                    hint: "separate values by single commas; a value that is empty is written \"\"")
            }
            items.append(item)
        } while take(comma)
        guard position == bytes.count else {
            throw Diagnostic(
                "I expected a comma here", source: source, range: SourceRange(position, position + 1),
                hint: "a value with quotes in it stands in quotes of the other kind")
        }
        return items
    }

    /// The item that begins here: quoted, or everything up to the end mark, without blanks around it.
    mutating func item(endingAt mark: UInt8) throws(Diagnostic) -> Item {
        skipBlanks()
        let start = position
        if position < bytes.count, "\"'`".utf8.contains(bytes[position]) {
            let quote = bytes[position]
            guard let end = bytes[(start + 1)...].firstIndex(of: quote) else {
                throw Diagnostic(
                    "The quote that opens here is never closed", source: source, range: SourceRange(start, start + 1))
            }
            position = end + 1
            skipBlanks()
            return Item(
                text: String(decoding: bytes[(start + 1)..<end], as: UTF8.self), range: SourceRange(start, end + 1),
                isQuoted: true)
        }
        position = bytes[start...].firstIndex(of: mark) ?? bytes.count
        var end = position
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return Item(
            text: String(decoding: bytes[start..<end], as: UTF8.self), range: SourceRange(start, max(end, start)),
            isQuoted: false)
    }

    /// Steps over a byte if it is the next one.
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
