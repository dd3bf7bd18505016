// The options of every subcommand that reads data.

import ArgumentParser
import MixedModels

/// How the data is read, filtered and recoded before anything is computed from it.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What separates fields: comma, tab, semicolon, space, or a character. Found from the file otherwise.",
            valueName: "delimiter"))
    var delimiter: DelimiterChoice?

    @Option(
        name: .customLong("na"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A field that stands for a missing value, besides NA and empty fields; may be repeated.", valueName: "code")
    )
    var missingCodes: [String] = []

    @Option(help: "How the characters of the file are stored: utf8 or latin1.")
    var encoding: EncodingChoice = .utf8

    @Option(
        name: .customLong("mutate"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Compute a column, such as 'z = log(x)'; may be repeated, each may use the columns before it.",
            valueName: "name = expr"))
    var mutations: [String] = []

    @Option(
        name: .customLong("where"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Keep the rows for which this is true, such as 'age >= 18 & sex == \"F\"'. It sees computed columns; of several all must hold.",
            valueName: "expr"))
    var conditions: [String] = []

    @Option(
        name: .customLong("factor"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Treat a column of numbers as categories; may be repeated, or name several, separated by commas.",
            valueName: "column"))
    var factors: [String] = []

    @Option(
        name: .customLong("levels"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "The order of a column's categories, such as 'SES=Low,Medium,High'; the first is the reference. Values that are not listed become missing, which is said. May be repeated.",
            valueName: "column=a,b,c"))
    var levels: [String] = []

    @Option(
        name: .customLong("contrasts"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "How a column's categories are coded, such as 'SES=sum': treatment, treatment(LEVEL), sum, helmert or poly. May be repeated.",
            valueName: "column=coding"))
    var contrasts: [String] = []

    /// The steps in the order in which they are taken, for help texts.
    static let order =
        "The data is read, then --mutate, --where, --factor and --levels are applied, in this order."
}

/// A delimiter by its name or as a character.
struct DelimiterChoice: ExpressibleByArgument {
    let delimiter: ReadingOptions.Delimiter

    init?(argument: String) {
        switch argument.lowercased() {
        case "comma", ",": delimiter = .comma
        case "tab", "\t", "\\t": delimiter = .tab
        case "semicolon", ";": delimiter = .semicolon
        case "space", "whitespace", " ": delimiter = .whitespace
        default:
            let bytes = Array(argument.utf8)
            guard bytes.count == 1, bytes[0] > 0x20, bytes[0] < 0x7F, bytes[0] != UInt8(ascii: "\"") else { return nil }
            delimiter = .other(bytes[0])
        }
    }
}

/// How characters are stored in the file.
enum EncodingChoice: String, ExpressibleByArgument, CaseIterable {
    case utf8
    case latin1

    var encoding: ReadingOptions.Encoding {
        switch self {
        case .utf8: .utf8
        case .latin1: .latin1
        }
    }
}
