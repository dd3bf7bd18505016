// What can be wrong with the file of a saved model.

/// An error in reading or writing a saved model.
public struct ModelArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// The file begins with something else.
        case notAModelFile
        /// The file ends before it is complete.
        case truncated
        /// The file is longer than it says it is.
        case trailingBytes
        /// The bytes of a part are not those that were written; `nil` stands for the beginning of the file.
        case checksumMismatch(section: String?)
        /// The file's format is newer than this program.
        case newerVersion(found: UInt32, supported: UInt32)
        /// There is no section of that name and type.
        case missingSection(String)
        /// The file's parts are whole but make no sense together.
        case malformed(String)
        /// The system refused to read or write the file.
        case system(String)
    }

    public var reason: Reason
    /// The file, where there is one.
    public var path: String?

    public init(_ reason: Reason, path: String? = nil) {
        self.reason = reason
        self.path = path
    }

    public var description: String {
        let subject = path.map { "'\($0)'" } ?? "the model file"
        switch reason {
        case .notAModelFile: return "\(subject) is not a saved model"
        case .truncated:
            return "\(subject) is cut short: part of the saved model is missing. Save the model again"
        case .trailingBytes: return "\(subject) is damaged: it is longer than it says it is. Save the model again"
        case .checksumMismatch(let section):
            let place = section.map { " in the section '\($0)'" } ?? ""
            return "\(subject) is damaged: its checksum does not match\(place). Save the model again"
        case .newerVersion(let found, let supported):
            return
                "\(subject) was written by a newer version (format \(found)); this is format \(supported): update mixed"
        case .missingSection(let name): return "\(subject) has no section '\(name)'"
        case .malformed(let detail): return "\(subject) is damaged: \(detail)"
        case .system(let detail): return "\(subject): \(detail)"
        }
    }
}
