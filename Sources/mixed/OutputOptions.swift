// The options of every subcommand that shows results, and how they are put out.

public import ArgumentParser
public import MixedModels

/// In which form results are shown, and where they go.
struct OutputOptions: ParsableArguments {
    @Option(help: "The form of the results. Found from the name of the output file otherwise, else text.")
    var format: ReportFormat?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write the results to this file instead of standard output, whole or not at all.", valueName: "file"))
    var output: String?

    @Flag(help: "No notes or warnings on standard error.")
    var quiet = false

    /// The form that is asked for, or that the name of the output file stands for.
    var chosenFormat: ReportFormat {
        if let format { return format }
        switch output?.split(separator: ".").last?.lowercased() {
        case "json": return .json
        case "csv": return .csv
        case "md", "markdown": return .markdown
        case "html", "htm": return .html
        case "tex": return .latex
        default: return .text
        }
    }

    /// Refuses an output file that cannot be written or that is read, before any work is done.
    func check(inputs: [String]) throws(CommandError) {
        if let output { try Folder.checkWritable(output, option: "--output", inputs: inputs) }
    }

    /// Refuses a file beside the results that cannot be written, that is read, or that is the output file as well.
    ///
    /// - Parameter path: `nil` where no such file is asked for.
    func check(_ path: String?, option: String, inputs: [String]) throws(CommandError) {
        guard let path else { return }
        try Folder.checkWritable(path, option: option, inputs: inputs)
        if let output, Folder.isSameFile(path, output) {
            throw CommandError("\(option) and --output name the same file: choose different names")
        }
    }

    /// Puts out results.
    ///
    /// - Parameters:
    ///   - notes: what goes to standard error, unless the results hold it and are seen at the same place.
    ///   - width: given to `render` for text on a terminal.
    func put(notes: [String] = [], _ render: (ReportFormat, _ width: Int) -> String) throws {
        let format = chosenFormat
        let text = render(format, Console.width).endingInNewline
        if let output, output != "-" {
            try FileReplacement.write(Array(text.utf8), to: output)
        } else {
            try Console.write(text)
        }
        let isSeen = output == nil && format == .text && Console.showsErrorsBesideOutput
        guard !quiet, !isSeen else { return }
        for note in notes { Console.writeError(note.hasPrefix("warning: ") ? note : "note: \(note)") }
    }
}

/// Where a fitted model is saved.
struct SavingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Save the model to this file, for 'mixed summary' and the like.", valueName: "file"))
    var save: String?
}

extension ReportFormat: ExpressibleByArgument {}

extension String {
    fileprivate var endingInNewline: String { hasSuffix("\n") ? self : self + "\n" }
}
