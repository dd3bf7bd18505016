// What a design depends on besides its formula and its data.

public import MixedSyntax

/// Contrasts, weights and a further offset for a design.
public struct DesignOptions: Hashable, Sendable {
    /// The coding of categorical variables, by the name of the column or, for `factor(x)` and the like, as it stands in the
    /// formula. Ordered factors are coded by polynomials and others by treatment contrasts unless they are named here.
    public var contrasts: [String: ContrastCoding]
    /// The precision weights: the variance of a row's residual is the residual variance divided by its weight.
    public var weights: TableExpression?
    /// Added to the offsets of the formula.
    public var offset: TableExpression?

    /// Options of which all are left at R's defaults unless they are given.
    public init(
        contrasts: [String: ContrastCoding] = [:], weights: TableExpression? = nil, offset: TableExpression? = nil
    ) {
        self.contrasts = contrasts
        self.weights = weights
        self.offset = offset
    }
}
