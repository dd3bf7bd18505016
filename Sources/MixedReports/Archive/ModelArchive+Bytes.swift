// The layout of a saved model's bytes.

// All numbers are little-endian. Sections of the types from 4 on are packed, as `PackedNumbers` and `DeflatedBytes` say; a
// file with one of them is of format 2.
//
//     preamble   "MIXEDMODEL", format version UInt32, total length UInt64, number of sections UInt32,
//                CRC-32 of the 26 bytes before
//     section    type UInt8, length of the name UInt16, length of the payload UInt64, name, payload,
//                CRC-32 of the section's bytes before
//
// The first section is the header, in JSON. The preamble stays as it is in every later format, so that an old program
// can say of a new file that it is newer, and not that it is damaged.
extension ModelArchive {
    private static let magic = Array("MIXEDMODEL".utf8)
    private static let preambleLength = 30
    private static let sectionPrefixLength = 11
    private static let checksumLength = 4

    private enum SectionType: UInt8 {
        case header = 0
        case doubles = 1
        case integers = 2
        case bytes = 3
        case packedDoubles = 4
        case packedIntegers = 5
        case deflatedBytes = 6
    }

    /// The archive as the bytes of a file.
    ///
    /// - Throws: `malformed` where a name is longer than 65,535 bytes or used twice.
    package func serialized() throws(ModelArchiveError) -> [UInt8] {
        var output = Self.magic
        output.appendLittleEndian(neededVersion)
        let lengthPosition = output.count
        output.appendLittleEndian(UInt64(0))
        output.appendLittleEndian(UInt32(truncatingIfNeeded: sections.count + 1))
        output.appendLittleEndian(UInt32(0))

        var names: Set<String> = []
        try Self.append(.header, "header", Array(header.text().utf8), to: &output)
        for section in sections {
            guard names.insert(section.name).inserted else {
                throw ModelArchiveError(.malformed("the section '\(section.name)' is there twice"))
            }
            switch (section.payload, section.packing) {
            case (.doubles(let values), .planes(let width)) where width >= 1 && values.count.isMultiple(of: width):
                try Self.append(
                    .packedDoubles, section.name, PackedNumbers.bytes(of: values, width: width), to: &output)
            case (.integers(let values), .planes):
                try Self.append(.packedIntegers, section.name, PackedNumbers.bytes(of: values), to: &output)
            case (.bytes(let values), .deflated):
                guard let packed = DeflatedBytes.bytes(of: values) else {
                    throw ModelArchiveError(.malformed("the section '\(section.name)' cannot be compressed"))
                }
                try Self.append(.deflatedBytes, section.name, packed, to: &output)
            case (.doubles(let values), _): try Self.append(.doubles, section.name, values, to: &output)
            case (.integers(let values), _): try Self.append(.integers, section.name, values, to: &output)
            case (.bytes(let values), _): try Self.append(.bytes, section.name, values, to: &output)
            }
        }
        output.storeLittleEndian(UInt64(output.count), at: lengthPosition)
        let checked = Self.preambleLength - Self.checksumLength
        output.storeLittleEndian(Checksum.of(output[..<checked]), at: checked)
        return output
    }

    private static func append<Value: BitwiseCopyable>(
        _ type: SectionType, _ name: String, _ values: [Value], to output: inout [UInt8]
    ) throws(ModelArchiveError) {
        let nameBytes = Array(name.utf8)
        guard let nameLength = UInt16(exactly: nameBytes.count) else {
            throw ModelArchiveError(.malformed("the name of a section is longer than 65535 bytes"))
        }
        let start = output.count
        let payload = LittleEndianValues.bytes(of: values)
        output.append(type.rawValue)
        output.appendLittleEndian(nameLength)
        output.appendLittleEndian(UInt64(payload.count))
        output.append(contentsOf: nameBytes)
        output.append(contentsOf: payload)
        output.appendLittleEndian(Checksum.of(output[start...]))
    }

    /// Reads the bytes of a file.
    ///
    /// Lengths are checked against what is there before anything is allocated.
    package init(bytes: [UInt8]) throws(ModelArchiveError) {
        let isOurs = bytes.prefix(Self.magic.count).elementsEqual(Self.magic.prefix(bytes.count))
        guard isOurs, !bytes.isEmpty else { throw ModelArchiveError(.notAModelFile) }
        guard bytes.count >= Self.preambleLength else { throw ModelArchiveError(.truncated) }
        let checked = Self.preambleLength - Self.checksumLength
        guard bytes.littleEndian(UInt32.self, at: checked) == Checksum.of(bytes[..<checked]) else {
            throw ModelArchiveError(.checksumMismatch(section: nil))
        }
        let version = bytes.littleEndian(UInt32.self, at: Self.magic.count)
        guard version <= Self.formatVersion else {
            throw ModelArchiveError(.newerVersion(found: version, supported: Self.formatVersion))
        }
        let length = bytes.littleEndian(UInt64.self, at: Self.magic.count + 4)
        guard UInt64(bytes.count) >= length else { throw ModelArchiveError(.truncated) }
        guard UInt64(bytes.count) == length else { throw ModelArchiveError(.trailingBytes) }

        let sectionCount = bytes.littleEndian(UInt32.self, at: Self.magic.count + 12)
        var position = Self.preambleLength
        var header: JSONValue?
        var sections: [Section] = []
        for index in 0..<sectionCount {
            let (type, name, payload) = try Self.section(of: bytes, at: &position)
            switch type {
            case .header where index == 0:
                do {
                    header = try JSONValue(parsing: Array(payload))
                } catch {
                    throw ModelArchiveError(.malformed("its header is no JSON: \(error)"))
                }
            case .header: throw ModelArchiveError(.malformed("it has two headers"))
            case .doubles: sections.append(Section(name, .doubles(try Self.values(of: payload, name: name))))
            case .integers: sections.append(Section(name, .integers(try Self.values(of: payload, name: name))))
            case .bytes: sections.append(Section(name, .bytes(Array(payload))))
            case .packedDoubles:
                guard let values = PackedNumbers.doubles(of: payload) else { throw Self.unpackable(name) }
                sections.append(Section(name, .doubles(values)))
            case .packedIntegers:
                guard let values = PackedNumbers.integers(of: payload) else { throw Self.unpackable(name) }
                sections.append(Section(name, .integers(values)))
            case .deflatedBytes:
                guard let bytes = DeflatedBytes.plain(of: payload) else { throw Self.unpackable(name) }
                sections.append(Section(name, .bytes(bytes)))
            }
        }
        guard let header else { throw ModelArchiveError(.missingSection("header")) }
        guard position == bytes.count else { throw ModelArchiveError(.trailingBytes) }
        self.init(header: header, sections: sections)
    }

    private static func section(
        of bytes: [UInt8], at position: inout Int
    ) throws(ModelArchiveError) -> (SectionType, String, ArraySlice<UInt8>) {
        let start = position
        guard bytes.count - start >= sectionPrefixLength else { throw ModelArchiveError(.truncated) }
        let nameLength = Int(bytes.littleEndian(UInt16.self, at: start + 1))
        let payloadLength = bytes.littleEndian(UInt64.self, at: start + 3)
        let rest = bytes.count - start - sectionPrefixLength - checksumLength - nameLength
        guard rest >= 0, payloadLength <= UInt64(rest) else { throw ModelArchiveError(.truncated) }
        let nameStart = start + sectionPrefixLength
        let payloadStart = nameStart + nameLength
        let end = payloadStart + Int(payloadLength)
        let name = String(decoding: bytes[nameStart..<payloadStart], as: UTF8.self)
        guard bytes.littleEndian(UInt32.self, at: end) == Checksum.of(bytes[start..<end]) else {
            throw ModelArchiveError(.checksumMismatch(section: name))
        }
        guard let type = SectionType(rawValue: bytes[start]) else {
            throw ModelArchiveError(.malformed("the section '\(name)' is of an unknown type"))
        }
        position = end + checksumLength
        return (type, name, bytes[payloadStart..<end])
    }

    private static func unpackable(_ name: String) -> ModelArchiveError {
        ModelArchiveError(.malformed("the section '\(name)' cannot be unpacked"))
    }

    private static func values<Value: BitwiseCopyable>(
        of payload: ArraySlice<UInt8>, name: String
    ) throws(ModelArchiveError) -> [Value] {
        guard payload.count.isMultiple(of: MemoryLayout<Value>.stride) else {
            throw ModelArchiveError(.malformed("the section '\(name)' holds a fraction of a number"))
        }
        return LittleEndianValues.values(of: payload)
    }
}
