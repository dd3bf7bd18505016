// The bases that turn one numeric variable into several design columns.

/// A basis fitted on the rows of a model, ready to be evaluated on others.
public enum TrainedBasis: Hashable, Sendable, Codable {
    /// `poly(x, degree)`.
    case polynomial(PolynomialBasis)
    /// `bs(x, df)`.
    case spline(SplineBasis)
    /// `ns(x, df)`.
    case naturalSpline(NaturalSplineBasis)

    /// How many columns the basis has.
    public var columnCount: Int {
        switch self {
        case .polynomial(let basis): basis.degree
        case .spline(let basis): basis.columnCount
        case .naturalSpline(let basis): basis.columnCount
        }
    }

    /// What R appends to the variable's name for each column: nothing for a single one, else its number.
    public var suffixes: [String] {
        columnCount == 1 ? [""] : (0..<max(columnCount, 0)).map { String($0 + 1) }
    }

    /// The columns of the basis at `values`; a missing value is missing in every column.
    ///
    /// - **Shape:** `columnCount` columns of `values.count` numbers.
    public func columns(at values: [Double]) -> [[Double]] {
        switch self {
        case .polynomial(let basis): basis.columns(at: values)
        case .spline(let basis): basis.columns(at: values)
        case .naturalSpline(let basis): basis.columns(at: values)
        }
    }

    /// How many of the values lie where a B-spline basis only continues its end polynomials.
    func extrapolatedCount(_ values: [Double]) -> Int {
        guard case .spline(let basis) = self else { return 0 }
        return values.reduce(0) { $0 + (basis.isOutside($1) ? 1 : 0) }
    }
}
