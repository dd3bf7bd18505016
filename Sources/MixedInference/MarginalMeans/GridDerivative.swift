// Derivatives of a design's columns with respect to a column of the table, at the points of a grid.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The derivative of the design's rows with respect to a variable of numbers.
///
/// Central differences at halving steps, extrapolated to a step of zero (Ridders 1982, Advances in Engineering Software
/// 4(2), 75-76), of which each entry keeps the value with the smallest estimated error. Columns that are linear in the
/// variable, products with it and cubic pieces of splines come out to rounding; no column needs a rule of its own.
struct GridDerivative {
    private let fit: LinearMixedModelFit
    private let grid: ReferenceGrid
    private let variable: Int

    /// The first step, as a share of the range of the variable; a power of two, so that steps are exact.
    private static let firstShare = 0x1p-5
    private static let stepCount = 8

    init(_ fit: LinearMixedModelFit, grid: ReferenceGrid, variable: Int) {
        self.fit = fit
        self.grid = grid
        self.variable = variable
    }

    /// The derivatives at each point of the grid.
    ///
    /// - **Shape:** one row a point, one column a column of the design.
    func rows() throws(MarginalMeansError) -> Matrix {
        var step = firstStep
        // Near the end of a logarithm's domain a large step leaves it.
        while true {
            do {
                return try rows(firstStep: step)
            } catch {
                guard step > firstStep * 0x1p-30 else { throw error }
                step *= 0x1p-5
            }
        }
    }

    private var firstStep: Double {
        let own = grid.variables[variable]
        let range = own.summary.map { $0.maximum - $0.minimum } ?? 0
        let size = own.values.compactMap(\.number).reduce(0) { max($0, $1.magnitude) }
        let share = Self.firstShare * (range > 0 ? range : max(size, 1))
        return Double(sign: .plus, exponent: share.exponent, significand: 1)
    }

    private func rows(firstStep: Double) throws(MarginalMeansError) -> Matrix {
        let points = grid.pointCount
        let columns = grid.rows.columnCount
        var tableau: [Matrix] = []
        var best = Matrix(rows: points, columns: columns)
        var errors = [Double](repeating: .infinity, count: points * columns)
        var step = firstStep
        for level in 0..<Self.stepCount {
            var row = [try difference(step)]
            if level == 0 { best = row[0] }
            var power = 4.0
            for order in 0..<level {
                // (4^k D(h/2) - D(h)) / (4^k - 1), as D(h/2) and what it has to be corrected by.
                let finer = row[order]
                let coarser = tableau[order]
                let next = finer + (1 / (power - 1)) * (finer - coarser)
                for index in errors.indices {
                    let value = next.storage[index]
                    let error = max(
                        (value - finer.storage[index]).magnitude, (value - coarser.storage[index]).magnitude)
                    // Rounding makes errors smaller by luck: a finer value has to be better by far.
                    if error < 0.5 * errors[index] || errors[index] == .infinity {
                        errors[index] = error
                        best.storage[index] = value
                    }
                }
                row.append(next)
                power *= 4
            }
            tableau = row
            step /= 2
        }
        return best
    }

    /// *(f(x + h) − f(x − h)) / 2h*.
    private func difference(_ step: Double) throws(MarginalMeansError) -> Matrix {
        let upper = try shifted(by: step)
        let lower = try shifted(by: -step)
        return (0.5 / step) * (upper - lower)
    }

    private func shifted(by step: Double) throws(MarginalMeansError) -> Matrix {
        var variables = grid.variables
        variables[variable].values = variables[variable].values.map { .number(($0.number ?? .nan) + step) }
        return try ReferenceGrid(fit, variables: variables).rows
    }
}
