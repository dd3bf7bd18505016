// A fitted model in a file: everything later questions need, without the rows.

public import LinearMixedModels

/// A fit and its notes, as they are saved to a file and read back.
///
/// The file holds the design, the cross-products and the optimum. Reading it computes the fit again from these, without
/// a search, which gives the same numbers. It does not hold the rows of the data.
public struct SavedModel: Sendable {
    public let fit: LinearMixedModelFit
    /// Sentences that belong to the fit, such as remarks on how the data were read.
    public let notes: [String]

    public init(_ fit: LinearMixedModelFit, notes: [String]) {
        self.fit = fit
        self.notes = notes
    }

    /// Writes the model to a file, which is whole or not there.
    ///
    /// - Throws: `ModelArchiveError`.
    public func write(to path: String) throws(ModelArchiveError) {
        let archive: ModelArchive
        do {
            archive = try self.archive()
        } catch {
            throw ModelArchiveError(error.reason, path: path)
        }
        try archive.write(to: path)
    }

    /// Reads a model from a file.
    ///
    /// - Complexity: A few factorisations; nothing depends on the number of rows.
    /// - Throws: `ModelArchiveError` for a file that is missing, damaged, of a newer version, or no model.
    public init(contentsOf path: String) throws(ModelArchiveError) {
        let archive = try ModelArchive(contentsOf: path)
        do {
            try self.init(archive)
        } catch {
            throw ModelArchiveError(error.reason, path: path)
        }
    }
}
