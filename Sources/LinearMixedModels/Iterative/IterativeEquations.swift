// The mixed-model equations of a design too large to factor, solved at one θ after another.

internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedProgress

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Estimates, score and average information of a linear mixed model by conjugate gradients.
///
/// All but the traces of the score is exact to the tolerance of the solves: β̂, û, *(X'V⁻¹X)⁻¹* and the average
/// information. The deviance needs a log-determinant and is estimated only when it is asked for.
final class IterativeEquations: EstimationProblem {
    let products: CrossProducts
    let terms: [RandomTermLayout]
    let method: EstimationMethod
    let fixedBasis: FixedColumnBasis
    let directions: [SymmetricDirection]
    let residualRows: Int
    let layout: CrossedLayout
    let matrix: CrossedOperator
    let preconditioner: CrossedPreconditioner
    let solver: BlockConjugateGradient
    /// *Z'[X̃ ỹ]* without λ.
    private let crossProducts: EffectSides
    /// *Λ'Z'[X̃ ỹ]* at the current θ, the border's reduced by the chain, and the solutions.
    private let scaledProducts: EffectSides
    let sides: EffectSides
    let informationSides: EffectSides?
    let informationSolution: RightHandSides?
    private var hasSolved = false
    var hasInformation = false
    private(set) var evaluationCount = 0
    /// What has been found at the current θ.
    private(set) var state: State?
    /// Who watches the search, and may end it.
    let watch: SearchWatch?
    /// The last point of a search that may be stopped.
    var kept: (minimum: IterativeMinimum, parts: SolvedParts)?

    struct State {
        var relativeFactors: [Matrix]
        /// *β̃* of the mapped columns.
        var coefficients: [Double]
        /// *(X̃'V⁻¹X̃)⁻¹*.
        var unitCovariance: Matrix
        /// *log |X̃'V⁻¹X̃|*.
        var logDeterminant: Double
        var residualSumOfSquares: Double
        /// *û*: for each chain factor and then each border factor one after another, by the layout's order of levels.
        var chainEffects: [Storage<Double>]
        var borderEffects: Storage<Double>
    }

    init(
        _ products: CrossProducts, terms: [RandomTermLayout], method: EstimationMethod, threads: Int,
        monitor: WorkMonitor = .none
    ) {
        self.products = products
        self.terms = terms
        self.method = method
        fixedBasis = products.fixedColumnBasis()
        directions = SymmetricDirection.all(of: terms)
        residualRows =
            method == .restrictedLikelihood ? products.rowCount - fixedBasis.mapped.count : products.rowCount
        layout = CrossedLayout(products)
        matrix = CrossedOperator(layout, threads: threads)
        preconditioner = CrossedPreconditioner(layout, threads: threads)
        solver = BlockConjugateGradient(matrix, preconditioner, stop: monitor.stop)
        watch = SearchWatch(monitor, .iterative, borderEffects: layout.borderEffectCount)
        let groups = RightHandSides.groups(for: fixedBasis.mapped.count + 1)
        crossProducts = EffectSides(layout, groups: groups)
        scaledProducts = EffectSides(layout, groups: groups)
        sides = EffectSides(layout, groups: groups)
        let informationGroups = RightHandSides.groups(for: directions.count)
        informationSides = directions.isEmpty ? nil : EffectSides(layout, groups: informationGroups)
        informationSolution =
            directions.isEmpty ? nil : RightHandSides(rows: layout.borderEffectCount, groups: informationGroups)
        fillCrossProducts()
    }

    var columnCount: Int { fixedColumns.count }

    /// Forgets the solutions that the next solves would begin from.
    func beginAnew() {
        hasSolved = false
        hasInformation = false
    }

    private func fillCrossProducts() {
        let columns = fixedColumns + [products.fixedColumnCount]
        func fill(_ target: RightHandSides, factor: Int, order: [Int], first: Int) {
            let blocks = products.factors[factor]
            let k = blocks.columnCount
            let stride = k * (products.fixedColumnCount + 1)
            blocks.fixedBlocks.withUnsafeBufferPointer { source in
                for (place, level) in order.enumerated() {
                    for row in 0..<k {
                        for (lane, column) in columns.enumerated() {
                            target[first + place * k + row, lane] = source[level * stride + row + column * k]
                        }
                    }
                }
            }
        }
        for (index, factor) in layout.chain.enumerated() {
            fill(crossProducts.chain[index], factor: factor.factor, order: factor.order, first: 0)
        }
        for factor in layout.border {
            fill(crossProducts.border, factor: factor.factor, order: factor.order, first: factor.offset)
        }
    }

    /// Λ'v of right-hand sides over all effects.
    private func scaleTransposed(_ source: EffectSides, into target: EffectSides) {
        let groups = source.border.groups
        func scale(
            _ from: RightHandSides, _ to: RightHandSides, _ relative: UnsafePointer<Double>, k: Int, first: Int,
            levels: Int
        ) {
            ParallelLoop.forEachRange(levels, smallest: 4096, threads: matrix.threads) { range in
                for level in range {
                    let start = (first + level * k) * groups
                    for row in 0..<k {
                        for group in 0..<groups {
                            var sum = Lanes()
                            for inner in 0..<k {
                                sum += relative[inner + row * k] * from.pointer[start + inner * groups + group]
                            }
                            to.pointer[start + row * groups + group] = sum
                        }
                    }
                }
            }
        }
        for (index, factor) in layout.chain.enumerated() {
            scale(
                source.chain[index], target.chain[index], matrix.chain.relative[index].pointer, k: factor.width,
                first: 0,
                levels: factor.levelCount)
        }
        for (index, factor) in layout.border.enumerated() {
            scale(
                source.border, target.border, matrix.relative[index].pointer, k: factor.width, first: factor.offset,
                levels: factor.levelCount)
        }
    }

    /// Goes to a θ and solves for the fixed effects and the response.
    ///
    /// - Returns: `nil` where the equations are not positive definite or leave no residual.
    func solve(at relativeFactors: [Matrix], tolerance: Double) -> State? {
        evaluationCount += 1
        state = nil
        guard matrix.update(factorBlocks(of: relativeFactors)), preconditioner.update(matrix) else { return nil }
        scaleTransposed(crossProducts, into: scaledProducts)
        let previous = RightHandSides(rows: layout.borderEffectCount, groups: sides.border.groups)
        previous.copy(from: sides.border)
        for (own, scaled) in zip(sides.parts, scaledProducts.parts) { own.copy(from: scaled) }
        matrix.reduce(sides)
        guard solver.solve(sides.border, into: previous, tolerance: tolerance, startsAtZero: !hasSolved).hasConverged
        else { return nil }
        hasSolved = true
        matrix.expand(previous, into: sides.chain)
        sides.border.copy(from: previous)
        state = profiled(relativeFactors)
        return state
    }

    /// *û*, *β̃* and *r²* from the solutions *M⁻¹Λ'Z'[X̃ ỹ]*.
    private func profiled(_ relativeFactors: [Matrix]) -> State? {
        let count = columnCount
        let columns = fixedColumns + [products.fixedColumnCount]
        var gram = Matrix(rows: count + 1, columns: count + 1)
        for (left, right) in zip(scaledProducts.parts, sides.parts) {
            gram = gram + LaneSums.crossProduct(left, count + 1, right, count + 1, threads: matrix.threads)
        }
        var rest = products.fixed.selecting(rows: columns, columns: columns)
        for column in 0...count {
            for row in 0...count { rest[row, column] -= 0.5 * (gram[row, column] + gram[column, row]) }
        }
        let fixed = Array(0..<count)
        guard let decomposition = CholeskyDecomposition(rest.selecting(rows: fixed, columns: fixed)) else { return nil }
        let responses = fixed.map { rest[$0, count] }
        let coefficients = decomposition.solve(responses)
        let residual = rest[count, count] - zip(coefficients, responses).reduce(0) { $0 + $1.0 * $1.1 }
        guard residual > 0, residual.isFinite else { return nil }
        let weights = coefficients.map { -$0 } + [1]
        func effects(_ side: RightHandSides) -> Storage<Double> {
            let result = Storage<Double>(zeros: side.rowCount)
            for row in 0..<side.rowCount {
                var sum = 0.0
                for (lane, weight) in weights.enumerated() { sum += side[row, lane] * weight }
                result.pointer[row] = sum
            }
            return result
        }
        return State(
            relativeFactors: relativeFactors, coefficients: coefficients, unitCovariance: decomposition.inverse,
            logDeterminant: decomposition.logDeterminant, residualSumOfSquares: residual,
            chainEffects: sides.chain.map(effects), borderEffects: effects(sides.border))
    }
}

extension SymmetricDirection {
    /// The directions of all terms, in the order in which expansions have them.
    static func all(of terms: [RandomTermLayout]) -> [SymmetricDirection] {
        terms.enumerated().flatMap { index, term in
            (0..<term.columnCount).flatMap { second in
                (second..<term.columnCount).map { first in
                    SymmetricDirection(
                        term: index, factor: term.factor, first: term.columnOffset + first,
                        second: term.columnOffset + second)
                }
            }
        }
    }
}
