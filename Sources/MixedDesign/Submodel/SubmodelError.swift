// Why a model is not part of a fitted one, so that it cannot be fitted from the same cross-products.

/// What keeps a model from being fitted from the cross-products of another.
public enum SubmodelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The fitted model has no such term.
    case unknownTerm(String, available: [String])
    /// The fitted model does not have the variable.
    case unknownVariable(String)
    /// The fitted model has no random effects of the grouping factor.
    case unknownGroup(String)
    /// A column is no combination of the fitted model's columns.
    case columnOutsideModel(String)
    /// The response or the offset is another one.
    case differentResponse(String)
    /// The formula of the sub-model has no meaning.
    case formula(String)

    /// What is wrong, as a sentence without a full stop.
    public var sentence: String {
        switch self {
        case .unknownTerm(let term, let available):
            available.isEmpty
                ? "The model has no term '\(term)', and none other that could be dropped"
                : "The model has no term '\(term)'; its terms are \(available.joined(separator: ", "))"
        case .unknownVariable(let name): "The variable '\(name)' is not in the model that was fitted"
        case .unknownGroup(let name): "The model that was fitted has no random effects of '\(name)'"
        case .columnOutsideModel(let name):
            "The column '\(name)' is no combination of the columns of the model that was fitted"
        case .differentResponse(let name): "The model that was fitted has another response or offset than \(name)"
        case .formula(let message): message
        }
    }

    /// What to do about it, or `nil`.
    public var hint: String? {
        switch self {
        case .unknownTerm, .formula: nil
        case .unknownVariable, .unknownGroup, .columnOutsideModel, .differentResponse:
            "fit the larger model first, or fit this one from the data"
        }
    }

    public var description: String { hint.map { "\(sentence); \($0)" } ?? sentence }
}
