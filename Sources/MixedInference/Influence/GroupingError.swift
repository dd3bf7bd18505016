// Why groups cannot be taken out of a fit, or standard errors made robust against their dependence.

public import LinearMixedModels

/// A question about groups of rows that cannot be answered from what there is.
public enum GroupingError: InferenceFailure, Hashable {
    /// The model has no grouping factor of this name, and there are no rows to look it up in.
    case unknownGroup(name: String, known: [String])
    /// Another factor's random effects reach across the groups, so that only the rows tell what a group contributes.
    case crossedNeedsRows(group: String, other: String)
    /// The saved model does not hold what each group contributes.
    case groupNeedsRows(group: String)
    /// Random effects that are shared between clusters.
    case randomEffectsNotNested(cluster: String, factor: String)
    /// The data have no such column.
    case missingColumn(String)
    /// A row without a value of the grouping column.
    case missingGroup(column: String, row: Int)
    /// There must be at least two groups.
    case singleGroup(String)
    /// The rows given are not those of the fit.
    case otherRows(expected: Int, found: Int)
    /// A cluster with so many random effects that the bias-reduced adjustment is out of reach.
    case clusterTooLarge(cluster: String, size: Int, limit: Int)
    /// A group that touches so many random effects that it cannot be taken out exactly.
    case groupTooLarge(group: String, level: String, size: Int, limit: Int)
    /// A cluster without which a coefficient cannot be estimated, so that the jackknife has no value.
    case inestimableWithout(cluster: String, level: String)
    /// The equations of the fit could not be solved again.
    case notSolvable
    /// The fit has not been factored.
    case fit(FitError)

    public var sentence: String {
        switch self {
        case .unknownGroup(let name, let known):
            known.isEmpty
                ? "The model has no grouping factor, so '\(name)' must be looked up in the data"
                : "The model has no grouping factor '\(name)': it has \(known.joined(separator: ", "))"
        case .crossedNeedsRows(let group, let other):
            "The levels of '\(group)' are not independent of one another, because '\(other)' is not nested in it: what each of them contributes is known only from the data"
        case .groupNeedsRows(let group):
            "'\(group)' has so many levels that the saved model does not hold what each of them contributes"
        case .randomEffectsNotNested(let cluster, let factor):
            "The random effects of '\(factor)' reach across the clusters of '\(cluster)', so the clusters are not independent"
        case .missingColumn(let name): "The data have no column '\(name)'"
        case .missingGroup(let column, let row):
            "'\(column)' has no value in row \(row) of the data, which the model uses"
        case .singleGroup(let name): "'\(name)' has a single level: at least two groups are needed"
        case .otherRows(let expected, let found):
            expected == found
                ? "These are not the data that the model was fitted to: the response has other values"
                : "These are not the data that the model was fitted to: \(found) rows can be used, and the fit has \(expected)"
        case .clusterTooLarge(let cluster, let size, let limit):
            "A cluster of '\(cluster)' has \(size) random effects; CR2 works on dense matrices of that size and goes up to \(limit)"
        case .groupTooLarge(let group, let level, let size, let limit):
            "The level '\(level)' of '\(group)' touches \(size) effects; taking it out works on dense matrices of that size and goes up to \(limit)"
        case .inestimableWithout(let cluster, let level):
            "Without the level '\(level)' of '\(cluster)' not every coefficient can be estimated, and CR3 leaves out one cluster at a time"
        case .notSolvable: "The equations of the model cannot be solved again at its estimates"
        case .fit(let error): error.sentence
        }
    }

    public var hint: String? {
        switch self {
        case .unknownGroup(_, let known):
            known.isEmpty
                ? "name the data file too" : "name one of these, or give the data file to use any of its columns"
        case .crossedNeedsRows, .groupNeedsRows: "give the data file after the model"
        case .randomEffectsNotNested: "choose a coarser cluster in which all random effects are nested"
        case .missingColumn: nil
        case .missingGroup: "leave such rows out of the fit, with --where for example"
        case .singleGroup: nil
        case .otherRows: "give the same file with the same data options as at the fit"
        case .clusterTooLarge: "use --type CR1"
        case .inestimableWithout: "use --type CR2"
        case .groupTooLarge, .notSolvable, .fit: nil
        }
    }
}
