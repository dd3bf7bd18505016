// The factored mixed-model equations as single rows see them: elements of C⁻¹ between the columns that rows touch.
//
// With C = [M, Λ'Z'X; X'ZΛ, X'X] eliminated along the plan, e_a'C⁻¹e_b is the inner product of what each unit vector leaves
// at the levels it passes, and a form in the border's inverse of what arrives there. A vector touches one level of each
// chain factor and the border columns of that level's pattern, so neither depends on the size of the data.

package import MixedDesign
package import MixedLinearAlgebra

/// A fit's equations, factored, with the inverse of the border at hand.
package final class RowEquations {
    let deviance: ProfiledDeviance
    package let products: CrossProducts
    private let factorization: BlockFactorization
    private let plan: EliminationPlan
    /// The mapped fixed-effects columns of the equations.
    package let columns: [Int]
    /// The estimates *β̃* of the mapped columns.
    package let coefficients: [Double]

    /// Factors the equations of a fit; `nil` where that fails.
    ///
    /// - Complexity: One factorisation and the inverse of its border.
    package init?(_ fit: LinearMixedModelFit, threads: Int) {
        products = fit.products
        deviance = ProfiledDeviance(
            products, terms: LinearMixedModelFit.layout(fit.design), method: fit.method, threads: threads)
        guard deviance.value(at: fit.optimum.relativeFactors) != nil else { return nil }
        let factorization = deviance.factorization
        let plan = deviance.plan
        factorization.solveResponse()
        factorization.invertBorder(.withFixedEffects)
        self.factorization = factorization
        self.plan = plan
        columns = deviance.fixedColumns
        coefficients = (0..<plan.fixedCount).map { factorization.borderSolution.pointer[plan.borderEffectCount + $0] }
    }

    /// *C*: a change of *β̃* is *C* times it in the coefficients that were estimated.
    package var basis: Matrix { deviance.fixedBasis.matrix }

    /// A vector after the elimination of the chain.
    struct Reduced {
        /// What it has left at levels of the chain: position, level, and *ℓ⁻¹r*.
        var levels: [(position: Int, level: Int, values: [Double])] = []
        /// Its elements in the border, by ascending column, in units of *u*.
        var borderColumns: [Int] = []
        var borderValues: [Double] = []
    }

    /// A vector that touches at most one level of each grouping factor.
    package struct Vector: Sendable {
        /// The grouping factors it touches, their levels, and its elements there in units of *u*.
        package var effects: [(factor: Int, level: Int, values: [Double])]
        /// Its elements at the fixed-effects columns; empty for zeros.
        package var fixed: [Double]

        package init(effects: [(factor: Int, level: Int, values: [Double])], fixed: [Double]) {
            self.effects = effects
            self.fixed = fixed
        }
    }

    /// *λ'z* of a level.
    package func scaled(_ values: [Double], factor: Int) -> [Double] {
        var result = values
        BlockFactorization.multiplyTransposed(
            factorization.relativeFactors[factor].pointer, values, size: values.count, into: &result)
        return result
    }

    /// The conditional modes *û* of a level.
    package func modes(factor: Int, level: Int) -> [Double] {
        let k = products.factors[factor].columnCount
        return (0..<k).map { factorization.effects[factor].pointer[level * k + $0] }
    }

    /// Eliminates the chain from a vector.
    ///
    /// - Complexity: O(columns that its levels touch).
    func reduced(_ vector: Vector) -> Reduced {
        var result = Reduced()
        var border: [Int: Double] = [:]
        // What finer levels have taken from each chain factor's level, in units of b.
        var taken: [Int: (level: Int, values: [Double])] = [:]
        for (index, value) in vector.fixed.enumerated() where value != 0 {
            border[plan.borderEffectCount + index] = value
        }
        var own: [Int: (level: Int, values: [Double])] = [:]
        for effect in vector.effects {
            switch plan.place(ofLevel: effect.level, factor: effect.factor) {
            case .chain(let position, let level): own[position] = (level, effect.values)
            case .border(let column):
                for (element, value) in effect.values.enumerated() { border[column + element, default: 0] += value }
            }
        }
        for position in plan.chain.indices {
            guard let level = own[position]?.level ?? taken[position]?.level else { continue }
            let factor = plan.chain[position]
            let k = factor.width
            var values = own[position]?.values ?? [Double](repeating: 0, count: k)
            if let sums = taken[position]?.values {
                let scaled = scaled(sums, factor: factor.factor)
                for element in 0..<k { values[element] += scaled[element] }
            }
            subtract(values, of: level, at: position, from: &taken, border: &border)
            let block = factorization.lower[position].pointer + level * k * k
            values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                SmallBlock.solveLower(block, size: k, base)
            }
            result.levels.append((position, level, values))
        }
        result.borderColumns = border.keys.sorted()
        result.borderValues = result.borderColumns.map { border[$0] ?? 0 }
        return result
    }

    /// Subtracts *K'r* of a level from coarser levels, in units of *b*, and from the border, in units of *u*.
    private func subtract(
        _ values: [Double], of level: Int, at position: Int, from taken: inout [Int: (level: Int, values: [Double])],
        border: inout [Int: Double]
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let start = factor.rowStarts.pointer[level]
        let row = factorization.solved[position].pointer + start
        let width = factor.columnCount(level) - 1
        let pattern = factor.pattern(level)
        values.withUnsafeBufferPointer { buffer in
            guard let own = buffer.baseAddress else { return }
            var column = 0
            for (index, ancestorWidth) in factor.ancestorWidths.enumerated() {
                let ancestor = Int(factor.ancestors[index].pointer[level])
                var sums =
                    taken[position + 1 + index] ?? (ancestor, [Double](repeating: 0, count: ancestorWidth))
                for element in 0..<ancestorWidth {
                    sums.values[element] -= BlockFactorization.dot(row + (column + element) * k, own, k)
                }
                taken[position + 1 + index] = sums
                column += ancestorWidth
            }
            for index in 0..<pattern.count {
                border[Int(pattern[index]), default: 0] -=
                    BlockFactorization.dot(row + (column + index) * k, own, k)
            }
            for index in 0..<plan.fixedCount {
                border[plan.borderEffectCount + index, default: 0] -=
                    BlockFactorization.dot(row + (width - plan.fixedCount + index) * k, own, k)
            }
        }
    }

    /// What two vectors have in common at the levels of the chain.
    private func chainForm(_ left: Reduced, _ right: Reduced) -> Double {
        var sum = 0.0
        for first in left.levels {
            for second in right.levels where first.position == second.position && first.level == second.level {
                for (a, b) in zip(first.values, second.values) { sum += a * b }
            }
        }
        return sum
    }

    /// *a'C⁻¹a*.
    private func form(_ vector: Reduced) -> Double {
        let inverse = factorization.borderInverse
        var sum = chainForm(vector, vector)
        for (column, factor) in zip(vector.borderColumns, vector.borderValues) {
            var inner = 0.0
            for (row, value) in zip(vector.borderColumns, vector.borderValues) {
                inner += inverse.element(row, column) * value
            }
            sum += inner * factor
        }
        return sum
    }

    /// *t'C⁻¹t*: with the row *t* of *[ZΛ X̃]* its hat value.
    package func leverage(_ vector: Vector) -> Double {
        form(reduced(vector))
    }

    /// The elements of *C⁻¹* between some vectors, both triangles.
    ///
    /// - Complexity: For each vector its border elements times the border, and the border elements of all others.
    package func inverse(between vectors: [Vector], threads: Int) -> Matrix {
        let reduced = vectors.map { self.reduced($0) }
        let count = vectors.count
        let size = plan.borderSize
        let inverse = factorization.borderInverse
        var result = Matrix(rows: count, columns: count)
        result.storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            ParallelLoop.forEachRange(count, smallest: 16, threads: threads) { range in
                let image = Storage<Double>(zeros: size)
                let values = Storage<Double>(zeros: size)
                for column in range {
                    let vector = reduced[column]
                    image.clear()
                    let target = image.pointer
                    for (index, factor) in zip(vector.borderColumns, vector.borderValues) {
                        inverse.copyColumn(index, into: values.pointer)
                        for row in 0..<size { target[row] += values.pointer[row] * factor }
                    }
                    for row in column..<count {
                        let other = reduced[row]
                        var sum = chainForm(other, vector)
                        for (index, value) in zip(other.borderColumns, other.borderValues) {
                            sum += target[index] * value
                        }
                        base[row + column * count] = sum
                    }
                }
            }
        }
        result.symmetrizeFromLower()
        return result
    }
}
