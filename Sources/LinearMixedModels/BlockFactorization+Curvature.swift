// Traces of products of inverses, tr(Ĉ S Ĉ S'), from which the exact Hessian follows without an n-by-n matrix.
//
// S is block diagonal: one symmetric k-by-k matrix repeated for every level of a term. Eliminating a level turns the
// directions S into tangents of what remains; with Ḋ, U̇ the tangents of its blocks and V = λ'U̇ − ḊK,
//
//     tr(ĈSĈS') gains tr(D⁻¹ḊD⁻¹Ḋ') + 2 tr(D⁻¹V H V''),   and what comes after gains −V'K − K'V − K'ḊK.

internal import MixedLinearAlgebra

/// One symmetric unit direction: *e_a e_b' + e_b e_a'*, or *e_a e_a'*, repeated for every level of a factor.
struct SymmetricDirection: Hashable, Sendable {
    /// Index of the random-effects term.
    let term: Int
    /// Index of its grouping factor.
    let factor: Int
    /// Columns among the factor's columns; `first` is not below `second`.
    let first: Int
    let second: Int

    /// The ordered pairs that the direction is the sum of.
    var elements: [(Int, Int)] { first == second ? [(first, first)] : [(first, second), (second, first)] }
}

extension BlockFactorization {
    /// *tr(Ĉ S_d Ĉ S_e)* for all pairs of directions.
    ///
    /// - Complexity: For each direction as the factorisation, with one symmetric product of the border's size.
    func inverseTraces(_ directions: [SymmetricDirection], inverse: SelectedInverse) -> Matrix {
        var result = Matrix(rows: directions.count, columns: directions.count)
        let tangents = ChainTangents(plan, directions: directions, keepsHalves: false)
        for position in plan.chain.indices {
            addChainTraces(position, tangents: tangents, inverse: inverse, to: &result)
        }
        addBorderTraces(tangents, to: &result)
        return Self.joiningTriangles(result)
    }

    /// The same with what the chain leaves at the border estimated, one matrix for each group of probes: their mean is
    /// the estimate, and their spread its error.
    ///
    /// - Parameter kind: What has been inverted.
    /// - Returns: `nil` for a border of one tile, of which the exact traces cost no more.
    /// - Complexity: For each direction as eliminating the chain, and *m²* multiplications a probe.
    func estimatedInverseTraces(
        _ directions: [SymmetricDirection], inverse: SelectedInverse, kind: InverseKind
    ) -> [Matrix]? {
        guard border.tileCount > 1 else { return nil }
        var exact = Matrix(rows: directions.count, columns: directions.count)
        let tangents = ChainTangents(plan, directions: directions, keepsHalves: true)
        for position in plan.chain.indices {
            addChainTraces(position, tangents: tangents, inverse: inverse, to: &exact)
        }
        return estimatedBorderTraces(tangents, kind: kind).map { Self.joiningTriangles(exact + $0) }
    }

    /// Each unordered pair of directions has gone to one of two places.
    private static func joiningTriangles(_ traces: Matrix) -> Matrix {
        var result = traces
        for first in 0..<traces.rowCount {
            for second in 0..<first {
                let value = traces[first, second] + traces[second, first]
                result[first, second] = value
                result[second, first] = value
            }
        }
        return result
    }

    /// The tangents that finer levels have left, for each direction.
    struct ChainTangents {
        let directions: [SymmetricDirection]
        /// For each chain factor, the directions that it or a finer factor owns.
        let active: [[Int]]
        /// For each chain factor but the first and each direction from below: diagonal blocks and rows.
        private(set) var diagonal: [[Int: Storage<Double>]]
        private(set) var rows: [[Int: Storage<Double>]]
        /// For each chain direction its tangent of the border, in the units of *u*, unless halves are kept.
        let border: [Int: TiledMatrix]
        /// For each chain factor and each active direction the levels' *Q* of which *Q'K + K'Q* make up that tangent.
        private(set) var halves: [[Int: Storage<Double>]] = []

        /// - Parameter keepsHalves: Whether the tangents of the border are not formed, but kept as what they are made of.
        init(_ plan: EliminationPlan, directions: [SymmetricDirection], keepsHalves: Bool) {
            self.directions = directions
            var active: [[Int]] = []
            var fromBelow: [Int] = []
            diagonal = []
            rows = []
            for (position, factor) in plan.chain.enumerated() {
                if position > 0 {
                    diagonal.append(
                        Dictionary(
                            uniqueKeysWithValues: fromBelow.map {
                                ($0, Storage(zeros: factor.diagonal.count))
                            }
                        ))
                    rows.append(
                        Dictionary(
                            uniqueKeysWithValues: fromBelow.map {
                                ($0, Storage(zeros: factor.rows.count))
                            }))
                }
                fromBelow += directions.indices.filter { directions[$0].factor == factor.factor }
                active.append(fromBelow)
                if keepsHalves {
                    halves.append(
                        Dictionary(uniqueKeysWithValues: fromBelow.map { ($0, Storage(zeros: factor.rows.count)) }))
                }
            }
            self.active = active
            border =
                keepsHalves
                ? [:] : Dictionary(uniqueKeysWithValues: fromBelow.map { ($0, TiledMatrix(size: plan.borderSize)) })
        }
    }

    private func addChainTraces(
        _ position: Int, tangents: ChainTangents, inverse: SelectedInverse, to result: inout Matrix
    ) {
        let factor = plan.chain[position]
        let active = tangents.active[position]
        guard !active.isEmpty else { return }
        let pass = CurvaturePass(
            position: position, inverse: inverse,
            neighbours: AncestorBlocks.all(plan, at: position, diagonal: inverse.diagonal, rows: inverse.rows),
            directions: active.map { direction in
                ActiveDirection(
                    tangents.directions[direction],
                    diagonal: position > 0 ? tangents.diagonal[position - 1][direction] : nil,
                    rows: position > 0 ? tangents.rows[position - 1][direction] : nil,
                    ancestors: AncestorBlocks.all(
                        plan, at: position, diagonal: tangents.diagonal.map { $0[direction] ?? Storage(zeros: 0) },
                        rows: tangents.rows.map { $0[direction] ?? Storage(zeros: 0) }),
                    halves: tangents.halves.isEmpty
                        ? (factor.touches == nil ? nil : Storage(zeros: factor.rows.count))
                        : tangents.halves[position][direction])
            })
        let ranges = factor.cuts.count - 1
        let count = active.count
        // Ranges have no ancestor in common; what they leave at the border of one tile is added in their order.
        let others = active.map { _ in
            (1..<max(ranges, 1)).map { _ in
                Storage<Double>(zeros: factor.touches == nil ? plan.borderSize * plan.borderSize : 0)
            }
        }
        var sums = [Double](repeating: 0, count: ranges * count * count)
        sums.withUnsafeMutableBufferPointer { sums in
            guard let base = sums.baseAddress else { return }
            let rangeSums = DisjointBlocks(base, size: count * count)
            ParallelLoop.forEachTask(ranges, threads: threads, stop: stop) { worker, range in
                addTraces(
                    pass, levels: factor.cuts[range]..<factor.cuts[range + 1], scratch[worker],
                    borders: active.indices.map { index in
                        range == 0 ? tangents.border[active[index]]?.storage : others[index][range - 1]
                    }, to: rangeSums[range])
            }
        }
        for (index, direction) in active.enumerated() {
            guard let border = tangents.border[direction] else { continue }
            if let halves = pass.directions[index].halves {
                addProducts(
                    .init(solved[position], halves, weights: Self.identity(factor.width), isSymmetrized: true),
                    at: position, to: border)
            } else {
                for other in others[index] { border.storage.add(other) }
            }
        }
        for range in 0..<ranges {
            for left in 0..<count {
                for right in 0...left {
                    // Each unordered pair goes to one place; the triangles are added together at the end.
                    let target = (max(active[left], active[right]), min(active[left], active[right]))
                    result[target.0, target.1] += sums[(range * count + left) * count + right]
                }
            }
        }
    }

    private static func identity(_ size: Int) -> Storage<Double> {
        let result = Storage<Double>(zeros: size * size)
        for index in 0..<size { result.pointer[index * (size + 1)] = 1 }
        return result
    }
}
