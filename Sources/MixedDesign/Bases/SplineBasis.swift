// The polynomial spline basis of R's `bs`, fitted once and evaluated anywhere.

/// The columns of `bs(x)`: B-splines over stored knots.
public struct SplineBasis: Hashable, Sendable, Codable {
    /// The degree of the pieces; 3 for cubic splines.
    public let degree: Int
    /// The interior knots, ascending.
    public let knots: [Double]
    /// The smallest and the largest knot.
    public let boundary: [Double]
    /// Whether the first B-spline is kept.
    public let hasIntercept: Bool
    let splines: BSplines

    /// How many columns the basis has.
    public var columnCount: Int { splines.count - (hasIntercept ? 0 : 1) }

    /// Places the knots over the values that are not missing; given knots win over `df`, as in R.
    ///
    /// `raised` tells the degrees of freedom used when `df` asks for fewer than the degree needs.
    init(
        training values: [Double], df: Int?, knots given: [Double]?, degree: Int, intercept: Bool,
        boundary givenBoundary: [Double]?, raised: inout Int?
    ) throws(BasisError) {
        guard degree >= 1, degree <= 100 else { throw BasisError("The degree of bs() must be between 1 and 100") }
        let sample = try SplineSample(values, function: "bs")
        let ends = try sample.boundary(givenBoundary, function: "bs")
        let knots: [Double]
        if let given {
            knots = try sample.interiorKnots(given, boundary: ends, function: "bs")
        } else if let df {
            guard df <= SplineSample.knotLimit else { throw BasisError("The df of bs() is too large") }
            let needed = degree + (intercept ? 1 : 0)
            if df < needed { raised = needed }
            knots = sample.quantileKnots(max(df - needed, 0), boundary: ends)
        } else {
            knots = []
        }
        self.degree = degree
        self.knots = knots
        self.boundary = [ends.0, ends.1]
        self.hasIntercept = intercept
        self.splines = BSplines(order: degree + 1, interior: knots, boundary: ends)
    }

    /// The columns of the basis at `values`; beyond the boundary the end polynomials continue.
    ///
    /// - **Shape:** `columnCount` columns of `values.count` numbers.
    func columns(at values: [Double]) -> [[Double]] {
        let skipped = hasIntercept ? 0 : 1
        var columns = [[Double]](
            repeating: [Double](repeating: 0, count: values.count), count: max(columnCount, 0))
        var local = [Double](repeating: 0, count: splines.order)
        for row in values.indices {
            let x = values[row]
            guard x.isFinite else {
                for column in columns.indices { columns[column][row] = .nan }
                continue
            }
            let interval = splines.interval(holding: x)
            splines.evaluate(at: x, interval: interval, into: &local)
            let first = interval - degree - skipped
            for index in 0...degree where first + index >= 0 { columns[first + index][row] = local[index] }
        }
        return columns
    }

    /// Whether x lies beyond the boundary knots.
    func isOutside(_ x: Double) -> Bool { x < boundary[0] || x > boundary[1] }
}
