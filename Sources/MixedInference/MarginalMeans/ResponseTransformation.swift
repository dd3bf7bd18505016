// Transformations of the response that a formula can have, and the way back from them.

internal import MixedSyntax

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A transformation *η = m f(y + c)* of the response, which can be undone.
public struct ResponseTransformation: Hashable, Sendable {
    /// The function *f*.
    public enum Function: Hashable, Sendable {
        /// A logarithm of any base.
        case logarithm(base: Double)
        case squareRoot
        /// The logarithm of the odds.
        case logit
    }

    public let function: Function
    /// *c*, added to the response before it is transformed.
    public let shift: Double
    /// *m*, by which the transformed response is multiplied.
    public let factor: Double
    /// The expression as R writes it, such as `log(y + 1)`.
    public let text: String

    /// Reads the transformation of a response; `nil` when it has none that can be undone.
    init?(_ response: TableExpression) {
        var expression = response.withoutParentheses
        var factor = 1.0
        if case .binary(.times, let left, let right) = expression.node, let number = Self.number(left) {
            factor = number
            expression = right.withoutParentheses
        }
        guard factor != 0, factor.isFinite, case .call(let function, let arguments) = expression.node,
            let first = arguments.first?.value, !first.variableNames.isEmpty
        else { return nil }
        let name = function.split(separator: ":").last.map(String.init) ?? function
        var shift = 0.0
        switch name {
        case "log":
            var base = M_E
            if arguments.count > 1 {
                guard let number = Self.number(arguments[1].value), number > 0, number != 1 else { return nil }
                base = number
            }
            self.function = .logarithm(base: base)
        case "log2": self.function = .logarithm(base: 2)
        case "log10": self.function = .logarithm(base: 10)
        case "log1p":
            self.function = .logarithm(base: M_E)
            shift = 1
        case "sqrt": self.function = .squareRoot
        case "qlogis": self.function = .logit
        default: return nil
        }
        if case .binary(let sign, let left, let right) = first.withoutParentheses.node, sign == .plus || sign == .minus,
            case .name = left.withoutParentheses.node, let number = Self.number(right)
        {
            shift += sign == .plus ? number : -number
        }
        self.shift = shift
        self.factor = factor
        text = response.description
    }

    private static func number(_ expression: TableExpression) -> Double? {
        if case .number(let value, _) = expression.withoutParentheses.node { value } else { nil }
    }

    /// The logarithm's factor: *f = log(y) / scale*.
    private var scale: Double {
        if case .logarithm(let base) = function { base == M_E ? 1 : log(base) } else { 1 }
    }

    /// The response of a transformed value.
    public func inverse(_ value: Double) -> Double {
        let eta = value / factor
        return switch function {
        case .logarithm: exp(eta * scale) - shift
        // A mean below zero belongs to no response; its square would be a mirror image.
        case .squareRoot: max(eta, 0) * max(eta, 0) - shift
        case .logit: 1 / (1 + exp(-eta)) - shift
        }
    }

    /// The first three derivatives of `inverse`.
    func derivatives(_ value: Double) -> (first: Double, second: Double, third: Double) {
        let eta = value / factor
        let unit = 1 / factor
        switch function {
        case .logarithm:
            let size = exp(eta * scale)
            let step = scale * unit
            return (size * step, size * step * step, size * step * step * step)
        case .squareRoot: return (2 * max(eta, 0) * unit, eta > 0 ? 2 * unit * unit : 0, 0)
        case .logit:
            let p = 1 / (1 + exp(-eta))
            let slope = p * (1 - p)
            return (
                slope * unit, slope * (1 - 2 * p) * unit * unit,
                slope * (1 - 6 * p + 6 * p * p) * unit * unit * unit
            )
        }
    }

    /// What a difference of transformed values is on the response's scale: a ratio for logarithms, an odds ratio for the
    /// logit; `nil` for what has no such meaning.
    var ratio: ResponseTransformation? {
        switch function {
        case .logarithm(let base):
            ResponseTransformation(function: .logarithm(base: base), shift: 0, factor: factor, text: text)
        case .logit: ResponseTransformation(function: .logarithm(base: M_E), shift: 0, factor: factor, text: text)
        case .squareRoot: nil
        }
    }

    /// Whether differences of transformed values are ratios on the response's scale.
    public var hasRatios: Bool { ratio != nil }

    private init(function: Function, shift: Double, factor: Double, text: String) {
        self.function = function
        self.shift = shift
        self.factor = factor
        self.text = text
    }
}
