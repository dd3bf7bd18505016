// The formula and the data of a subcommand that takes both, or a cube alone.

import ArgumentParser
import MixedModels

/// The two arguments of `mixed fit` and `mixed plan`.
struct ModelArguments {
    var formula: String
    var data: String?
    /// The subcommand, for what is to be typed.
    var command: String

    /// The cube that is meant, recognised by its contents.
    func cubePath() throws -> String? {
        let path = data ?? formula
        guard !path.contains("~") || Folder.exists(path), try SavedFileKind(contentsOf: path) == .cube else {
            return nil
        }
        return path
    }

    /// The data; recognises a formula and a data file in the wrong order, and a formula that is none.
    func checkedData() throws -> String {
        guard let data else { throw ValidationError("Missing expected argument '<data>'") }
        if formula.contains("~") { return data }
        if data.contains("~"), !Folder.exists(data) {
            throw CommandError(
                "The formula comes first, then the data", hint: "mixed \(command) '\(data)' \(formula)")
        }
        if formula == "." {
            throw CommandError(
                Folder.exists(data)
                    ? "'\(data)' is no cube, and a formula of '.' is that of a cube" : "\(data): there is no such file",
                hint: "mixed \(command) 'response ~ predictors + (1 | group)' \(data)")
        }
        if Folder.exists(formula) || formula.hasPrefix("@") {
            throw CommandError(
                "'\(formula)' is data, and a formula comes first",
                hint: "mixed \(command) 'response ~ predictors + (1 | group)' \(formula)"
            )
        }
        return data
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
