// The options of the subcommands that evaluate a saved model on a grid of values.

public import ArgumentParser
public import MixedModels

/// Values of variables on the grid.
struct GridOptions: ParsableArguments {
    @Option(
        name: .customLong("at"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Values of a variable, such as 'hours=5,10' or 'SES=Low,High'; for numbers also min, mean, max, mean-sd and mean+sd. May be repeated. Numbers are at their mean otherwise, categories at all levels.",
            valueName: "column=a,b"))
    var at: [String] = []

    /// The values by variable.
    func settings() throws(CommandError) -> [String: [GridSetting]] {
        var result: [String: [GridSetting]] = [:]
        for text in at {
            do throws(Diagnostic) {
                let assignment = try Assignment(parsing: text, form: "--at 'column=value,value'")
                let items = try assignment.valueItems()
                guard result[assignment.name] == nil else {
                    throw Diagnostic(
                        "'\(assignment.name)' is given twice", source: text, range: assignment.nameRange,
                        hint: "list all of its values in one --at")
                }
                result[assignment.name] = items.map { $0.isQuoted ? .level($0.text) : GridSetting(parsing: $0.text) }
            } catch {
                throw CommandError(option: "--at", error)
            }
        }
        return result
    }

    /// The names of a comma-separated list.
    fileprivate static func names(_ text: String?, option: String) throws(CommandError) -> [String] {
        guard let text else { return [] }
        var scanner = ListScanner(text)
        do throws(Diagnostic) {
            return try scanner.items().map(\.text)
        } catch {
            throw CommandError(option: option, error)
        }
    }
}

/// Which combinations of variables have a value of their own, and how the others are averaged over.
struct MarginOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The variables whose combinations are shown, separated by commas; one value over all otherwise.",
            valueName: "columns"))
    var by: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Variables within whose levels they are shown and compared, separated by commas.", valueName: "columns"))
    var within: String?

    @Option(
        help:
            "How levels that are averaged over are weighted: equal, proportional (by how often combinations occur), outer (by how often each level occurs) or cells (by the rows of each cell)."
    )
    var weights: MarginalWeights = .equal

    /// The variables of `--by`.
    func variables() throws(CommandError) -> [String] { try GridOptions.names(by, option: "--by") }

    /// The variables of `--within`.
    func groups() throws(CommandError) -> [String] { try GridOptions.names(within, option: "--within") }
}

/// Which contrasts, and how they are adjusted.
struct ContrastOptions: ParsableArguments {
    @Option(help: "Contrasts between the means: pairwise, reference, consecutive, poly or none.")
    var contrasts: ContrastChoice = .none

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The mean that --contrasts reference compares with; the first one otherwise.", valueName: "level"))
    var reference: String?

    @Option(
        name: .customLong("contrast"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A contrast of your own: a name and one weight for each mean, such as 'high vs low: -1 0 1'. May be repeated.",
            valueName: "name: weights"))
    var custom: [String] = []

    @Option(
        help:
            "Adjustment for the number of contrasts: none, bonferroni, holm, sidak, scheffe, tukey, dunnett (also mvt) or fdr. Tukey's for pairwise, Dunnett's for reference and consecutive, otherwise none."
    )
    var adjust: MultiplicityAdjustment?

    mutating func validate() throws {
        if !custom.isEmpty, contrasts != .none {
            throw ValidationError("--contrast and --contrasts exclude each other: one family is adjusted at a time")
        }
        if reference != nil, contrasts != .reference {
            throw ValidationError("--reference needs --contrasts reference")
        }
        if adjust != nil, contrasts == .none, custom.isEmpty {
            throw ValidationError("--adjust needs --contrasts or --contrast")
        }
    }

    /// The contrasts that are asked for.
    func method() throws(MarginalMeansError) -> ContrastMethod? {
        if !custom.isEmpty {
            return .custom(try custom.map { text throws(MarginalMeansError) in try CustomContrast(parsing: text) })
        }
        return switch contrasts {
        case .none: nil
        case .pairwise: .pairwise
        case .reference: .reference(reference)
        case .consecutive: .consecutive
        case .poly: .polynomial
        }
    }

    /// The contrasts of one kind, adjusted as is asked for or usual; `nil` for no kind.
    func contrasts(
        _ kind: ContrastMethod?, of estimates: MarginalEstimates, isRatio: Bool = false
    ) throws(MarginalMeansError) -> MarginalContrasts? {
        guard let kind else { return nil }
        return try estimates.contrasts(kind, adjustment: adjust ?? kind.standardAdjustment, isRatio: isRatio)
    }
}

/// The families of contrasts by name.
enum ContrastChoice: String, ExpressibleByArgument, CaseIterable {
    case none, pairwise, reference, consecutive, poly
}

extension MultiplicityAdjustment: ExpressibleByArgument {
    public init?(argument: String) { self.init(word: argument) }

    public static var allValueStrings: [String] {
        ["none", "bonferroni", "holm", "sidak", "scheffe", "tukey", "dunnett", "mvt", "fdr"]
    }
}

extension MarginalWeights: ExpressibleByArgument {}
extension BiasVariance: ExpressibleByArgument {}
