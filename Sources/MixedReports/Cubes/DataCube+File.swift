// A cube in a file.

public import MixedDesign

extension DataCube {
    /// Writes the cube to a file, which is whole or not there.
    ///
    /// - Throws: `ModelArchiveError`.
    public func write(to path: String) throws(ModelArchiveError) {
        do {
            try archive().write(to: path)
        } catch {
            throw ModelArchiveError(error.reason, path: path, content: .cube)
        }
    }

    /// Reads a cube from a file.
    ///
    /// - Complexity: linear in the size of the file; the number of rows does not matter.
    /// - Throws: `ModelArchiveError` for a file that is missing, damaged, of a newer version, or no cube.
    public init(contentsOf path: String) throws(ModelArchiveError) {
        do {
            try self.init(ModelArchive(contentsOf: path))
        } catch {
            throw ModelArchiveError(error.reason, path: path, content: .cube)
        }
        origin = path
    }

    /// How many bytes the file of the cube has.
    ///
    /// - Throws: `ModelArchiveError` for a cube that cannot be written.
    public func byteCount() throws(ModelArchiveError) -> Int { try archive().serialized().count }
}

/// What a file of this package holds.
public enum SavedFileKind: Hashable, Sendable {
    /// A fitted model.
    case model
    /// The cross-products of a formula.
    case cube

    /// What the file at a path holds, by its first bytes; `nil` for data and anything else.
    ///
    /// - Throws: `ModelArchiveError` for a file that was one of them and is damaged.
    public init?(contentsOf path: String) throws(ModelArchiveError) {
        guard let beginning = ModelArchive.beginning(of: path) else { return nil }
        // The header stands at the beginning and says what follows.
        let text = String(decoding: beginning, as: UTF8.self)
        if text.contains(DataCube.archiveContent) {
            self = .cube
        } else if text.contains(SavedModel.content) {
            self = .model
        } else {
            _ = try ModelArchive(contentsOf: path)
            throw ModelArchiveError(.malformed("it holds neither a model nor a cube"), path: path)
        }
    }
}
