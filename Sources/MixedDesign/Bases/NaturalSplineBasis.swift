// The natural cubic spline basis of R's `ns`, fitted once and evaluated anywhere.

/// The columns of `ns(x)`: cubic splines over stored knots whose second derivative vanishes at the boundary.
///
/// The cubic B-splines are multiplied by the last columns of the Q of a Householder QR decomposition of their second
/// derivatives at the two boundary knots, which is R's choice of a basis for the null space of these constraints.
public struct NaturalSplineBasis: Hashable, Sendable, Codable {
    /// The interior knots, ascending.
    public let knots: [Double]
    /// The smallest and the largest knot.
    public let boundary: [Double]
    /// Whether the constant is in the span of the basis.
    public let hasIntercept: Bool
    let splines: BSplines
    /// For each B-spline (all of them) its part in each column.
    let projection: [[Double]]
    /// The columns' values and slopes at the boundary knots; beyond these the basis is linear.
    let lowerValue: [Double]
    let lowerSlope: [Double]
    let upperValue: [Double]
    let upperSlope: [Double]

    /// How many columns the basis has.
    public var columnCount: Int { lowerValue.count }

    /// Places the knots over the values that are not missing; given knots win over `df`, as in R.
    ///
    /// `raised` tells the degrees of freedom used when `df` asks for fewer than one.
    init(
        training values: [Double], df: Int?, knots given: [Double]?, intercept: Bool, boundary givenBoundary: [Double]?,
        raised: inout Int?
    ) throws(BasisError) {
        let sample = try SplineSample(values, function: "ns")
        let ends = try sample.boundary(givenBoundary, function: "ns")
        let knots: [Double]
        if let given {
            knots = try sample.interiorKnots(given, boundary: ends, function: "ns")
        } else if let df {
            guard df <= SplineSample.knotLimit else { throw BasisError("The df of ns() is too large") }
            let needed = 1 + (intercept ? 1 : 0)
            if df < needed { raised = needed }
            knots = sample.quantileKnots(max(df - needed, 0), boundary: ends)
        } else {
            knots = []
        }
        let splines = BSplines(order: 4, interior: knots, boundary: ends)
        let skipped = intercept ? 0 : 1
        let reflections = Self.reflections(
            [ends.0, ends.1].map { Array(splines.values(at: $0, derivative: 2)[skipped...]) })
        var projection = [[Double]](repeating: [], count: splines.count)
        let kept = splines.count - skipped
        projection[0] = [Double](repeating: 0, count: kept - 2)
        for spline in 0..<kept {
            var unit = [Double](repeating: 0, count: kept)
            unit[spline] = 1
            for reflection in reflections { Self.apply(reflection, to: &unit) }
            projection[spline + skipped] = Array(unit[2...])
        }
        func project(_ values: [Double]) -> [Double] {
            (0..<(kept - 2)).map { column in
                splines.knots.indices.prefix(splines.count).reduce(0.0) {
                    $0 + values[$1] * projection[$1][column]
                }
            }
        }
        self.knots = knots
        self.boundary = [ends.0, ends.1]
        self.hasIntercept = intercept
        self.splines = splines
        self.projection = projection
        self.lowerValue = project(splines.values(at: ends.0))
        self.lowerSlope = project(splines.values(at: ends.0, derivative: 1))
        self.upperValue = project(splines.values(at: ends.1))
        self.upperSlope = project(splines.values(at: ends.1, derivative: 1))
    }

    /// The columns of the basis at `values`; beyond the boundary they continue in straight lines.
    ///
    /// - **Shape:** `columnCount` columns of `values.count` numbers.
    func columns(at values: [Double]) -> [[Double]] {
        var columns = [[Double]](repeating: [Double](repeating: 0, count: values.count), count: columnCount)
        var local = [Double](repeating: 0, count: 4)
        for row in values.indices {
            let x = values[row]
            guard x.isFinite else {
                for column in columns.indices { columns[column][row] = .nan }
                continue
            }
            if x < boundary[0] {
                for column in columns.indices {
                    columns[column][row] = lowerValue[column] + (x - boundary[0]) * lowerSlope[column]
                }
            } else if x > boundary[1] {
                for column in columns.indices {
                    columns[column][row] = upperValue[column] + (x - boundary[1]) * upperSlope[column]
                }
            } else {
                let interval = splines.interval(holding: x)
                splines.evaluate(at: x, interval: interval, into: &local)
                for column in columns.indices {
                    var sum = 0.0
                    for index in 0..<4 { sum += local[index] * projection[interval - 3 + index][column] }
                    columns[column][row] = sum
                }
            }
        }
        return columns
    }

    /// The Householder reflections that make the given columns upper triangular, in LINPACK's convention.
    ///
    /// Each is v with H = I - v vᵀ / v[pivot]; entries before the pivot are zero.
    private static func reflections(_ columns: [[Double]]) -> [(pivot: Int, vector: [Double])] {
        var columns = columns
        var result: [(pivot: Int, vector: [Double])] = []
        for pivot in columns.indices {
            var vector = columns[pivot]
            for row in 0..<min(pivot, vector.count) { vector[row] = 0 }
            guard pivot < vector.count else { break }
            var norm = vector.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 0 else { continue }
            if vector[pivot] < 0 { norm = -norm }
            vector = vector.map { $0 / norm }
            vector[pivot] += 1
            result.append((pivot, vector))
            for other in columns.indices where other > pivot { apply((pivot, vector), to: &columns[other]) }
        }
        return result
    }

    private static func apply(_ reflection: (pivot: Int, vector: [Double]), to column: inout [Double]) {
        let vector = reflection.vector
        let factor = column.indices.reduce(0.0) { $0 + vector[$1] * column[$1] } / vector[reflection.pivot]
        for row in column.indices { column[row] -= factor * vector[row] }
    }
}
