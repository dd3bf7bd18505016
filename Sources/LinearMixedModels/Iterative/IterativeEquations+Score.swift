// The score and the average information at the θ that has been solved for.

internal import MixedDesign
internal import MixedLinearAlgebra

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
