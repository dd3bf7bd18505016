// Text in ISO 8859-1 as UTF-8, converted as it comes.

/// The text in UTF-8, where each byte was one character of ISO 8859-1.
final class Latin1Converter: ByteProducer {
    private let input: any ByteProducer
    private let name: String
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var position = 0
    private var available = 0
    private var isAtStart = true
    /// The second byte of a character for which there was room only for the first.
    private var pending: UInt8?

    init(_ input: any ByteProducer, named name: String) {
        self.input = input
        self.name = name
    }

    deinit { buffer.deallocate() }

    /// - Throws: `TableError.notText`, since converted bytes would not be recognised as what they are, and what the input throws.
    func produce(into room: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        var count = 0
        if let byte = pending, room.count > 0 {
            room[0] = byte
            pending = nil
            count = 1
        }
        if position == available {
            position = 0
            available = try input.produce(into: buffer)
            if isAtStart {
                isAtStart = false
                if let kind = FileKind.nonText(UnsafeRawBufferPointer(rebasing: buffer[..<available])) {
                    throw .notText(file: name, looksLike: kind)
                }
            }
        }
        while count < room.count, position < available {
            let byte = buffer[position]
            position += 1
            if byte < 0x80 {
                room[count] = byte
                count += 1
                continue
            }
            room[count] = 0xC0 | byte >> 6
            count += 1
            let second = 0x80 | byte & 0x3F
            if count < room.count {
                room[count] = second
                count += 1
            } else {
                pending = second
            }
        }
        return count
    }
}
