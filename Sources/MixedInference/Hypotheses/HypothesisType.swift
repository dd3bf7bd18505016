// Which hypothesis a table of variance tests for each term.

/// The type of the hypotheses of an analysis of variance, as SAS numbers them and lmerTest has them.
public enum HypothesisType: String, Hashable, Sendable, Codable, CaseIterable {
    /// Each term given the terms before it: it depends on their order.
    case sequential = "I"
    /// Each term given all terms that do not contain it.
    case withoutContaining = "II"
    /// Each term averaged over the levels of the terms that contain it, every combination of levels counting the same.
    case balanced = "III"

    /// The type that goes by a Roman or Arabic numeral.
    public init?(named text: String) {
        switch text.uppercased() {
        case "I", "1": self = .sequential
        case "II", "2": self = .withoutContaining
        case "III", "3": self = .balanced
        default: return nil
        }
    }
}

/// Why a term has no hypothesis of the type that is asked for.
public enum HypothesisError: InferenceFailure, Hashable {
    /// The effects of a term cannot be written in the columns of the model.
    case notSpanned(term: String)

    public var sentence: String {
        switch self {
        case .notSpanned(let term):
            "the model has no type III hypotheses: the columns of '\(term)' leave out a main effect that they are coded against"
        }
    }

    public var hint: String? {
        switch self {
        case .notSpanned: "ask for type I or II, or put the main effects of the term into the formula"
        }
    }
}
