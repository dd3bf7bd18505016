// Where data comes from: a file, standard input, or a data set that comes with the program.

import MixedModels

/// What a DATA argument names.
enum DataSource {
    case file(String)
    case standardInput
    case bundled(String)

    /// Reads the argument.
    ///
    /// - Throws: for a bundled data set that there is not.
    init(_ argument: String) throws(CommandError) {
        if argument == "-" {
            self = .standardInput
        } else if argument.hasPrefix("@"), !Folder.exists(argument) {
            self = .bundled(try Self.bundledName(String(argument.dropFirst())))
        } else {
            self = .file(argument)
        }
    }

    /// The name of a bundled data set, which may be spelled in any case.
    static func bundledName(_ name: String) throws(CommandError) -> String {
        let known = BundledData.names
        if known.contains(name) { return name }
        if let same = known.first(where: { $0.lowercased() == name.lowercased() }) { return same }
        let advice =
            NameSuggestion.nearest(to: name, among: known).map { "did you mean '@\($0)'?" }
            ?? "there are " + known.map { "@" + $0 }.joined(separator: ", ")
        throw CommandError("There is no data set '@\(name)' among those that come with mixed\n  hint: \(advice)")
    }

    /// The table.
    ///
    /// For a bundled data set its delimiter and encoding are known.
    func table(_ options: ReadingOptions, monitor: WorkMonitor) throws -> DataTable {
        switch self {
        case .file(let path):
            if let kind = try SavedFileKind(contentsOf: path) { throw CommandError(notData: path, kind) }
            return try DataTable(contentsOf: path, options: options, monitor: monitor)
        case .standardInput: return try DataTable(contentsOf: "-", options: options, monitor: monitor)
        case .bundled(let name):
            let known = ReadingOptions(missingCodes: options.missingCodes, columns: options.columns)
            var table = try DataTable(contentsOf: BundledData.path(of: name), options: known)
            table.origin = "@\(name)"
            return table
        }
    }

    /// The path of a file; `nil` for what is none.
    var path: String? {
        if case .file(let path) = self { path } else { nil }
    }
}
