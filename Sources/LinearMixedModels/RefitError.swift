// Why a fit cannot be computed again in another form.

public import MixedDesign

/// What keeps a sub-model from being fitted.
public enum RefitError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is not part of the model that was fitted.
    case submodel(SubmodelError)
    /// It has no fit.
    case fit(FitError)

    /// What is wrong, as a sentence without a full stop.
    public var sentence: String {
        switch self {
        case .submodel(let error): error.sentence
        case .fit(let error): error.sentence
        }
    }

    /// What to do about it, or `nil`.
    public var hint: String? {
        if case .submodel(let error) = self { error.hint } else { nil }
    }

    public var description: String { hint.map { "\(sentence); \($0)" } ?? sentence }
}
