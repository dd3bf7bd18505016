// The file of a saved model: a header in JSON and named arrays of numbers, each guarded by a checksum.

/// What a saved model consists of, on its way to or from a file.
///
/// It knows nothing of models; what the header says and which sections there are is the business of its users.
package struct ModelArchive: Hashable, Sendable {
    /// The newest format that this version reads. Format 2 has packed sections; a file without them is of format 1, which
    /// older programs read.
    package static let formatVersion: UInt32 = 2

    package var header: JSONValue
    package var sections: [Section]

    /// A named array.
    package struct Section: Hashable, Sendable {
        package var name: String
        package var payload: Payload
        package var packing: Packing

        package init(_ name: String, _ payload: Payload, packing: Packing = .none) {
            self.name = name
            self.payload = payload
            self.packing = packing
        }
    }

    /// How a section is stored in fewer bytes.
    package enum Packing: Hashable, Sendable {
        /// As it is.
        case none
        /// Whole numbers by variable length; of doubles, one plane for each place in a block of so many, of which a count of
        /// doubles is a multiple.
        case planes(Int)
        /// By zlib; for bytes.
        case deflated
    }

    /// The format that the archive needs.
    package var neededVersion: UInt32 { sections.contains { $0.packing != .none } ? 2 : 1 }

    package enum Payload: Hashable, Sendable {
        case doubles([Double])
        case integers([Int32])
        case bytes([UInt8])
    }

    package init(header: JSONValue, sections: [Section] = []) {
        self.header = header
        self.sections = sections
    }
}

extension ModelArchive {
    /// The numbers of a section; throws `missingSection` where there is none of that name and type.
    package func doubles(_ name: String) throws(ModelArchiveError) -> [Double] {
        if case .doubles(let values)? = payload(name) { return values }
        throw ModelArchiveError(.missingSection(name))
    }

    /// The whole numbers of a section; throws `missingSection` where there is none of that name and type.
    package func integers(_ name: String) throws(ModelArchiveError) -> [Int32] {
        if case .integers(let values)? = payload(name) { return values }
        throw ModelArchiveError(.missingSection(name))
    }

    /// The bytes of a section; throws `missingSection` where there is none of that name and type.
    package func bytes(_ name: String) throws(ModelArchiveError) -> [UInt8] {
        if case .bytes(let values)? = payload(name) { return values }
        throw ModelArchiveError(.missingSection(name))
    }

    /// Whether there is a section of that name.
    package func contains(_ name: String) -> Bool { payload(name) != nil }

    private func payload(_ name: String) -> Payload? {
        sections.first { $0.name == name }?.payload
    }
}
