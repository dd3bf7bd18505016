// Conjugate gradients for several right-hand sides at once, each with scalars of its own.

internal import MixedLinearAlgebra
internal import MixedProgress

/// Preconditioned conjugate gradients on *Sx = b*.
///
/// A right-hand side whose residual has fallen below the tolerance stays as it is while others go on.
final class BlockConjugateGradient: @unchecked Sendable {
    private let matrix: CrossedOperator
    private let preconditioner: CrossedPreconditioner
    /// Ends a solve before it has converged.
    private let stop: StopRequest?
    private var workspaces: [Int: Workspace] = [:]
    /// Iterations so far, over all solves.
    private(set) var iterationCount = 0

    private struct Workspace {
        let residual: RightHandSides
        let preconditioned: RightHandSides
        let direction: RightHandSides
        let product: RightHandSides

        init(rows: Int, groups: Int) {
            residual = RightHandSides(rows: rows, groups: groups)
            preconditioned = RightHandSides(rows: rows, groups: groups)
            direction = RightHandSides(rows: rows, groups: groups)
            product = RightHandSides(rows: rows, groups: groups)
        }
    }

    /// How a solve ended.
    struct Outcome {
        var iterations: Int
        /// Whether every right-hand side met the tolerance.
        var hasConverged: Bool
        /// For each iteration the step lengths α and the ratios β that follow it, for each group of right-hand sides.
        var steps: [[Lanes]] = []
        var ratios: [[Lanes]] = []
        /// *b'P⁻¹b* at the start.
        var squaredNorms: [Lanes] = []
    }

    init(_ matrix: CrossedOperator, _ preconditioner: CrossedPreconditioner, stop: StopRequest? = nil) {
        self.matrix = matrix
        self.preconditioner = preconditioner
        self.stop = stop
    }

    /// Solves from the values that `x` holds.
    ///
    /// - Parameters:
    ///   - tolerance: The residual over the right-hand side, both in the norm of *P⁻¹*.
    ///   - keepsSteps: Whether the scalars are kept, which make up Lanczos' matrix.
    func solve(
        _ b: RightHandSides, into x: RightHandSides, tolerance: Double, limit: Int = 500, keepsSteps: Bool = false,
        startsAtZero: Bool = false
    ) -> Outcome {
        let groups = b.groups
        let work = workspaces[groups] ?? Workspace(rows: b.rowCount, groups: groups)
        workspaces[groups] = work
        let threads = matrix.threads
        preconditioner.apply(b, into: work.preconditioned)
        let scale = dot(b, work.preconditioned, threads)
        if startsAtZero {
            x.clear()
            work.residual.copy(from: b)
        } else {
            matrix.apply(x, into: work.product)
            let (own, product, residual) = (b.pointer, work.product.pointer, work.residual.pointer)
            for lane in 0..<b.laneCount { residual[lane] = own[lane] - product[lane] }
            preconditioner.apply(work.residual, into: work.preconditioned)
        }
        work.direction.copy(from: work.preconditioned)
        var norms = startsAtZero ? scale : dot(work.residual, work.preconditioned, threads)
        let targets = scale.map { $0 * (tolerance * tolerance) }
        var outcome = Outcome(iterations: 0, hasConverged: false, squaredNorms: scale)
        for _ in 0..<limit {
            let active = zip(norms, targets).map { $0 .> $1 }
            guard active.contains(where: { any($0) }) else {
                outcome.hasConverged = true
                break
            }
            if let stop, stop.isRequested { break }
            matrix.apply(work.direction, into: work.product)
            let curvature = dot(work.direction, work.product, threads)
            let steps = (0..<groups).map { group in
                Lanes().replacing(
                    with: norms[group] / curvature[group], where: active[group] .& (curvature[group] .> 0))
            }
            advance(x, work, steps, threads)
            preconditioner.apply(work.residual, into: work.preconditioned)
            let next = dot(work.residual, work.preconditioned, threads)
            let ratios = (0..<groups).map { group in
                Lanes().replacing(with: next[group] / norms[group], where: active[group])
            }
            turn(work, ratios, threads)
            // A frozen side keeps the norm it was frozen at.
            norms = (0..<groups).map { norms[$0].replacing(with: next[$0], where: active[$0]) }
            outcome.iterations += 1
            if keepsSteps {
                outcome.steps.append(steps)
                outcome.ratios.append(ratios)
            }
        }
        iterationCount += outcome.iterations
        return outcome
    }

    /// *x + αp* and *r − αSp*.
    private func advance(_ x: RightHandSides, _ work: Workspace, _ steps: [Lanes], _ threads: Int) {
        let groups = x.groups
        let (solution, residual, direction, product) =
            (x.pointer, work.residual.pointer, work.direction.pointer, work.product.pointer)
        steps.withUnsafeBufferPointer { steps in
            ParallelLoop.forEachRange(x.rowCount, smallest: 2048, threads: threads) { rows in
                for row in rows {
                    for group in 0..<groups {
                        let lane = row * groups + group
                        solution[lane] += steps[group] * direction[lane]
                        residual[lane] -= steps[group] * product[lane]
                    }
                }
            }
        }
    }

    /// *z + βp*.
    private func turn(_ work: Workspace, _ ratios: [Lanes], _ threads: Int) {
        let groups = work.direction.groups
        let (direction, preconditioned) = (work.direction.pointer, work.preconditioned.pointer)
        ratios.withUnsafeBufferPointer { ratios in
            ParallelLoop.forEachRange(work.direction.rowCount, smallest: 2048, threads: threads) { rows in
                for row in rows {
                    for group in 0..<groups {
                        let lane = row * groups + group
                        direction[lane] = preconditioned[lane] + ratios[group] * direction[lane]
                    }
                }
            }
        }
    }

    private func dot(_ left: RightHandSides, _ right: RightHandSides, _ threads: Int) -> [Lanes] {
        let groups = left.groups
        let (a, b) = (left.pointer, right.pointer)
        return LaneSums.over(left.rowCount, width: groups, threads: threads) { rows, sums in
            for row in rows {
                for group in 0..<groups { sums[group] += a[row * groups + group] * b[row * groups + group] }
            }
        }
    }
}
