// Writing of JSON, compact or for people to read, with every digit of every number.

extension JSONValue {
    /// How the text is laid out.
    public enum Layout: Hashable, Sendable {
        /// Without any white space.
        case compact
        /// One member or element a line, indented by two spaces; arrays of plain numbers stay on one line.
        case pretty
    }

    /// The value as JSON text.
    ///
    /// Numbers have the fewest digits that read back as the same number.
    public func text(_ layout: Layout = .compact) -> String {
        var output: [UInt8] = []
        write(to: &output, layout: layout, depth: 0)
        return String(decoding: output, as: UTF8.self)
    }

    private func write(to output: inout [UInt8], layout: Layout, depth: Int) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .boolean(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .number(let value): output.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
        case .string(let text): Self.writeString(text, to: &output)
        case .array(let elements):
            let isInline = layout == .compact || elements.allSatisfy(\.isScalarNumber)
            Self.writeList(elements, "[", "]", to: &output, isInline: isInline, layout: layout, depth: depth) {
                $0.write(to: &$1, layout: layout, depth: depth + 1)
            }
        case .object(let members):
            let isInline = layout == .compact
            Self.writeList(members, "{", "}", to: &output, isInline: isInline, layout: layout, depth: depth) {
                Self.writeString($0.key, to: &$1)
                $1.append(contentsOf: (layout == .compact ? ":" : ": ").utf8)
                $0.value.write(to: &$1, layout: layout, depth: depth + 1)
            }
        }
    }

    private var isScalarNumber: Bool {
        switch self {
        case .number, .integer, .null: true
        default: false
        }
    }

    private static func writeList<Item>(
        _ items: [Item], _ opening: String, _ closing: String, to output: inout [UInt8], isInline: Bool, layout: Layout,
        depth: Int, writeItem: (Item, inout [UInt8]) -> Void
    ) {
        output.append(contentsOf: opening.utf8)
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(contentsOf: (isInline && layout == .pretty ? ", " : ",").utf8) }
            if !isInline { startLine(depth + 1, in: &output) }
            writeItem(item, &output)
        }
        if !isInline, !items.isEmpty { startLine(depth, in: &output) }
        output.append(contentsOf: closing.utf8)
    }

    private static func startLine(_ depth: Int, in output: inout [UInt8]) {
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private static func writeString(_ text: String, to output: inout [UInt8]) {
        let hexadecimal = Array("0123456789abcdef".utf8)
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0..<0x20, 0x7F:
                output.append(contentsOf: "\\u00".utf8)
                output.append(hexadecimal[Int(byte >> 4)])
                output.append(hexadecimal[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
