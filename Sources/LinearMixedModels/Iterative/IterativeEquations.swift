// The mixed-model equations of a design too large to factor, solved at one θ after another.

internal import MixedDesign
internal import MixedLinearAlgebra

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
    private let sides: EffectSides
    private let informationSides: EffectSides?
    private let informationSolution: RightHandSides?
    private var hasSolved = false
    private var hasInformation = false
    private(set) var evaluationCount = 0
    /// What has been found at the current θ.
    private(set) var state: State?

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

    init(_ products: CrossProducts, terms: [RandomTermLayout], method: EstimationMethod, threads: Int) {
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
        solver = BlockConjugateGradient(matrix, preconditioner)
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

    private var columnCount: Int { fixedColumns.count }

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

// MARK: Score and information

extension IterativeEquations {
    /// *Σ_i û_i û_i'* of each grouping factor.
    private func effectSquares(_ state: State) -> [Matrix] {
        var result = products.factors.map { Matrix(rows: $0.columnCount, columns: $0.columnCount) }
        forEachFactor(state) { factor, k, count, effects in
            for level in 0..<count {
                let own = effects + level * k
                for column in 0..<k {
                    for row in 0..<k { result[factor].storage[row + column * k] += own[row] * own[column] }
                }
            }
        }
        return result
    }

    /// Visits *û* of every grouping factor, in the layout's order of its levels.
    private func forEachFactor(_ state: State, _ body: (Int, Int, Int, UnsafeMutablePointer<Double>) -> Void) {
        for (index, factor) in layout.chain.enumerated() {
            body(factor.factor, factor.width, factor.levelCount, state.chainEffects[index].pointer)
        }
        for factor in layout.border {
            body(factor.factor, factor.width, factor.levelCount, state.borderEffects.pointer + factor.offset)
        }
    }

    /// For each direction *Σ_i W_i'S W_i* with the blocks *W_i* of *M⁻¹Λ'Z'X̃*: *p × p* each.
    func solutionProducts() -> [Matrix] {
        let count = columnCount
        return directions.map { direction in
            var result = Matrix(rows: count, columns: count)
            func add(_ side: RightHandSides, first: Int, k: Int, levels: Int) {
                for (left, right) in direction.elements {
                    result =
                        result
                        + LaneSums.crossProduct(
                            side, count, side, count, first: (first + left, first + right), step: k, places: levels,
                            threads: matrix.threads)
                }
            }
            if let index = layout.chain.firstIndex(where: { $0.factor == direction.factor }) {
                add(sides.chain[index], first: 0, k: layout.chain[index].width, levels: layout.chain[index].levelCount)
            } else if let factor = layout.border.first(where: { $0.factor == direction.factor }) {
                add(sides.border, first: factor.offset, k: factor.width, levels: factor.levelCount)
            }
            return result
        }
    }

    /// The expansion of the objective at the current θ; its value is not known.
    ///
    /// - Parameter traces: What the probes say of *Σ_i (I − M⁻¹)_ii*.
    func expansion(_ state: State, traces: TraceEstimate, tolerance: Double) -> DevianceExpansion? {
        guard let information = averageInformation(state, tolerance: tolerance) else { return nil }
        let squares = effectSquares(state)
        let rows = Double(residualRows)
        let precision = rows / state.residualSumOfSquares
        let fixedParts =
            method == .restrictedLikelihood ? solutionProducts().map { $0.inner(state.unitCovariance) } : []
        var scores = terms.map { Matrix(rows: $0.columnCount, columns: $0.columnCount) }
        for (index, direction) in directions.enumerated() {
            var value = traces.values[index]
            // Off the diagonal a direction stands for both elements.
            if let part = fixedParts.isEmpty ? nil : fixedParts[index] {
                value -= direction.first == direction.second ? part : 0.5 * part
            }
            value -= squares[direction.factor][direction.first, direction.second] * precision
            let offset = terms[direction.term].columnOffset
            scores[direction.term][direction.first - offset, direction.second - offset] = value
            scores[direction.term][direction.second - offset, direction.first - offset] = value
        }
        return DevianceExpansion(
            value: .init(deviance: .nan, residualSumOfSquares: state.residualSumOfSquares), scores: scores,
            directions: directions, columnOffsets: terms.map(\.columnOffset), traces: nil,
            averageInformation: information,
            quadraticForms: directions.map { direction in
                direction.elements.reduce(0) { $0 + squares[direction.factor][$1.0, $1.1] }
            }, residualRows: rows, precision: precision)
    }

    /// *û'S_d (I − C⁻¹) S_e û*.
    ///
    /// With *w* the right-hand sides, *ρ* their border part reduced by the chain and *U = M⁻¹Λ'Z'X̃* it is
    /// *w'w − w_c'M_cc⁻¹w_c − ρ'S⁻¹ρ − (U'w)'Φ(U'w)*.
    ///
    /// - Returns: `nil` where the solves do not converge.
    private func averageInformation(_ state: State, tolerance: Double) -> Matrix? {
        let count = directions.count
        guard let work = informationSides, let solution = informationSolution else {
            return Matrix(rows: count, columns: count)
        }
        for side in work.parts { side.clear() }
        for (lane, direction) in directions.enumerated() {
            if let index = layout.chain.firstIndex(where: { $0.factor == direction.factor }) {
                let factor = layout.chain[index]
                fill(
                    work.chain[index], lane, direction, state.chainEffects[index].pointer, first: 0, k: factor.width,
                    levels: factor.levelCount)
            } else if let factor = layout.border.first(where: { $0.factor == direction.factor }) {
                fill(
                    work.border, lane, direction, state.borderEffects.pointer + factor.offset, first: factor.offset,
                    k: factor.width, levels: factor.levelCount)
            }
        }
        let original = EffectSides(layout, groups: work.border.groups)
        for (copy, side) in zip(original.parts, work.parts) { copy.copy(from: side) }
        let threads = matrix.threads
        var result = Matrix(rows: count, columns: count)
        var crossed = Matrix(rows: columnCount, columns: count)
        for (own, known) in zip(original.parts, sides.parts) {
            result = result + LaneSums.crossProduct(own, count, own, count, threads: threads)
            crossed = crossed + LaneSums.crossProduct(known, columnCount, own, count, threads: threads)
        }
        matrix.reduce(work)
        for (own, reduced) in zip(original.chain, work.chain) {
            result = result - LaneSums.crossProduct(own, count, reduced, count, threads: threads)
        }
        guard
            solver.solve(work.border, into: solution, tolerance: tolerance, startsAtZero: !hasInformation).hasConverged
        else { return nil }
        hasInformation = true
        result = result - LaneSums.crossProduct(work.border, count, solution, count, threads: threads)
        result = result - crossed.transposed * (state.unitCovariance * crossed)
        for column in 0..<count {
            for row in 0..<column {
                let mean = 0.5 * (result[row, column] + result[column, row])
                result[row, column] = mean
                result[column, row] = mean
            }
        }
        return result
    }

    /// *S_d û* of one factor.
    private func fill(
        _ target: RightHandSides, _ lane: Int, _ direction: SymmetricDirection, _ effects: UnsafePointer<Double>,
        first: Int,
        k: Int, levels: Int
    ) {
        for (left, right) in direction.elements {
            for level in 0..<levels { target[first + level * k + left, lane] = effects[level * k + right] }
        }
    }
}

extension LaneSums {
    /// *A'B* of the first columns of two blocks of vectors, of either's own number.
    ///
    /// - Parameters:
    ///   - first: The first row of either that is used.
    ///   - step: How far the next one is.
    ///   - places: How many are used; all when `nil`.
    static func crossProduct(
        _ left: RightHandSides, _ rows: Int, _ right: RightHandSides, _ columns: Int,
        first: (left: Int, right: Int) = (0, 0), step: Int = 1, places: Int? = nil, threads: Int
    ) -> Matrix {
        let used = RightHandSides.groups(for: columns)
        guard rows > 0 else { return Matrix(rows: 0, columns: columns) }
        let sums = over(places ?? left.rowCount, width: rows * used, threads: threads) { range, sums in
            for place in range {
                let own = left.pointer + (first.left + place * step) * left.groups
                let other = right.pointer + (first.right + place * step) * right.groups
                for column in 0..<rows {
                    let factor = own[column / Lanes.scalarCount][column % Lanes.scalarCount]
                    for group in 0..<used { sums[column * used + group] += factor * other[group] }
                }
            }
        }
        var result = Matrix(rows: rows, columns: columns)
        for row in 0..<rows {
            for column in 0..<columns {
                result[row, column] = sums[row * used + column / Lanes.scalarCount][column % Lanes.scalarCount]
            }
        }
        return result
    }
}
