// Finding `poly`, `ns` and `bs` in a formula, and training them.

import MixedSyntax

/// A variable that is a call of a function with several columns, such as `ns(x, df = 3)`.
struct BasisCall {
    /// What the columns are computed from.
    let argument: StoredExpression
    private let function: String
    private let given: CallArguments
    private let range: SourceRange
    private let source: String

    private static let parameters: [String: [String]] = [
        "poly": ["x", "degree", "coefs", "raw", "simple"],
        "ns": ["x", "df", "knots", "intercept", "Boundary.knots"],
        "bs": ["x", "df", "knots", "degree", "intercept", "Boundary.knots"],
    ]

    /// The call that an expression is; `nil` for any other expression.
    ///
    /// - Throws: when such a call stands inside another expression, or its arguments do not fit.
    init?(_ stored: StoredExpression) throws(DesignError) {
        let whole = stored.expression.withoutParentheses
        var inner: (function: String, range: SourceRange)?
        whole.visitCalls { name, _, range in
            if Self.parameters[TableExpression.unqualified(name)] != nil, range != whole.range, inner == nil {
                inner = (TableExpression.unqualified(name), range)
            }
        }
        if let inner {
            throw DesignError(
                .severalColumns(name: inner.function),
                "\(inner.function)() has several columns and cannot stand inside another expression",
                at: inner.range, of: stored.source, hint: "make it a term of its own, or a part of an interaction")
        }
        guard case .call(let name, let arguments) = whole.node else { return nil }
        let function = TableExpression.unqualified(name)
        guard let parameters = Self.parameters[function] else { return nil }
        do throws(BasisError) {
            let given = try CallArguments(arguments, parameters: parameters, function: function)
            guard let argument = given["x"] else { throw BasisError("\(function)() needs a variable") }
            if function == "poly" {
                if given["coefs"] != nil { throw BasisError("poly() with given coefficients is not possible here") }
                if let second = given["degree"], !second.variableNames.filter({ $0 != "T" && $0 != "F" }).isEmpty {
                    throw BasisError("poly() of several variables is not possible; use an interaction of polynomials")
                }
            }
            self.argument = StoredExpression(argument, source: stored.source)
            self.function = function
            self.given = given
            self.range = whole.range
            self.source = stored.source
        } catch {
            throw DesignError(.expression, error.message, at: whole.range, of: stored.source)
        }
    }

    /// Fits the basis to the values of its variable.
    func train(on values: [Double], notes: inout [DesignNote], variable: String) throws(DesignError) -> TrainedBasis {
        do throws(BasisError) {
            var raised: Int?
            let basis: TrainedBasis
            switch function {
            case "poly":
                let degree = try given.wholeNumber("degree", atLeast: 1) ?? 1
                guard degree <= 100 else { throw BasisError("The degree of poly() is too large") }
                basis = .polynomial(
                    try given.truth("raw") ?? false
                        ? PolynomialBasis(rawDegree: degree) : PolynomialBasis(training: values, degree: degree))
            case "ns":
                basis = .naturalSpline(
                    try NaturalSplineBasis(
                        training: values, df: given.wholeNumber("df", atLeast: 0), knots: given.numbers("knots"),
                        intercept: given.truth("intercept") ?? false, boundary: given.numbers("Boundary.knots"),
                        raised: &raised))
            default:
                basis = .spline(
                    try SplineBasis(
                        training: values, df: given.wholeNumber("df", atLeast: 0), knots: given.numbers("knots"),
                        degree: given.wholeNumber("degree", atLeast: 1) ?? 3,
                        intercept: given.truth("intercept") ?? false, boundary: given.numbers("Boundary.knots"),
                        raised: &raised))
            }
            if let raised { notes.append(.raisedDegreesOfFreedom(variable: variable, used: raised)) }
            let outside = basis.extrapolatedCount(values)
            if outside > 0 { notes.append(.beyondBoundaryKnots(variable: variable, rows: outside)) }
            return basis
        } catch {
            throw DesignError(.expression, error.message, at: range, of: source)
        }
    }
}
