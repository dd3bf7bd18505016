// The data sets that come with the package: for learning, for examples and for tests.

public import MixedTables
internal import MixedSyntax

/// The data sets that come with the package.
///
///     let sleep = try BundledData.table("sleepstudy")
public enum BundledData {
    /// The names, in alphabetical order.
    public static var names: [String] { dataSets.map(\.name) }

    /// What is known of a data set, or `nil` for a name that there is none of.
    public static func dataSet(_ name: String) -> BundledDataSet? { dataSets.first { $0.name == name } }

    /// Reads a data set.
    ///
    /// - Throws: `BundledDataError` for a name that there is none of, or when the files of the package are missing;
    ///   `TableError` when the file cannot be read.
    public static func table(_ name: String) throws -> DataTable {
        var table = try DataTable(contentsOf: path(of: name))
        table.origin = "@\(name)"
        return table
    }

    /// Where the file of a data set lies; the larger ones are compressed.
    ///
    /// - Throws: `BundledDataError`.
    public static func path(of name: String) throws(BundledDataError) -> String {
        guard let dataSet = dataSet(name) else {
            throw .unknownName(name, nearest: NameSuggestion.nearest(to: name, among: names))
        }
        guard let folder = ResourceFolder.path(containing: dataSet.file) else { throw .missingFile(dataSet.file) }
        return folder + "/" + dataSet.file
    }
}

/// A data set that comes with the package: what it is, where it is from, and a model to try.
public struct BundledDataSet: Hashable, Sendable {
    public let name: String
    /// What was measured, in a sentence or two.
    public let summary: String
    /// Who published the data, and which R package and licence they come under.
    public let source: String
    /// A formula that suits the data.
    public let formula: String
    /// The name of the file.
    let file: String
}

/// Why a data set cannot be had.
public enum BundledDataError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownName(String, nearest: String?)
    /// The package's files are not where they should be.
    case missingFile(String)

    public var description: String {
        switch self {
        case .unknownName(let name, let nearest):
            let hint =
                nearest.map { "did you mean '\($0)'?" } ?? "there are \(BundledData.names.joined(separator: ", "))"
            return "There is no bundled data set '\(name)': \(hint)"
        case .missingFile(let file):
            return
                "The bundled file '\(file)' is missing: keep the folder of resources beside the program, or install it again"
        }
    }
}

extension DataTable {
    /// A data set that comes with the package, as `BundledData.table`.
    public static func bundled(_ name: String) throws -> DataTable { try BundledData.table(name) }
}
