// What can be wrong with a question about marginal means, slopes and adjusted predictions.

internal import MixedSyntax

/// Why a reference grid, a marginal mean, a contrast or a slope cannot be had.
public enum MarginalMeansError: InferenceFailure, Hashable {
    /// A variable that the fixed effects do not have.
    case unknownVariable(name: String, suggestion: String?, known: [String])
    /// A grouping factor of the random effects.
    case groupingFactor(name: String, known: [String])
    /// A variable that only random terms have.
    case randomOnly(name: String, known: [String])
    /// A level that the model does not know.
    case unknownLevel(variable: String, level: String, levels: [String])
    /// A text where a number is needed.
    case notNumeric(variable: String, text: String)
    /// A word such as `min` for a variable that has levels.
    case notALevel(variable: String, text: String, levels: [String])
    /// A number of which nothing is remembered.
    case nothingRemembered(variable: String)
    /// The sum of the offsets has no known mean.
    case unknownOffset(columns: [String])
    /// A grid that would take too much memory.
    case tooManyPoints(count: Int, largest: String, levels: Int)
    /// The design has no value at a point of the grid.
    case undefined(String, name: String?)
    /// A contrast whose weights are not one for each mean.
    case weightCount(name: String, given: Int, means: [String])
    /// A contrast that cannot be read.
    case unreadableContrast(text: String)
    /// A reference that is none of the means.
    case unknownReference(name: String, means: [String])
    /// Contrasts of a single mean.
    case nothingToCompare(variables: [String])
    /// A slope of a variable that is not a number.
    case slopeOfFactor(name: String)
    /// A moderator that is not a number, or is the variable itself.
    case moderator(name: String, reason: String)
    /// The response was not transformed, or not in a way that can be undone.
    case noTransformation(response: String)
    /// Terms of adjusted predictions that cannot be read.
    case unreadableTerms(text: String, reason: String)
    /// Weights over cells where there is nothing to weight by.
    case level(Double)

    public var sentence: String {
        switch self {
        case .unknownVariable(let name, _, _): "'\(name)' is not a variable of the model's fixed effects"
        case .groupingFactor(let name, _):
            "'\(name)' is a grouping factor of the random effects; marginal means are averages over its levels"
        case .randomOnly(let name, _):
            "'\(name)' is a variable of random terms only; its average effect is not in the model"
        case .unknownLevel(let variable, let level, _): "'\(variable)' has no level '\(level)'"
        case .notNumeric(let variable, let text): "'\(variable)' is a number, and '\(text)' is not"
        case .notALevel(let variable, let text, _): "'\(variable)' has levels, and '\(text)' asks for a number"
        case .nothingRemembered(let variable): "The model does not remember the mean of '\(variable)'"
        case .unknownOffset(let columns):
            "The model has an offset, and the mean of \(MarginalMeansError.list(columns)) is not known without the rows"
        case .tooManyPoints(let count, _, _): "The reference grid would have \(count) points"
        case .undefined(let point, let name):
            "The model has no value at \(point)" + (name.map { ": '\($0)' is not defined there" } ?? "")
        case .weightCount(let name, let given, let means):
            "The contrast '\(name)' has \(given) \(given == 1 ? "weight" : "weights") for \(means.count) means"
        case .unreadableContrast(let text): "'\(text)' is not a contrast"
        case .unknownReference(let name, _): "'\(name)' is none of the means that are compared"
        case .nothingToCompare(let variables):
            variables.isEmpty
                ? "There is a single mean, and nothing to compare it with"
                : "There is only one mean for each group: nothing to compare"
        case .slopeOfFactor(let name): "'\(name)' has levels; a slope is of a variable of numbers"
        case .moderator(let name, let reason): "'\(name)' \(reason)"
        case .noTransformation(let response):
            "The response '\(response)' is not a transformation that can be undone"
        case .unreadableTerms(let text, let reason): "'\(text)': \(reason)"
        case .level(let level): "The level \(RNumber.text(level)) is not between 0 and 1"
        }
    }

    public var hint: String? {
        switch self {
        case .unknownVariable(_, let suggestion, let known):
            suggestion.map { "did you mean '\($0)'?" } ?? Self.variables(known)
        case .groupingFactor(_, let known):
            "the levels' own effects are shown by 'mixed ranef' and 'mixed coef'; \(Self.variables(known))"
        case .randomOnly(_, let known): Self.variables(known)
        case .unknownLevel(_, let level, let levels):
            NameSuggestion.nearest(to: level, among: levels).map { "did you mean '\($0)'?" }
                ?? "its levels are \(Self.list(levels))"
        case .notNumeric: "give numbers, or min, mean, max, mean-sd, mean+sd; quantiles are not known without the rows"
        case .notALevel(_, _, let levels): "its levels are \(Self.list(levels))"
        case .nothingRemembered(let variable): "give its values: --at '\(variable)=...'"
        case .unknownOffset(let columns): "give a value: --at '\(columns.first ?? "x")=...'"
        case .tooManyPoints(_, let largest, let levels):
            "'\(largest)' has \(levels) values: choose some of them with --at '\(largest)=...'"
        case .undefined: "choose other values with --at"
        case .weightCount(_, _, let means): "the means are, in this order: \(Self.list(means))"
        case .unreadableContrast: "write a name, a colon and one weight for each mean: 'high vs low: -1 0 1'"
        case .unknownReference(_, let means): "they are \(Self.list(means))"
        case .nothingToCompare(let variables):
            variables.isEmpty ? "name a variable with --by" : "give several values of '\(variables[0])', with --at"
        case .slopeOfFactor(let name): "its means are compared by 'mixed means --by \(name)'"
        case .moderator: nil
        case .noTransformation: "those that can are log, log2, log10, log1p, sqrt and qlogis"
        case .unreadableTerms: "write them as 'hours [0:10 by=1], SES [Low,High]'"
        case .level: "write 0.95 for 95%"
        }
    }

    private static func variables(_ known: [String]) -> String {
        known.isEmpty ? "the fixed effects have no variables" : "the variables are \(list(known))"
    }

    /// The first few names.
    static func list(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
    }
}
