// The joint covariance of the coefficients and the random effects of chosen levels: how sure a prediction is.
//
// With C the mixed-model equations, fixed effects among them, σ²C⁻¹ is the covariance of [b̂ − b, β̂]. A few of its
// rows and columns are found by eliminating unit vectors e as the factorisation eliminates its equations:
//
//     t = ℓ⁻¹λ'r   at a chain level where r has arrived,   r_after −= K'λ'r,   and   cov = Σ t't + V'HV
//
// with V what arrives at the border and H the border's inverse. Nothing outside a level's own pattern is touched.

public import MixedLinearAlgebra
internal import MixedDesign

/// The joint covariance of the estimated coefficients and the errors of predicted random effects, for any levels.
///
///     Var [β̂ ; b̂ − b] = σ² [X'X, X'Z; Z'X, Z'Z + Σ⁻¹]⁻¹
///
/// given the covariance parameters; Henderson (1975), Biometrics 31, 423. It has *X β̂ + Z b̂* vary with both of its parts and
/// with what they have in common.
/// - **Scale:** squared units of the response per product of the columns' units.
/// - **Complexity:** To make it, one factorisation and the inverse of its border. Then a level costs the square of the number
///   of border columns it touches once, and that number for each entry; the number of rows does not matter.
public final class ConditionalCovariance: @unchecked Sendable {
    // Only read once it is made, so that threads may share it.
    private let factorization: BlockFactorization
    private let plan: EliminationPlan
    private let variance: Double
    /// What leads from the mapped coefficients to the original ones.
    private let basis: Matrix
    private let columnScales: [[Double]]
    /// *B H_βs* for every effect *s* of the border, in the units of *b*, one after the other.
    private let borderFixed: [Double]
    /// For each grouping factor its first row among the effects of all factors.
    private let effectStarts: [Int]

    /// The covariance of the coefficients that were estimated.
    public let coefficientCovariance: Matrix
    /// For each grouping factor the covariance of the effects of one level: what is not known of a level not yet seen.
    public let effectCovariances: [Matrix]
    /// How many random effects a level of each grouping factor has.
    public var effectCounts: [Int] { effectCovariances.map(\.rowCount) }
    /// Random effects of one level of every factor together.
    package let totalEffectCount: Int
    /// The grouping factors that `path` depends on, finest first.
    package let pathFactors: [Int]

    init(_ fit: LinearMixedModelFit, threads: Int) throws(FitError) {
        try fit.requireFactorization(for: .conditionalVariances)
        let deviance = ProfiledDeviance(
            fit.products, terms: LinearMixedModelFit.layout(fit.design), method: fit.method, threads: threads)
        guard deviance.value(at: fit.optimum.relativeFactors) != nil else { throw .noResidualVariance }
        factorization = deviance.factorization
        factorization.invertBorder(.withFixedEffects)
        plan = deviance.plan
        variance = fit.residualStandardDeviation * fit.residualStandardDeviation
        basis = deviance.fixedBasis.matrix
        columnScales = fit.products.factors.map(\.columnScales)
        coefficientCovariance = fit.coefficientCovariance
        var effectCovariances = fit.products.factors.map { Matrix(rows: $0.columnCount, columns: $0.columnCount) }
        for (term, components) in zip(fit.design.randomTerms, fit.varianceComponents) {
            for column in 0..<term.columnCount {
                for row in 0..<term.columnCount {
                    effectCovariances[term.factorIndex][term.columnOffset + row, term.columnOffset + column] =
                        components.covariance[row, column]
                }
            }
        }
        self.effectCovariances = effectCovariances
        pathFactors = plan.chain.map(\.factor)
        var starts: [Int] = []
        var total = 0
        for covariance in effectCovariances {
            starts.append(total)
            total += covariance.rowCount
        }
        effectStarts = starts
        totalEffectCount = total
        let count = plan.fixedCount
        let size = plan.borderSize
        var borderFixed = [Double](repeating: 0, count: count * plan.borderEffectCount)
        let column = Storage<Double>(zeros: size)
        for factor in plan.border {
            let relative = factorization.relativeFactors[factor.factor].pointer
            for level in 0..<factor.levelCount {
                let start = Int(factor.columns.pointer[level])
                for inner in 0..<factor.width {
                    factorization.borderInverse.copyColumn(start + inner, into: column.pointer)
                    for effect in 0..<factor.width {
                        // Λ leads from u to b.
                        let weight = relative[effect + inner * factor.width]
                        guard weight != 0 else { continue }
                        for fixed in 0..<count {
                            let value = weight * column.pointer[plan.borderEffectCount + fixed]
                            for row in 0..<count {
                                borderFixed[(start + effect) * count + row] += basis[row, fixed] * value
                            }
                        }
                    }
                }
            }
        }
        self.borderFixed = borderFixed
    }

    /// The joint covariance matrix of *[β̂ ; b̂_i − b_i ; ...]* for one level of each grouping factor.
    ///
    /// - Parameter levels: For each grouping factor, in the order of the design, the index of a level, or `nil` to leave the
    ///   factor out. An index that no level has stands for a level not yet seen: its effects are predicted as zero, and their
    ///   whole covariance counts.
    /// - **Shape:** the coefficients that were estimated come first, then the effects of each factor that is not left out.
    public func matrix(levels: [Int?]) -> Matrix {
        let codes = effectCovariances.indices.map { factor -> Int32 in
            guard factor < levels.count, let level = levels[factor] else { return -1 }
            return level >= 0 && level < levelCount(factor) ? Int32(level) : -1
        }
        let fixed = plan.fixedCount
        let total = totalEffectCount
        var block = [Double](repeating: 0, count: (fixed + total) * total)
        fill(codes, path: path(codes), into: &block)
        var chosen: [Int] = []
        for factor in effectCovariances.indices where factor < levels.count && levels[factor] != nil {
            chosen += effectStarts[factor]..<effectStarts[factor] + effectCovariances[factor].rowCount
        }
        var result = Matrix(rows: fixed + chosen.count, columns: fixed + chosen.count)
        for column in 0..<fixed {
            for row in 0..<fixed { result[row, column] = coefficientCovariance[row, column] }
        }
        for (place, effect) in chosen.enumerated() {
            for row in 0..<fixed {
                result[row, fixed + place] = block[effect * fixed + row]
                result[fixed + place, row] = block[effect * fixed + row]
            }
            for (other, right) in chosen.enumerated() {
                result[fixed + other, fixed + place] = block[fixed * total + effect * total + right]
            }
        }
        return result
    }

    private func levelCount(_ factor: Int) -> Int { plan.places[factor].codes.count }
}

extension LinearMixedModelFit {
    /// The joint covariance of the coefficients and the random effects, to be asked for any levels.
    ///
    /// - Throws: `FitError` when the equations cannot be factored, which a fit that was found has never shown.
    public func conditionalCovariance(threads: Int = 2) throws(FitError) -> ConditionalCovariance {
        try ConditionalCovariance(self, threads: threads)
    }
}

// MARK: Elimination of unit vectors

extension ConditionalCovariance {
    /// What the chosen chain levels leave: their own block, and what arrives at the border.
    package struct Path {
        /// The levels it was made for, one for each factor of `pathFactors`; -1 for one that is left out.
        fileprivate let levels: [Int32]
        /// For each chain position the first row of its level's effects; its count where none is chosen.
        fileprivate let starts: [Int]
        fileprivate let count: Int
        /// The border columns where something has arrived, ascending, and what: one run of them for each effect.
        fileprivate let columns: [Int32]
        fileprivate let values: [Double]
        /// What has arrived at the fixed effects, one run for each effect.
        fileprivate let fixedValues: [Double]
        /// The covariance with the coefficients, one run for each effect, and among the effects, relative to σ².
        fileprivate let fixed: [Double]
        fileprivate let own: [Double]
    }

    /// A right-hand side on its way at one chain level, effects of the level by chosen effects.
    private struct Pending {
        let level: Int
        var values: [Double]
    }

    /// Whether a path that was found before serves these levels too.
    package func isServed(_ levels: [Int32], by path: Path) -> Bool {
        for (position, factor) in pathFactors.enumerated() where levels[factor] != path.levels[position] {
            return false
        }
        return true
    }

    /// Eliminates the effects of the chain levels among `levels`.
    ///
    /// - Parameter levels: For each grouping factor a level, or -1.
    package func path(_ levels: [Int32]) -> Path {
        var starts: [Int] = []
        var count = 0
        // For each position the level that is chosen there, or -1.
        var chosen: [Int] = []
        for (position, factor) in plan.chain.enumerated() {
            starts.append(count)
            chosen.append(-1)
            let level = Int(levels[factor.factor])
            guard level >= 0, case .chain(position, let place) = plan.place(ofLevel: level, factor: factor.factor)
            else {
                continue
            }
            chosen[position] = place
            count += factor.width
        }
        let fixed = plan.fixedCount
        var pending = plan.chain.map { _ in [Pending]() }
        var own = [Double](repeating: 0, count: count * count)
        var columns: [Int32] = []
        var values: [[Double]] = Array(repeating: [], count: count)
        var fixedValues = [Double](repeating: 0, count: fixed * count)
        for (position, factor) in plan.chain.enumerated() {
            let k = factor.width
            if chosen[position] >= 0 {
                Self.visit(chosen[position], size: k * count, in: &pending[position]) { values in
                    for effect in 0..<k { values[effect + (starts[position] + effect) * k] += 1 }
                }
            }
            for arrived in pending[position] {
                let scaled = eliminate(arrived.values, level: arrived.level, at: position, count: count, adding: &own)
                let start = factor.rowStarts.pointer[arrived.level]
                let row = factorization.solved[position].pointer + start
                let width = factor.columnCount(arrived.level) - 1
                var column = 0
                for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
                    let ancestor = Int(factor.ancestors[index].pointer[arrived.level])
                    let size = ancestorWidth * count
                    Self.visit(ancestor, size: size, in: &pending[position + 1 + index]) { values in
                        for side in 0..<count {
                            for element in 0..<ancestorWidth {
                                values[element + side * ancestorWidth] -= Self.dot(
                                    row + (column + element) * k, scaled, side * k, k)
                            }
                        }
                    }
                    column += ancestorWidth
                }
                let targets = Self.merge(factor.pattern(arrived.level), into: &columns, &values)
                for side in 0..<count {
                    for (index, target) in targets.enumerated() {
                        values[side][target] -= Self.dot(row + (column + index) * k, scaled, side * k, k)
                    }
                    for index in 0..<fixed {
                        fixedValues[index + side * fixed] -= Self.dot(
                            row + (width - fixed + index) * k, scaled, side * k, k)
                    }
                }
            }
        }
        return finished(
            levels: plan.chain.map { levels[$0.factor] }, starts: starts, columns: columns,
            values: values.flatMap { $0 }, fixedValues: fixedValues, own: own)
    }

    /// Adds *t't* with *t = ℓ⁻¹λ'r* to the covariance, and returns *λ'r*.
    private func eliminate(
        _ values: [Double], level: Int, at position: Int, count: Int, adding own: inout [Double]
    ) -> [Double] {
        let factor = plan.chain[position]
        let k = factor.width
        let relative = factorization.relativeFactors[factor.factor].pointer
        let lower = factorization.lower[position].pointer + level * k * k
        var scaled = [Double](repeating: 0, count: k * count)
        for side in 0..<count {
            for row in 0..<k { scaled[row + side * k] = Self.dot(relative + row * k, values, side * k, k) }
        }
        var solved = scaled
        solved.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for side in 0..<count { SmallBlock.solveLower(lower, size: k, base + side * k) }
        }
        for column in 0..<count {
            for row in 0..<count {
                var sum = 0.0
                for element in 0..<k { sum += solved[element + row * k] * solved[element + column * k] }
                own[row + column * count] += sum
            }
        }
        return scaled
    }

    /// Multiplies what has arrived with the border's inverse.
    private func finished(
        levels: [Int32], starts: [Int], columns: [Int32], values: [Double], fixedValues: [Double], own: [Double]
    ) -> Path {
        let fixed = plan.fixedCount
        let first = plan.borderEffectCount
        let inverse = factorization.borderInverse
        let count = fixed > 0 ? fixedValues.count / fixed : (own.isEmpty ? 0 : Int(Double(own.count).squareRoot()))
        var own = own
        var cross = [Double](repeating: 0, count: fixed * count)
        let width = columns.count
        for side in 0..<count {
            for index in 0..<width + fixed {
                let column = index < width ? Int(columns[index]) : first + index - width
                var sum = 0.0
                for other in 0..<width {
                    sum += inverse.element(Int(columns[other]), column) * values[other + side * width]
                }
                for other in 0..<fixed {
                    sum += inverse.element(first + other, column) * fixedValues[other + side * fixed]
                }
                for other in 0..<count {
                    let value =
                        index < width
                        ? values[index + other * width] : fixedValues[index - width + other * fixed]
                    own[other + side * count] += value * sum
                }
                if index >= width {
                    for row in 0..<fixed { cross[row + side * fixed] += basis[row, index - width] * sum }
                }
            }
        }
        return Path(
            levels: levels, starts: starts, count: count, columns: columns, values: values, fixedValues: fixedValues,
            fixed: cross, own: own)
    }

    /// The place of each of some ascending columns among those collected so far, after adding the ones that are not there.
    private static func merge(
        _ pattern: UnsafeBufferPointer<Int32>, into columns: inout [Int32], _ values: inout [[Double]]
    ) -> [Int] {
        if columns.isEmpty {
            columns = Array(pattern)
            for side in values.indices { values[side] = [Double](repeating: 0, count: columns.count) }
            return Array(columns.indices)
        }
        var merged: [Int32] = []
        var origins: [Int] = []
        var targets: [Int] = []
        var old = 0
        for column in pattern {
            while old < columns.count, columns[old] < column {
                merged.append(columns[old])
                origins.append(old)
                old += 1
            }
            targets.append(merged.count)
            if old < columns.count, columns[old] == column {
                origins.append(old)
                old += 1
            } else {
                origins.append(-1)
            }
            merged.append(column)
        }
        while old < columns.count {
            merged.append(columns[old])
            origins.append(old)
            old += 1
        }
        if merged.count > columns.count {
            columns = merged
            for side in values.indices {
                let previous = values[side]
                values[side] = origins.map { $0 < 0 ? 0 : previous[$0] }
            }
        }
        return targets
    }

    /// Changes the right-hand side of a level, which begins as zero.
    private static func visit(_ level: Int, size: Int, in pending: inout [Pending], _ change: (inout [Double]) -> Void)
    {
        if let index = pending.firstIndex(where: { $0.level == level }) {
            change(&pending[index].values)
        } else {
            var values = [Double](repeating: 0, count: size)
            change(&values)
            pending.append(Pending(level: level, values: values))
        }
    }

    @inline(__always)
    private static func dot(_ left: UnsafePointer<Double>, _ right: [Double], _ start: Int, _ count: Int) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += left[index] * right[start + index] }
        return sum
    }
}

// MARK: Blocks

extension ConditionalCovariance {
    /// How many numbers `fill` writes.
    package var blockSize: Int { (plan.fixedCount + totalEffectCount) * totalEffectCount }

    /// Writes the covariance of the coefficients with the effects of all factors, then that among the effects.
    ///
    /// - Parameters:
    ///   - levels: For each grouping factor a level, or -1 for one not yet seen.
    ///   - path: That of the levels.
    /// - **Shape:** *p* × *Q*, then *Q* × *Q*, column-major, with the *Q* effects of one level of every factor.
    package func fill(_ levels: [Int32], path: Path, into block: UnsafeMutablePointer<Double>) {
        block.update(repeating: 0, count: blockSize)
        let fixed = plan.fixedCount
        let total = totalEffectCount
        let among = block + fixed * total
        for factor in levels.indices {
            let start = effectStarts[factor]
            let scales = columnScales[factor]
            guard levels[factor] >= 0 else {
                let covariance = effectCovariances[factor]
                for column in scales.indices {
                    for row in scales.indices {
                        among[start + row + (start + column) * total] = covariance[row, column]
                    }
                }
                continue
            }
            for column in scales.indices {
                let source = effect(column, of: factor, level: Int(levels[factor]), path: path)
                let scale = variance / scales[column]
                fillFixed(source, path: path, scale: scale, into: block + (start + column) * fixed)
                for other in 0...factor where levels[other] >= 0 {
                    for row in columnScales[other].indices where other < factor || row <= column {
                        let left = effect(row, of: other, level: Int(levels[other]), path: path)
                        let value = covariance(left, source, path: path) * scale / columnScales[other][row]
                        let place = effectStarts[other] + row
                        among[place + (start + column) * total] = value
                        among[start + column + place * total] = value
                    }
                }
            }
        }
    }

    /// One effect, as a row of the path, or as one of a block of columns of the border.
    private enum Effect {
        case path(Int)
        case border(column: Int, effect: Int, factor: Int)
    }

    private func effect(_ effect: Int, of factor: Int, level: Int, path: Path) -> Effect {
        switch plan.place(ofLevel: level, factor: factor) {
        case .chain(let position, _): .path(path.starts[position] + effect)
        case .border(let column): .border(column: column, effect: effect, factor: factor)
        }
    }

    private func fillFixed(
        _ effect: Effect, path: Path, scale: Double, into target: UnsafeMutablePointer<Double>
    ) {
        let fixed = plan.fixedCount
        switch effect {
        case .path(let row): for index in 0..<fixed { target[index] = scale * path.fixed[row * fixed + index] }
        case .border(let column, let effect, _):
            for index in 0..<fixed { target[index] = scale * borderFixed[(column + effect) * fixed + index] }
        }
    }

    private func covariance(_ left: Effect, _ right: Effect, path: Path) -> Double {
        switch (left, right) {
        case (.path(let row), .path(let column)): return path.own[row + column * path.count]
        case (.border(let row, let effect, let factor), .border):
            return sumOverBlock(row, effect, factor) { covariance(right, withBorder: $0) }
        case (.path(let row), .border), (.border, .path(let row)):
            let border: Effect
            if case .path = left { border = right } else { border = left }
            let width = path.columns.count
            let fixed = plan.fixedCount
            var sum = 0.0
            for index in 0..<width {
                sum += covariance(border, withBorder: Int(path.columns[index])) * path.values[index + row * width]
            }
            for index in 0..<fixed {
                sum +=
                    covariance(border, withBorder: plan.borderEffectCount + index)
                    * path.fixedValues[index + row * fixed]
            }
            return sum
        }
    }

    /// The covariance of an effect of the border, in the units of *b*, with a column of it, in those of *u*.
    private func covariance(_ effect: Effect, withBorder column: Int) -> Double {
        guard case .border(let row, let effect, let factor) = effect else { return 0 }
        return sumOverBlock(row, effect, factor) { factorization.borderInverse.element($0, column) }
    }

    /// *Σ_j λ_ej f(j)* over the columns of a level.
    private func sumOverBlock(_ column: Int, _ effect: Int, _ factor: Int, _ value: (Int) -> Double) -> Double {
        let relative = factorization.relativeFactors[factor].pointer
        let width = columnScales[factor].count
        var sum = 0.0
        for inner in 0..<width { sum += relative[effect + inner * width] * value(column + inner) }
        return sum
    }
}
