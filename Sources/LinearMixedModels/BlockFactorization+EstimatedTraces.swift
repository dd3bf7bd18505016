// The border's share of the traces from which the Hessian follows, estimated with random probes: the product of two
// matrices of the border's size that the exact share takes would cost as much as several factorisations.
//
// With A_d = L⁻¹ṠL⁻ᵀ, Ṡ the tangent that the chain leaves or a direction of the border itself, the share is
// tr(A_d A_e) = E[(A_d z)'(A_e z)] over vectors of random signs: Hutchinson (1990), Communications in Statistics 19(2).

internal import MixedLinearAlgebra
internal import MixedNumerics

extension BlockFactorization {
    /// Probes in a group, which is what the error is judged from, and the groups.
    private static let probesOfGroup = Lanes.scalarCount
    static let traceGroupCount = 8
    static let traceProbeCount = traceGroupCount * Lanes.scalarCount
    private static let probeSeed: UInt64 = 20_261_121

    /// The border's share of *tr(ĈṠ_dĈṠ_e)*, lower triangle, as each group of probes sees it.
    ///
    /// - Parameter tangents: With what the chain has left, as halves.
    func estimatedBorderTraces(_ tangents: ChainTangents, kind: InverseKind) -> [Matrix] {
        let limit = kind == .withFixedEffects ? plan.borderSize : plan.borderEffectCount
        let count = tangents.directions.count
        var groups = (0..<Self.traceGroupCount).map { _ in Matrix(rows: count, columns: count) }
        let solutions = (0..<Self.traceGroupCount).map { probes($0, limit: limit) }
        solveBorder(solutions, limit: limit, transposed: true)
        let images = tangents.directions.indices.map { direction in
            let sides = apply(direction, of: tangents, to: solutions)
            solveBorder(sides, limit: limit, transposed: false)
            return sides
        }
        let active = Set(tangents.active.last ?? [])
        for first in 0..<count {
            for second in 0...first {
                guard active.contains(first) || active.contains(second) else {
                    // Of the border's own directions the trace is that of two parts of the inverse, which is at hand.
                    let exact = borderTrace(tangents.directions[first], tangents.directions[second])
                    for group in groups.indices { groups[group][first, second] = exact }
                    continue
                }
                for group in groups.indices {
                    var sum = Lanes()
                    let (left, right) = (images[first][group].pointer, images[second][group].pointer)
                    for row in 0..<limit { sum += left[row] * right[row] }
                    groups[group][first, second] = sum.sum() / Double(Self.probesOfGroup)
                }
            }
        }
        return groups
    }

    /// Random signs over the border's columns.
    private func probes(_ group: Int, limit: Int) -> RightHandSides {
        let result = RightHandSides(rows: plan.borderSize, groups: 1)
        var stream = RandomStream(seed: Self.probeSeed, stream: UInt64(group))
        var bits: UInt64 = 0
        for row in 0..<limit {
            if row % Self.probesOfGroup == 0 { bits = stream.next() }
            var signs = Lanes()
            for lane in 0..<Self.probesOfGroup {
                signs[lane] = bits & 1 == 0 ? -1 : 1
                bits >>= 1
            }
            result.pointer[row] = signs
        }
        return result
    }

    /// *L⁻¹* or *L⁻ᵀ* times every group of vectors; beyond the limit they become zero.
    private func solveBorder(_ sides: [RightHandSides], limit: Int, transposed: Bool) {
        let lanes = Self.probesOfGroup
        // Two groups at once: wide enough for the BLAS, and work for several threads.
        let width = 2
        ParallelLoop.forEachTask(sides.count / width, threads: threads, stop: stop) { _, index in
            let columns = Storage<Double>(zeros: max(limit, 1) * width * lanes)
            for group in 0..<width {
                let source = sides[index * width + group].pointer
                for row in 0..<limit {
                    for lane in 0..<lanes { columns.pointer[row + (group * lanes + lane) * limit] = source[row][lane] }
                }
            }
            border.solveLower(
                limit: limit, transposed: transposed, rightHandSides: columns.pointer, count: width * lanes,
                sideStride: limit)
            for group in 0..<width {
                let target = sides[index * width + group].pointer
                for row in 0..<limit {
                    for lane in 0..<lanes { target[row][lane] = columns.pointer[row + (group * lanes + lane) * limit] }
                }
                for row in limit..<max(plan.borderSize, limit) { target[row] = Lanes() }
            }
        }
    }

    /// *Ṡx* of every group of vectors.
    private func apply(
        _ direction: Int, of tangents: ChainTangents, to vectors: [RightHandSides]
    ) -> [RightHandSides] {
        let results = vectors.map { _ in RightHandSides(rows: plan.borderSize, groups: 1) }
        ParallelLoop.forEachTask(vectors.count, threads: threads, stop: stop) { _, group in
            let (source, target) = (vectors[group].pointer, results[group].pointer)
            for position in plan.chain.indices {
                guard let halves = tangents.halves[position][direction] else { continue }
                addTangent(halves, at: position, source, to: target)
            }
            let own = tangents.directions[direction]
            guard let factor = plan.border.first(where: { $0.factor == own.factor }) else { return }
            for level in 0..<factor.levelCount {
                let start = Int(factor.columns.pointer[level])
                for (left, right) in own.elements { target[start + left] += source[start + right] }
            }
        }
        return results
    }

    /// Adds *Σ (Q'K + K'Q) x* over the levels of a chain factor.
    private func addTangent(
        _ halves: Storage<Double>, at position: Int, _ source: UnsafePointer<Lanes>,
        to target: UnsafeMutablePointer<Lanes>
    ) {
        let factor = plan.chain[position]
        let size = factor.width
        let sums = UnsafeMutablePointer<Lanes>.allocate(capacity: 2 * size)
        defer { sums.deallocate() }
        @inline(__always) func add(size k: Int) {
            let other = sums + k
            for level in 0..<factor.levelCount {
                let pattern = factor.pattern(level)
                let offset = factor.rowStarts.pointer[level] + factor.ancestorColumnCount * k
                let row = solved[position].pointer + offset
                let half = halves.pointer + offset
                let width = pattern.count + plan.fixedCount
                @inline(__always) func place(_ column: Int) -> Int {
                    column < pattern.count ? Int(pattern[column]) : plan.borderEffectCount + column - pattern.count
                }
                for element in 0..<2 * k { sums[element] = Lanes() }
                for column in 0..<width {
                    let value = source[place(column)]
                    for element in 0..<k {
                        sums[element] += row[column * k + element] * value
                        other[element] += half[column * k + element] * value
                    }
                }
                for column in 0..<width {
                    var value = Lanes()
                    for element in 0..<k {
                        value += half[column * k + element] * sums[element] + row[column * k + element] * other[element]
                    }
                    target[place(column)] += value
                }
            }
        }
        if size == 1 { add(size: 1) } else { add(size: size) }
    }
}
