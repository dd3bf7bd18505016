// The file of a saved model: a header in JSON and named arrays of numbers, each guarded by a checksum.

/// What a saved model consists of, on its way to or from a file.
///
/// It knows nothing of models; what the header says and which sections there are is the business of its users.
package struct ModelArchive: Hashable, Sendable {
    /// The format that this version writes, and the newest that it reads.
    package static let formatVersion: UInt32 = 1

    package var header: JSONValue
    package var sections: [Section]

    /// A named array.
    package struct Section: Hashable, Sendable {
        package var name: String
        package var payload: Payload

        package init(_ name: String, _ payload: Payload) {
            self.name = name
            self.payload = payload
        }
    }

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
