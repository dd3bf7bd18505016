// Leaving out groups whose rows share random effects with others: exact, from the rows, at the fit's covariance parameters.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The largest dense system that taking out one group may need.
private let largestSystem = 12_000

extension LinearMixedModelFit {
    /// The influence of groups from the equations of their rows, whatever the random effects.
    func influenceFromRows(
        of groups: RowGroups, refitting: Bool = false, threads: Int = 2
    ) throws(GroupingError) -> GroupInfluence {
        try crossedInfluence(
            of: groups, rows: FrameRows(design, groups.frame), refitting: refitting, threads: threads)
    }

    private func crossedInfluence(
        of groups: RowGroups, rows design: FrameRows, refitting: Bool, threads: Int
    ) throws(GroupingError) -> GroupInfluence {
        do throws(FitError) { try requireFactorization(for: .influence) } catch { throw .fit(error) }
        guard let equations = RowEquations(self, threads: threads) else { throw .notSolvable }
        let rows = MappedRows(products, rows: design)
        let members = groups.rows
        let scale = products.transform.responseScale
        let variance = residualStandardDeviation * residualStandardDeviation / (scale * scale)
        let count = equations.columns.count
        let unit = equations.inverse(between: Self.unitVectors(count), threads: threads)
        guard
            let reference = CholeskyDecomposition(unit).flatMap({
                InfluenceReference(precision: $0.inverse, variance: variance)
            })
        else { throw .notSolvable }
        let basis = scale * equations.basis
        var results: [(CoefficientInfluence, Double)] = []
        for (level, members) in zip(groups.levels, members) {
            let deletion = CrossedDeletion(equations, rows: rows, members: members)
            guard deletion.size <= largestSystem else {
                throw .groupTooLarge(
                    group: groups.name, level: level, size: deletion.size, limit: largestSystem)
            }
            let inverse = equations.inverse(between: deletion.vectors, threads: threads)
            let leverage = deletion.fixedLeverage(inverse)
            if let (change, covariance) = deletion.solve(inverse) {
                results.append((reference.influence(change: change, covariance: covariance, basis: basis), leverage))
            } else {
                results.append((.inestimable(count), leverage))
            }
        }
        let refits =
            refitting
            ? parallelMap(members.count, threads: threads) {
                groupRefit(refitted(to: products.removing(rows: members[$0], of: rows)))
            }
            : []
        return GroupInfluence(
            group: groups.name, coefficientNames: coefficientNames, varianceNames: varianceNames,
            deletions: groups.levels.indices.map { index in
                GroupDeletion(
                    level: groups.levels[index], rowCount: members[index].count, influence: results[index].0,
                    leverage: results[index].1, refit: refitting ? refits[index] : nil)
            }, isRefitted: refitting)
    }

    /// The unit vectors of the fixed-effects columns.
    fileprivate static func unitVectors(_ count: Int) -> [RowEquations.Vector] {
        (0..<count).map { column in
            RowEquations.Vector(effects: [], fixed: (0..<count).map { $0 == column ? 1 : 0 })
        }
    }
}

/// What one group's rows have: *T_i'T_i* and *T_i'e_i* over the columns of *[ZΛ X̃]* that they touch, the fixed ones first.
private struct CrossedDeletion {
    /// The unit vectors of the columns that are touched.
    let vectors: [RowEquations.Vector]
    private let fixedCount: Int
    private var gram: Matrix
    private var right: [Double]

    var size: Int { vectors.count }

    init(_ equations: RowEquations, rows: MappedRows, members: [Int]) {
        let products = equations.products
        let width = products.fixedColumnCount + 1
        let fixedCount = equations.columns.count
        self.fixedCount = fixedCount
        var places: [[Int: Int]] = products.factors.map { _ in [:] }
        var vectors = LinearMixedModelFit.unitVectors(fixedCount)
        for row in members {
            for factor in products.factors.indices {
                let level = Int(rows.codes[factor][row])
                guard places[factor][level] == nil else { continue }
                places[factor][level] = vectors.count
                let k = products.factors[factor].columnCount
                for effect in 0..<k {
                    vectors.append(
                        RowEquations.Vector(
                            effects: [(factor, level, (0..<k).map { $0 == effect ? 1 : 0 })], fixed: []))
                }
            }
        }
        self.vectors = vectors
        guard vectors.count <= largestSystem else {
            gram = Matrix(rows: 0, columns: 0)
            right = []
            return
        }
        var gram = Matrix(rows: vectors.count, columns: vectors.count)
        var right = [Double](repeating: 0, count: vectors.count)
        for row in members {
            var elements: [(place: Int, value: Double)] = []
            var residual = rows.fixed[row * width + width - 1]
            for (index, column) in equations.columns.enumerated() {
                let value = rows.fixed[row * width + column]
                elements.append((index, value))
                residual -= value * equations.coefficients[index]
            }
            for factor in products.factors.indices {
                let level = Int(rows.codes[factor][row])
                let k = products.factors[factor].columnCount
                let scaled = equations.scaled(Array(rows.random[factor][row * k..<(row + 1) * k]), factor: factor)
                let start = places[factor][level] ?? 0
                for (effect, mode) in equations.modes(factor: factor, level: level).enumerated() {
                    elements.append((start + effect, scaled[effect]))
                    residual -= scaled[effect] * mode
                }
            }
            for first in elements where first.value != 0 {
                right[first.place] += first.value * residual
                for second in elements { gram[second.place, first.place] += second.value * first.value }
            }
        }
        self.gram = gram
        self.right = right
    }

    /// *Σ x'(C⁻¹t)_β* over the rows.
    func fixedLeverage(_ inverse: Matrix) -> Double {
        var sum = 0.0
        for column in 0..<fixedCount {
            for row in 0..<size { sum += inverse[row, column] * gram[row, column] }
        }
        return sum
    }

    /// *[(P − G)⁻¹g]_β* and *[(P − G)⁻¹]_ββ*, where *P⁻¹* is the part of *C⁻¹* given; `nil` where that is singular.
    func solve(_ inverse: Matrix) -> (change: [Double], covariance: Matrix)? {
        guard let precision = CholeskyDecomposition(inverse)?.inverse,
            let deleted = CholeskyDecomposition(precision - gram), deleted.isEstimable(comparedTo: precision)
        else { return nil }
        let change = Array(deleted.solve(right).prefix(fixedCount))
        var covariance = Matrix(rows: fixedCount, columns: fixedCount)
        for column in 0..<fixedCount {
            let solution = deleted.solve((0..<size).map { $0 == column ? 1 : 0 })
            for row in 0..<fixedCount { covariance[row, column] = solution[row] }
        }
        covariance.symmetrizeFromLower()
        return (change, covariance)
    }
}
