// Local coordinates for the relative covariance factors, chosen anew at every step so that the optimum is a regular
// point of them even where a covariance matrix is singular.

internal import MixedLinearAlgebra

/// A chart around given relative factors: the entries of each term's row-pivoted lower triangular factor.
///
/// With rows in the order of their remaining size, directions without variance come last, where the objective is an
/// even function of their entries with positive curvature. Entries below `floor` are held at it, so that λ⁻¹ exists;
/// the derivatives there differ from those on the boundary by rounding only.
struct CovarianceChart {
    /// One term's factor, rows in pivot order.
    struct TermChart {
        var pivots: [Int]
        var lower: Matrix
        /// The smallest pivot that is told from zero.
        var floor: Double
        /// The deviation of an effect about which a level says as much as its distribution does.
        var unit: Double { floor / MinimizationSettings.floorInformation.squareRoot() }
        /// The first pivot that was raised to the floor; the number of rows when none was.
        var firstFloored: Int

        var hasFlooredPivots: Bool { firstFloored < lower.rowCount }
    }

    /// One coordinate.
    struct Parameter: Hashable {
        let term: Int
        let row: Int
        let column: Int
    }

    private(set) var terms: [TermChart]
    private(set) var parameters: [Parameter]

    /// Charts the neighbourhood of some relative factors.
    ///
    /// - Parameter leading: Rows of one term that stand first whatever their size.
    init(around relativeFactors: [Matrix], floors: [Double], leading: Leading? = nil) {
        terms = relativeFactors.indices.map { index in
            Self.chart(
                relativeFactors[index], floor: floors[index], leading: leading?.term == index ? leading?.rows ?? [] : []
            )
        }
        parameters = terms.enumerated().flatMap { term, chart in
            (0..<chart.lower.rowCount).flatMap { column in
                (column..<chart.lower.rowCount).map { Parameter(term: term, row: $0, column: column) }
            }
        }
    }

    private static func chart(_ relative: Matrix, floor: Double, leading: [Int]) -> TermChart {
        let size = relative.rowCount
        var pivots: [Int]
        var lower: Matrix
        if leading.isEmpty {
            let factored = PivotedLQ(relative)
            (pivots, lower) = (factored.pivots, factored.lower)
        } else {
            (pivots, lower) = Self.factored(relative, leading: leading)
        }
        let firstFloored = (leading.count..<max(size, leading.count)).first { lower[$0, $0] < 2 * floor } ?? size
        // A row that leads keeps its length; all that λ⁻¹ needs is that it is not zero.
        for row in leading.indices { lower[row, row] = max(lower[row, row], 1e-4 * floor) }
        for column in firstFloored..<size {
            for row in column..<size { lower[row, column] = row == column ? floor : 0 }
        }
        return TermChart(pivots: pivots, lower: lower, floor: floor, firstFloored: firstFloored)
    }

    /// The relative factors a step away from the centre of the chart, with floored pivots as they are or at exactly zero.
    func relativeFactors(after step: [(Parameter, Double)] = [], zeroingFloored: Bool = false) -> [Matrix] {
        var lowers = terms.map(\.lower)
        for (parameter, change) in step { lowers[parameter.term][parameter.row, parameter.column] += change }
        if zeroingFloored {
            for (index, chart) in terms.enumerated() {
                for pivot in chart.firstFloored..<chart.lower.rowCount { lowers[index][pivot, pivot] = 0 }
            }
        }
        return zip(lowers, terms).map { Self.unpivoted($0, pivots: $1.pivots) }
    }

    private static func unpivoted(_ lower: Matrix, pivots: [Int]) -> Matrix {
        var result = lower
        for (row, original) in pivots.enumerated() {
            for column in 0..<lower.columnCount { result[original, column] = lower[row, column] }
        }
        return result
    }

    /// The tangent *λ⁻¹ ∂λ* of a coordinate: column *c* holds *L⁻¹ e_r*.
    func tangent(of parameter: Parameter) -> DevianceExpansion.Tangent {
        let lower = terms[parameter.term].lower
        return .init(
            term: parameter.term,
            logarithmic: Self.logarithmicTangent(lower, row: parameter.row, column: parameter.column))
    }

    /// *L⁻¹ E_rc* for a lower triangular *L*.
    static func logarithmicTangent(_ lower: Matrix, row: Int, column: Int) -> Matrix {
        let size = lower.rowCount
        var result = Matrix(rows: size, columns: size)
        for target in row..<size {
            var value = target == row ? 1.0 : 0.0
            for inner in row..<target { value -= lower[target, inner] * result[inner, column] }
            result[target, column] = value / lower[target, target]
        }
        return result
    }

    /// The frame *F* in which changes of some coordinates are measured: *dL = L̃X*, with the coordinates of *X* as unit vectors.
    ///
    /// The factors may differ by many powers of ten between rows, and correlations near one make valleys as narrow as the
    /// smallest pivot: a ball in the coordinates themselves would be far too large across them and far too small along.
    /// In *X = L⁻¹dL* the Hessian of a term is bounded by its levels. Pivots of *L̃* are those of *L*, or where that is less
    /// the deviation about which a level says as much as the distribution of its effects does.
    /// - **Shape:** one row for each coordinate, one column for each of *X*.
    func frame(of free: [Parameter]) -> Matrix {
        var result = Matrix(rows: free.count, columns: free.count)
        for (column, inner) in free.enumerated() {
            for (row, outer) in free.enumerated() where outer.term == inner.term && outer.column == inner.column {
                guard outer.row >= inner.row else { continue }
                let term = terms[outer.term]
                let value = term.lower[outer.row, inner.row]
                result[row, column] = outer.row == inner.row ? max(value, term.unit) : value
            }
        }
        return result
    }

    /// The length of all coordinates together.
    var norm: Double {
        terms.reduce(0) { $0 + $1.lower.inner($1.lower) }.squareRoot()
    }
}
