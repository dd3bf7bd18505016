// The traces that the score needs, from solves with probe vectors.

internal import MixedDesign
internal import MixedLinearAlgebra

/// Estimates of *Σ_i T_ii*, *T = I − M⁻¹*, in the symmetric unit directions of the terms.
struct TraceEstimate {
    /// One number for each direction: the element of the sum of the diagonal blocks.
    var values: [Double]
    /// The covariance of the estimates, from the spread between probes.
    var covariance: Matrix
}

/// Solves with the probes at one θ after another, starting each time from the solution before.
///
/// With *z* a probe and *d = (I − S⁻¹)z*, a border factor's trace is *E[z'd]*, and that of a chain factor the exact trace
/// of the chain alone less *E[(HS⁻¹z)·(Hz)]*, *H = M_cc⁻¹B'*. In place of *S⁻¹* the probes only see *S⁻¹ − P⁻¹*, whose trace
/// is small and varies little; that of *P⁻¹* is computed. Solving for *d* rather than *S⁻¹z* keeps all digits where a
/// variance is close to zero.
final class ProbeSolutions {
    private let matrix: CrossedOperator
    private let preconditioner: CrossedPreconditioner
    private let solver: BlockConjugateGradient
    private(set) var probes: ScoreProbes
    private var vectors: [RightHandSides] = []
    private var solutions: [RightHandSides] = []
    private var layout: CrossedLayout { matrix.layout }

    init(
        _ matrix: CrossedOperator, _ preconditioner: CrossedPreconditioner, _ solver: BlockConjugateGradient,
        probes: ScoreProbes
    ) {
        self.matrix = matrix
        self.preconditioner = preconditioner
        self.solver = solver
        self.probes = probes
    }

    /// Adds random probes to each factor that has some.
    func add(_ count: Int) { probes.add(count) }

    /// Whether the trace of *HP⁻¹H'* can be computed: in a chain of several factors *H* is filled in.
    private var controlsChain: Bool { layout.chain.count == 1 }

    /// Solves at the operator's θ and estimates the traces in the given directions.
    ///
    /// - Returns: `nil` where the solves do not converge.
    func estimate(_ directions: [SymmetricDirection], tolerance: Double) -> TraceEstimate? {
        var samples: [(probe: ScoreProbes.Probe, values: [Double])] = []
        for block in probes.blocks.indices {
            guard let own = blockSamples(block, directions, tolerance: tolerance) else { return nil }
            samples += own
        }
        let exact = exactPart(directions)
        var values = exact
        let count = directions.count
        var covariance = Matrix(rows: count, columns: count)
        for border in layout.border.indices {
            let own = samples.filter { $0.probe.border == border }
            let random = Double(probes.randomCounts[border])
            for sample in own {
                for index in 0..<count { values[index] += sample.values[index] / (random > 0 ? random : 1) }
            }
            guard random > 1 else { continue }
            let means = (0..<count).map { index in own.reduce(0) { $0 + $1.values[index] } / random }
            for sample in own {
                for column in 0..<count {
                    for row in 0..<count {
                        covariance[row, column] +=
                            (sample.values[row] - means[row]) * (sample.values[column] - means[column])
                            / (random * (random - 1))
                    }
                }
            }
        }
        return TraceEstimate(values: values, covariance: covariance)
    }

    /// What each probe of a block contributes.
    private func blockSamples(
        _ block: Int, _ directions: [SymmetricDirection], tolerance: Double
    ) -> [(probe: ScoreProbes.Probe, values: [Double])]? {
        let own = probes.blocks[block]
        let isNew = block >= vectors.count
        if isNew {
            vectors.append(probes.vectors(block, layout))
            solutions.append(RightHandSides(rows: layout.borderEffectCount, groups: vectors[block].groups))
        }
        let z = vectors[block]
        let d = solutions[block]
        let side = RightHandSides(rows: z.rowCount, groups: z.groups)
        matrix.apply(z, into: side, addsIdentity: false)
        guard solver.solve(side, into: d, tolerance: tolerance, startsAtZero: isNew).hasConverged else { return nil }
        // The difference to what the preconditioner says: (P⁻¹ − S⁻¹)z.
        preconditioner.apply(z, into: side)
        let lanes = z.laneCount
        for lane in 0..<lanes { side.pointer[lane] += d.pointer[lane] - z.pointer[lane] }
        let blockSums = borderSums(side, z)
        if !controlsChain {
            for lane in 0..<lanes { side.pointer[lane] = d.pointer[lane] - z.pointer[lane] }
        }
        let chainSums = matrix.chainProducts(side, z)
        return own.enumerated().map { lane, probe in
            func element(_ sums: [Lanes], _ width: Int, _ first: Int, _ second: Int) -> Double {
                func at(_ row: Int, _ column: Int) -> Double {
                    sums[(row + column * width) * z.groups + lane / Lanes.scalarCount][lane % Lanes.scalarCount]
                }
                return 0.5 * (at(first, second) + at(second, first))
            }
            let values = directions.map { direction -> Double in
                if let border = layout.border.firstIndex(where: { $0.factor == direction.factor }) {
                    guard border == probe.border else { return 0 }
                    return element(blockSums[border], layout.border[border].width, direction.first, direction.second)
                }
                guard let position = layout.chain.firstIndex(where: { $0.factor == direction.factor }) else { return 0 }
                return element(chainSums[position], layout.chain[position].width, direction.first, direction.second)
            }
            return (probe, values)
        }
    }

    /// *Σ_i x_i z_i'* over the levels of each border factor.
    private func borderSums(_ x: RightHandSides, _ z: RightHandSides) -> [[Lanes]] {
        let groups = x.groups
        return layout.border.map { factor in
            let k = factor.width
            return LaneSums.over(factor.levelCount, width: k * k * groups, threads: matrix.threads) { levels, sums in
                for level in levels {
                    let start = (factor.offset + level * k) * groups
                    for column in 0..<k {
                        for row in 0..<k {
                            for group in 0..<groups {
                                sums[(row + column * k) * groups + group] +=
                                    x.pointer[start + row * groups + group] * z.pointer[start + column * groups + group]
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: What is computed exactly

    /// The traces with *P⁻¹* in place of *S⁻¹*.
    private func exactPart(_ directions: [SymmetricDirection]) -> [Double] {
        let border = layout.border.indices.map { index -> Matrix in
            let factor = layout.border[index]
            return preconditioner.complementSums[index] - coarseSum(factor)
        }
        var chain = matrix.chain.complementSums()
        if controlsChain {
            chain[0] = chain[0] - diagonalChainTrace() - coarseChainTrace()
        }
        return directions.map { direction in
            if let index = layout.border.firstIndex(where: { $0.factor == direction.factor }) {
                return border[index][direction.first, direction.second]
            }
            guard let position = layout.chain.firstIndex(where: { $0.factor == direction.factor }) else { return 0 }
            return chain[position][direction.first, direction.second]
        }
    }

    /// *Σ_i Σ_j H_ij Δ_j⁻¹ H_ij'* of a chain of one factor.
    private func diagonalChainTrace() -> Matrix {
        let factor = layout.chain[0]
        let k = factor.width
        let middles = layout.border.indices.map { index -> Storage<Double> in
            let border = layout.border[index]
            let size = border.width * border.width
            let result = Storage<Double>(zeros: border.levelCount * size)
            let scratch = Storage<Double>(zeros: size)
            for level in 0..<border.levelCount {
                SmallBlock.scaleOuter(
                    preconditioner.inverseBlocks[index].pointer + level * size, by: matrix.relative[index].pointer,
                    size: border.width, scratch: scratch.pointer, into: result.pointer + level * size)
            }
            return result
        }
        let partial = layout.parts.map { _ in Storage<Double>(zeros: k * k) }
        ParallelLoop.forEach(layout.parts.count, threads: matrix.threads) { part in
            let chunks = layout.parts[part].chunks
            let levels =
                factor.treeStarts[
                    layout.chunks[chunks.lowerBound]]..<factor.treeStarts[layout.chunks[chunks.upperBound]]
            let block = Storage<Double>(zeros: k * k)
            let scaled = Storage<Double>(zeros: k * k)
            let scratch = Storage<Double>(zeros: k * k)
            let total = partial[part].pointer
            let relative = matrix.chain.relative[0].pointer
            for level in levels {
                block.clear()
                for (index, pair) in factor.pairs.enumerated() {
                    Self.addNeighbours(
                        pair, row: level, first: layout.border[index].offset, middles[index].pointer,
                        into: block.pointer)
                }
                // D⁻¹λ' · λD⁻¹ around the sum.
                SmallBlock.scale(block.pointer, by: relative, size: k, scratch: scratch.pointer, into: scaled.pointer)
                SmallBlock.scale(
                    scaled.pointer, by: matrix.chain.inversePivots[0].pointer + level * k * k, size: k,
                    scratch: scratch.pointer, into: block.pointer)
                for element in 0..<k * k { total[element] += block.pointer[element] }
            }
        }
        var result = Matrix(rows: k, columns: k)
        for part in partial {
            for element in 0..<k * k { result.storage[element] += part.pointer[element] }
        }
        return result
    }

    /// Adds *Σ_j A_ij (λΔ_j⁻¹λ') A_ij'* of one row.
    private static func addNeighbours(
        _ pairs: LevelPairs, row: Int, first: Int, _ middle: UnsafePointer<Double>,
        into target: UnsafeMutablePointer<Double>
    ) {
        let (height, width) = (pairs.rowWidth, pairs.columnWidth)
        guard let values = pairs.values?.pointer else {
            var sum = 0.0
            PairKernel.forEachCount(pairs, row: row) { column, count in
                sum += count * count * middle[Int(column) - first]
            }
            target[0] += sum
            return
        }
        for position in pairs.rowStarts.pointer[row]..<pairs.rowStarts.pointer[row + 1] {
            let place = (Int(pairs.columns.pointer[position]) - first) / width
            let block = values + position * height * width
            let inner = middle + place * width * width
            for left in 0..<width {
                for right in 0..<width {
                    let weight = inner[left + right * width]
                    for column in 0..<height {
                        for row in 0..<height {
                            target[row + column * height] +=
                                block[row + left * height] * weight * block[column + right * height]
                        }
                    }
                }
            }
        }
    }

    /// *Σ_i (HV)_i (A⁻¹ − I) (HV)_i'* of a chain of one factor.
    private func coarseChainTrace() -> Matrix {
        let k = layout.chain[0].width
        var result = Matrix(rows: k, columns: k)
        guard let eigen = SymmetricEigendecomposition(preconditioner.coarseCorrection) else { return result }
        let count = preconditioner.coarseCount
        let vectors = preconditioner.coarse.pointer
        var first = 0
        while first < count {
            let lanes = min(2 * Lanes.scalarCount, count - first)
            let rotated = RightHandSides(rows: layout.borderEffectCount, groups: RightHandSides.groups(for: lanes))
            for row in 0..<rotated.rowCount {
                for lane in 0..<lanes {
                    var sum = 0.0
                    for inner in 0..<count { sum += vectors[row * count + inner] * eigen.vectors[inner, first + lane] }
                    rotated[row, lane] = sum
                }
            }
            let sums = matrix.chainProducts(rotated, rotated)[0]
            for lane in 0..<lanes {
                for element in 0..<k * k {
                    result.storage[element] +=
                        eigen.values[first + lane]
                        * sums[element * rotated.groups + lane / Lanes.scalarCount][lane % Lanes.scalarCount]
                }
            }
            first += lanes
        }
        return result
    }

    /// *Σ_j V_j (A⁻¹ − I) V_j'* over the levels of a border factor.
    private func coarseSum(_ factor: CrossedLayout.BorderFactor) -> Matrix {
        let k = factor.width
        let count = preconditioner.coarseCount
        let vectors = preconditioner.coarse.pointer
        var gram = (0..<k * k).map { _ in Matrix(rows: count, columns: count) }
        for level in 0..<factor.levelCount {
            let start = (factor.offset + level * k) * count
            for column in 0..<k {
                for row in 0..<k {
                    for right in 0..<count {
                        let weight = vectors[start + column * count + right]
                        if weight == 0 { continue }
                        for left in 0..<count {
                            gram[row + column * k].storage[left + right * count] +=
                                vectors[start + row * count + left] * weight
                        }
                    }
                }
            }
        }
        return Matrix(rows: k, columns: k, columnMajor: gram.map { $0.inner(preconditioner.coarseCorrection) })
    }
}
