// The log-determinant of the border's matrix, for the deviance of a fit that never factors it.

internal import MixedLinearAlgebra
internal import MixedNumerics

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// *log |S|* by stochastic Lanczos quadrature behind the preconditioner.
///
///     log|S| = log|P| + E[w' log(P^{-½} S P^{-½}) w]
///
/// Conjugate gradients from *z = P^{½}w* yield Lanczos' tridiagonal matrix, whose first eigenvector components are
/// Gauss weights for each *w* of random signs. Ubaru, Chen and Saad (2017), SIAM Journal on Matrix Analysis 38(4).
struct LogDeterminantEstimate {
    let value: Double
    /// From the spread between probes.
    let standardError: Double

    /// - Returns: `nil` where the quadrature breaks down.
    init?(
        _ matrix: CrossedOperator, _ preconditioner: CrossedPreconditioner, _ solver: BlockConjugateGradient,
        probes: Int, tolerance: Double, seed: UInt64 = 20_240_918
    ) {
        let layout = matrix.layout
        let size = Double(layout.borderEffectCount)
        var samples: [Double] = []
        while samples.count < probes {
            let count = min(Lanes.scalarCount, probes - samples.count)
            let sides = RightHandSides(rows: layout.borderEffectCount, groups: 1)
            for lane in 0..<count {
                var stream = RandomStream(seed: seed, stream: UInt64(samples.count + lane))
                for row in 0..<sides.rowCount { sides[row, lane] = stream.next() & 1 == 0 ? -1 : 1 }
            }
            preconditioner.multiplyByRoot(sides)
            let solution = RightHandSides(rows: sides.rowCount, groups: 1)
            let outcome = solver.solve(
                sides, into: solution, tolerance: tolerance, keepsSteps: true, startsAtZero: true)
            guard outcome.hasConverged else { return nil }
            for lane in 0..<count {
                guard let quadrature = Self.quadrature(outcome, lane: lane) else { return nil }
                samples.append(size * quadrature)
            }
        }
        let mean = samples.reduce(0, +) / Double(samples.count)
        value = preconditioner.logDeterminant + mean
        let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        standardError =
            samples.count > 1 ? (squares / Double(samples.count * (samples.count - 1))).squareRoot() : .infinity
    }

    /// *e₁' log(T) e₁* of one right-hand side.
    private static func quadrature(_ outcome: BlockConjugateGradient.Outcome, lane: Int) -> Double? {
        var diagonal: [Double] = []
        var offDiagonal: [Double] = []
        var previous: (step: Double, ratio: Double)?
        for (steps, ratios) in zip(outcome.steps, outcome.ratios) {
            let step = steps[0][lane]
            // A side that has converged takes no further steps.
            guard step > 0 else { break }
            diagonal.append(1 / step + (previous.map { $0.ratio / $0.step } ?? 0))
            if let previous { offDiagonal.append(previous.ratio.squareRoot() / previous.step) }
            previous = (step, ratios[0][lane])
        }
        let count = diagonal.count
        guard count > 0 else { return 0 }
        var tridiagonal = Matrix(rows: count, columns: count)
        for index in 0..<count {
            tridiagonal[index, index] = diagonal[index]
            if index > 0 {
                tridiagonal[index, index - 1] = offDiagonal[index - 1]
                tridiagonal[index - 1, index] = offDiagonal[index - 1]
            }
        }
        guard let eigen = SymmetricEigendecomposition(tridiagonal), (eigen.values.first ?? 0) > 0 else { return nil }
        return (0..<count).reduce(0) { $0 + eigen.vectors[0, $1] * eigen.vectors[0, $1] * log(eigen.values[$1]) }
    }
}
