// The one place where errors of all rooms become the lines that the command prints.

import ArgumentParser
import MixedModels

/// An error in the input or the data, as it is printed after `error: `.
struct CommandError: Error {
    /// What is wrong, where, and what to do: one or two lines, and a line with a caret where a text is at fault.
    var message: String

    init(_ message: String) { self.message = message }

    /// An error in the text of an option, with a caret under the place.
    init(option: String, _ diagnostic: Diagnostic) {
        self.init("\(option): \(diagnostic)")
    }

    /// The error of an option about a table.
    init(option: String, _ error: TableError) {
        self.init("\(option): \(Self.text(of: error))")
    }

    /// The words for an error of any room; `nil` for those of the argument parser, which has its own.
    init?(reporting error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as TableError: self.init(Self.text(of: error))
        case let error as ModelArchiveError: self.init(Self.text(of: error))
        case let error as Diagnostic: self.init(error.description)
        case let error as DesignError: self.init(error.description)
        case let error as FitError: self.init(error.description)
        default:
            guard MixedCommand.exitCode(for: error) == .failure, !(error is ExitCode) else { return nil }
            self.init(String(describing: error))
        }
    }

    private static func text(of error: TableError) -> String {
        switch error {
        case .missingFile(let path): missingFile(path)
        case .notUTF8: error.message.replacingLastLine(with: "Save the file as UTF-8, or add --encoding latin1")
        default: error.message
        }
    }

    private static func text(of error: ModelArchiveError) -> String {
        guard case .notAModelFile = error.reason else { return error.description }
        return error.description + "\nSave one with: mixed fit FORMULA DATA --save FILE.mixed"
    }

    /// A file that is not there, and what may have been meant.
    static func missingFile(_ path: String) -> String {
        let missing = "\(path): there is no such file"
        if BundledData.names.contains(path) { return missing + "; the data set that comes with mixed is @\(path)" }
        guard let near = Folder.nearestFile(to: path) else { return missing }
        return missing + "; did you mean '\(near)'?"
    }
}

extension String {
    fileprivate func replacingLastLine(with line: String) -> String {
        guard let end = lastIndex(of: "\n") else { return self + "\n" + line }
        return String(self[...end]) + line
    }
}
