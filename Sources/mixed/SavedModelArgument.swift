// The MODEL argument of the subcommands that ask a saved model.

import ArgumentParser
import MixedModels

/// The file of a saved model.
struct SavedModelArgument: ParsableArguments {
    @Argument(help: "A model that was saved with: mixed fit FORMULA DATA --save FILE.")
    var model: String

    /// Reads the model.
    func load() throws -> SavedModel { try Self.load(model) }

    /// Reads the model of a file.
    static func load(_ model: String) throws -> SavedModel {
        if model.contains("~"), !Folder.exists(model) {
            throw CommandError(
                "'\(model)' is a formula, and a saved model is needed",
                hint: "fit and save it first: mixed fit '\(model)' DATA --save FILE.mixed"
            )
        }
        guard Folder.exists(model) else { throw CommandError(CommandError.missingFile(model)) }
        return try SavedModel(contentsOf: model)
    }
}
