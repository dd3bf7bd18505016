// What can be wrong with a comparison of complete, no and partial pooling.

internal import MixedSyntax

/// Why the poolings of a fit cannot be compared.
public enum PoolingError: InferenceFailure {
    /// The model has no grouping factor.
    case noGroups
    /// The model has no grouping factor of that name.
    case unknownGroup(String, known: [String])

    public var sentence: String {
        switch self {
        case .noGroups: "the model has no groups to pool: it is a linear model without random effects"
        case .unknownGroup(let name, _): "the model has no grouping factor '\(name)'"
        }
    }

    public var hint: String? {
        switch self {
        case .noGroups: "fit one with a random term, as in y ~ x + (1 + x | group)"
        case .unknownGroup(let name, let known):
            if let near = NameSuggestion.nearest(to: name, among: known) {
                "did you mean '\(near)'?"
            } else {
                "there \(known.count == 1 ? "is" : "are") \(known.joined(separator: ", "))"
            }
        }
    }
}
