// The one place where errors of all rooms become the lines that the command prints.

import ArgumentParser
import MixedModels

/// An error in the input or the data, as it is printed after `error: `.
struct CommandError: Error {
    /// What is wrong, where, and what to do: one or two lines, and a line with a caret where a text is at fault.
    var message: String

    /// - Parameter hint: what to do about it, on a line of its own.
    init(_ message: String, hint: String? = nil) {
        self.message = message + (hint.map { "\n  hint: \($0)" } ?? "")
    }

    /// An error in the text of an option, with a caret under the place.
    init(option: String, _ diagnostic: Diagnostic) {
        self.init("\(option): \(diagnostic)")
    }

    /// The error of an option about a table.
    init(option: String, _ error: TableError) {
        self.init("\(option): \(Self.text(of: error))")
    }

    /// The exit status that an error which is reported calls for.
    static func exitStatus(of error: any Error) -> Int32 {
        switch error {
        case TableError.interrupted, FitError.interrupted: Interruption.exitStatus
        default: 1
        }
    }

    /// The words for an error of any room; `nil` for those of the argument parser, which has its own.
    init?(reporting error: any Error) {
        switch error {
        case let error as CommandError: self = error
        case let error as TableError: self.init(Self.text(of: error))
        case let error as ModelArchiveError: self.init(Self.text(of: error))
        case let error as CubeError: self.init(error.sentence, hint: error.hint)
        case let error as Diagnostic: self.init(error.description)
        case let error as DesignError: self.init(design: error)
        case let error as any InferenceFailure: self.init(error.sentence, hint: error.hint)
        case let error as MemoryShortage: self.init(error.sentence, hint: error.hint)
        case .notEnoughMemory(let error) as FitError: self.init(error.sentence, hint: error.hint)
        case let error as FitError: self.init(error.description.prefix(1).uppercased() + error.description.dropFirst())
        default:
            guard MixedCommand.exitCode(for: error) == .failure, !(error is ExitCode) else { return nil }
            self.init(String(describing: error))
        }
    }

    /// An error of a formula and its data.
    ///
    /// - Parameter place: a sentence that says which row of the file is meant.
    init(design error: DesignError, place: String? = nil) {
        var diagnostic = error.diagnostic
        switch error.kind {
        case .responseNotNumeric(_, _, let value), .notNumeric(_, _, let value):
            diagnostic.hint = "correct the value, or declare it as missing: --na '\(value)'"
        default: break
        }
        if let place { diagnostic.hint = place + (diagnostic.hint.map { "; \($0)" } ?? "") }
        self.init(diagnostic.description)
    }

    private static func text(of error: TableError) -> String {
        if case .missingFile(let path) = error { return missingFile(path) }
        var lines = error.message.split(separator: "\n").map(String.init)
        if case .notUTF8 = error { lines = [lines[0], "Save the file as UTF-8, or add --encoding latin1"] }
        // What to do is a hint here as everywhere.
        return lines.enumerated().map { number, line in
            number == 0 ? line : "  hint: " + line.prefix(1).lowercased() + line.dropFirst()
        }.joined(separator: "\n")
    }

    private static func text(of error: ModelArchiveError) -> String {
        let hint: String? =
            switch (error.reason, error.content) {
            case (.notAModelFile, .model): "a model is saved by: mixed fit FORMULA DATA --save FILE"
            case (.notAModelFile, .cube): "a cube is made by: mixed cube FORMULA DATA -o FILE"
            case (.holdsCube, _): "fit and save a model from it: mixed fit FORMULA \(error.path ?? "CUBE") --save FILE"
            case (.holdsModel, _): "a model cannot become a cube again: mixed cube FORMULA DATA -o FILE"
            default: nil
            }
        return CommandError(error.description, hint: hint).message
    }

    /// A saved model or a cube where data is needed.
    init(notData path: String, _ kind: SavedFileKind) {
        switch kind {
        case .model:
            self.init(
                "\(path): this is a saved model, and data is needed",
                hint: "ask the model: mixed summary \(path), or fit to the data that it was fitted to")
        case .cube:
            self.init(
                "\(path): this is a cube, and rows are needed",
                hint: "a cube holds no rows; models are fitted from it by: mixed fit FORMULA \(path)")
        }
    }

    /// A file that is not there, and what may have been meant.
    static func missingFile(_ path: String) -> String {
        let missing = "\(path): there is no such file"
        if BundledData.names.contains(path) { return missing + "; the data set that comes with mixed is @\(path)" }
        guard let near = Folder.nearestFile(to: path) else { return missing }
        return missing + "; did you mean '\(near)'?"
    }
}
