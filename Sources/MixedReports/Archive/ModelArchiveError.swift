// What can be wrong with the file of a saved model or a cube.

/// An error in reading or writing a saved model or a cube.
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
        /// The file holds a cube where a saved model is needed.
        case holdsCube
        /// The file holds a saved model where a cube is needed.
        case holdsModel
        /// The system refused to read or write the file.
        case system(String)
    }

    /// What a file is read or written as.
    public enum Content: Hashable, Sendable {
        case model
        case cube
    }

    public var reason: Reason
    /// The file, where there is one.
    public var path: String?
    /// What the file was read or written as.
    public var content: Content

    public init(_ reason: Reason, path: String? = nil, content: Content = .model) {
        self.reason = reason
        self.path = path
        self.content = content
    }

    public var description: String {
        let isCube = content == .cube
        let subject = path.map { "'\($0)'" } ?? (isCube ? "the file of the cube" : "the model file")
        let kind = isCube ? "cube" : "saved model"
        let advice = isCube ? "Make the cube again" : "Save the model again"
        switch reason {
        case .notAModelFile: return "\(subject) is not a \(kind)"
        case .holdsCube: return "\(subject) is a cube, not a saved model"
        case .holdsModel: return "\(subject) is a saved model, not a cube"
        case .truncated:
            return "\(subject) is cut short: part of the \(kind) is missing. \(advice)"
        case .trailingBytes: return "\(subject) is damaged: it is longer than it says it is. \(advice)"
        case .checksumMismatch(let section):
            let place = section.map { " in the section '\($0)'" } ?? ""
            return "\(subject) is damaged: its checksum does not match\(place). \(advice)"
        case .newerVersion(let found, let supported):
            return
                "\(subject) was written by a newer version (format \(found)); this is format \(supported): update mixed"
        case .missingSection(let name): return "\(subject) has no section '\(name)'"
        case .malformed(let detail): return "\(subject) is damaged: \(detail)"
        case .system(let detail): return "\(subject): \(detail)"
        }
    }
}
