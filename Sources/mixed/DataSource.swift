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

    /// The text, opened; `nil` for a bundled data set.
    func text(_ encoding: ReadingOptions.Encoding, monitor: WorkMonitor) throws -> TextSource? {
        switch self {
        case .file(let path): try Self.opened(path, encoding, monitor)
        case .standardInput: try TextSource(contentsOf: "-", encoding: encoding, monitor: monitor)
        case .bundled: nil
        }
    }

    private static func opened(
        _ path: String, _ encoding: ReadingOptions.Encoding, _ monitor: WorkMonitor
    ) throws -> TextSource {
        if let kind = try SavedFileKind(contentsOf: path) { throw CommandError(notData: path, kind) }
        return try TextSource(contentsOf: path, encoding: encoding, monitor: monitor)
    }

    /// The table.
    ///
    /// For a bundled data set its delimiter and encoding are known.
    ///
    /// - Parameter text: The text, where it has been opened before.
    func table(_ options: ReadingOptions, from text: TextSource? = nil, monitor: WorkMonitor) throws -> DataTable {
        switch self {
        case .file(let path):
            let text = try text ?? Self.opened(path, options.encoding, monitor)
            return try DataTable(text, options: options, monitor: monitor)
        case .standardInput:
            let text = try text ?? TextSource(contentsOf: "-", encoding: options.encoding, monitor: monitor)
            return try DataTable(text, options: options, monitor: monitor)
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
