// The command `mixed`: its subcommands, and where every error ends.

import ArgumentParser
import CKernels
import MixedModels

/// Linear mixed models from the terminal.
@main
struct MixedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mixed",
        abstract: "Fit mixed-effects (multilevel) models, with certified answers.",
        discussion: """
            A first model, on a data set that comes with the program:

              mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy

            The formula is R's, in single quotes; the data is a text file (comma, tab, semicolon or space separated, also \
            .gz), '-' for standard input, or @NAME for one of the data sets that 'mixed examples' lists.

            Results go to standard output, notes and errors to standard error. The exit status is 0 when there is an \
            answer, 1 for an error in the input, 64 for wrong usage, 130 after Ctrl-C.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Fitting",
                subcommands: [
                    FitCommand.self, PlanCommand.self, SummaryCommand.self, CoefficientsCommand.self,
                    RandomEffectsCommand.self,
                    CubeCommand.self, ExamplesCommand.self,
                ]),
            CommandGroup(
                name: "Testing and comparing",
                subcommands: [
                    AnovaCommand.self, CompareCommand.self, RandomDeletionsCommand.self, ConfintCommand.self,
                    BootstrapCommand.self, RobustCommand.self,
                ]),
            CommandGroup(
                name: "Explaining and predicting",
                subcommands: [
                    MeansCommand.self, SlopesCommand.self, EffectsCommand.self, PredictCommand.self,
                    EffectSizeCommand.self, PoolingCommand.self, InfluenceCommand.self, SimulateCommand.self,
                ]),
        ])

    /// Runs the command; errors of the input end here, those of usage with the parser.
    static func main() {
        mixed_keep_memory()
        Console.ignoreBrokenPipes()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            if let failure = CommandError(reporting: error) {
                Console.writeError("error: \(failure.message)")
                exit(withError: ExitCode(CommandError.exitStatus(of: error)))
            }
            if exitCode(for: error) == .validationFailure, hasUnquotedFormula {
                Console.writeError("error: the formula is not in quotes, so the terminal took it apart")
                Console.writeError("  hint: mixed fit 'response ~ predictors + (1 | group)' DATA")
                exit(withError: ExitCode.validationFailure)
            }
            exit(withError: error)
        }
    }

    /// Whether the arguments look like `fit y ~ x data.csv`: the terminal makes of an unquoted tilde the home folder.
    private static var hasUnquotedFormula: Bool {
        let words = CommandLine.arguments.dropFirst().prefix { !$0.hasPrefix("--") }
        guard words.first == "fit" || words.first == "plan", words.count > 3 else { return false }
        return !words.contains { $0.contains("~") && $0 != "~" }
    }
}

/// The version of the program.
enum Version {
    static let text = "0.1.0"
}
