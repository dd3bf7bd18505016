// The expansion of designs with one grouping factor in one pass over its levels: what every smaller model has, and every
// replicate of its bootstrap.
//
// With K = D⁻¹λ'Z'X, H = (X'V⁻¹X)⁻¹ and B_i = D_i⁻¹, the blocks of the inverse are Ĉ_ij = δ_ij B_i + K_i H K_j', so that
//
//     tr(ĈS_dĈS_e) = Σ_i [tr(Ĉ_ii S_d Ĉ_ii S_e) − tr(M_i S_d M_i S_e)] + tr(N_d H N_e H),
//     M_i = K_i H K_i',   N_d = Σ_i K_i' S_d K_i,
//
// and û'S_d(I − C⁻¹)S_eû = Σ_i s_d'(I − B_i)s_e − g_d'H g_e with s_d = S_dû_i and g_d = Σ_i K_i's_d.

internal import MixedDesign
internal import MixedLinearAlgebra

extension EliminationPlan {
    /// Whether there is one grouping factor and nothing but fixed effects after it.
    var hasSingleFactor: Bool { chain.count == 1 && borderEffectCount == 0 }
}

extension ProfiledDeviance {
    /// What the general path finds from solutions and inverses, for a plan with a single factor that has been factored;
    /// the response is solved for as well.
    ///
    /// - Complexity: O(levels × (*kp²* + *k⁴*)); one allocation besides the result.
    func singleFactorExpansion(_ value: Value, isExact: Bool) -> DevianceExpansion {
        let pass = SingleFactorPass(
            factorization, directions: directions, kind: inverseKind, levels: products.factors[0].levelCount,
            isExact: isExact)
        return withExtendedLifetime(pass) { expansion(value, pass, isExact: isExact) }
    }

    private func expansion(_ value: Value, _ pass: SingleFactorPass, isExact: Bool) -> DevianceExpansion {
        let rows = Double(residualRows)
        let ratio = rows / value.residualSumOfSquares
        let width = pass.width
        let scores = terms.map { term -> Matrix in
            var score = Matrix(rows: term.columnCount, columns: term.columnCount)
            for column in 0..<term.columnCount {
                for row in 0..<term.columnCount {
                    let place = term.columnOffset + row + (term.columnOffset + column) * width
                    score[row, column] =
                        (row == column ? Double(pass.levels) : 0) - pass.inverseSum[place] - ratio * pass.squares[place]
                }
            }
            return score
        }
        return DevianceExpansion(
            value: value, scores: scores, directions: directions, columnOffsets: terms.map(\.columnOffset),
            traces: isExact ? pass.complementTraces() : nil, averageInformation: pass.averageInformation(),
            quadraticForms: directions.map { direction in
                pass.squares[direction.first + direction.second * width] * (direction.first == direction.second ? 1 : 2)
            }, residualRows: rows, precision: ratio)
    }
}

extension ProfiledDeviance {
    /// *Σ_i C_i'SC_i = H (Σ_i K_i'SK_i) H* of a plan with a single factor, because *C_i = −K_iH*.
    func singleFactorSensitivity() -> [Matrix] {
        let count = plan.fixedCount
        let factor = plan.chain[0]
        let width = factor.width
        let rows = factorization.solved[0].pointer
        let inverse = mappedUnitCovariance()
        return directions.map { direction in
            var sum = Matrix(rows: count, columns: count)
            sum.storage.withUnsafeMutableBufferPointer { buffer in
                guard let target = buffer.baseAddress else { return }
                for level in 0..<factor.levelCount {
                    let own = rows + level * width * (count + 1)
                    let first = own + direction.first
                    let second = own + direction.second
                    for column in 0..<count {
                        let left = first[column * width]
                        let right = second[column * width]
                        for row in column..<count {
                            target[row + column * count] += first[row * width] * right + second[row * width] * left
                        }
                    }
                }
            }
            sum.symmetrizeFromLower()
            return mappedBack((direction.first == direction.second ? 0.5 : 1) * (inverse * sum * inverse))
        }
    }
}

/// The sums over the levels, and what follows from them.
private struct SingleFactorPass {
    let width: Int
    let levels: Int
    private let fixed: Int
    private let directions: [SymmetricDirection]
    private let hasFixedPart: Bool
    private let memory: Storage<Double>
    /// *H*, both triangles.
    private let fixedInverse: UnsafeMutablePointer<Double>
    /// *Σ Ĉ_ii* and *Σ û_iû_i'*.
    let inverseSum: UnsafeMutablePointer<Double>
    let squares: UnsafeMutablePointer<Double>
    /// *Σ [vech Ĉ_ii (vech Ĉ_ii)' − vech M_i (vech M_i)']*, lower triangle.
    private let pairs: UnsafeMutablePointer<Double>
    /// *N_d*, lower triangles, one after the other.
    private let fixedTangents: UnsafeMutablePointer<Double>
    /// *g_d*, and *Σ s_d'(I − B_i)s_e*.
    private let fixedSides: UnsafeMutablePointer<Double>
    private let forms: UnsafeMutablePointer<Double>
    /// Scratch: *B_i, M_i, KH, s_d* and two half-vectorised blocks.
    private let scratch: UnsafeMutablePointer<Double>

    init(
        _ factorization: BlockFactorization, directions: [SymmetricDirection], kind: BlockFactorization.InverseKind,
        levels: Int, isExact: Bool
    ) {
        let k = factorization.plan.chain[0].width
        let p = factorization.plan.fixedCount
        let count = directions.count
        let half = k * (k + 1) / 2
        width = k
        self.levels = levels
        fixed = p
        self.directions = directions
        hasFixedPart = kind == .withFixedEffects
        let sizes = [
            p * p, k * k, k * k, half * half, count * p * p, count * p, count * count,
            2 * k * k + k * p + count * k + 2 * half,
        ]
        memory = Storage(zeros: sizes.reduce(0, +))
        var next = memory.pointer
        func take(_ size: Int) -> UnsafeMutablePointer<Double> {
            defer { next += size }
            return next
        }
        fixedInverse = take(sizes[0])
        inverseSum = take(sizes[1])
        squares = take(sizes[2])
        pairs = take(sizes[3])
        fixedTangents = take(sizes[4])
        fixedSides = take(sizes[5])
        forms = take(sizes[6])
        scratch = take(sizes[7])
        invertFixed(factorization)
        visitLevels(factorization, isExact: isExact)
    }

    /// *H* from the border's Cholesky factor, and *β̃*.
    private func invertFixed(_ factorization: BlockFactorization) {
        let border = factorization.border
        for column in 0..<fixed {
            for row in column..<fixed { fixedInverse[row + column * fixed] = border.lower(row, column) }
        }
        let solution = factorization.borderSolution.pointer
        var index = fixed - 1
        while index >= 0 {
            var value = border.lower(fixed, index)
            for other in index + 1..<max(fixed, index + 1) { value -= border.lower(other, index) * solution[other] }
            solution[index] = value / border.lower(index, index)
            index -= 1
        }
        _ = DenseKernel.inverseFromCholesky(fixedInverse, size: fixed, leadingDimension: max(fixed, 1))
        for column in 0..<fixed {
            for row in column + 1..<max(fixed, column + 1) {
                fixedInverse[column + row * fixed] = fixedInverse[row + column * fixed]
            }
        }
    }

    private func visitLevels(_ factorization: BlockFactorization, isExact: Bool) {
        let k = width
        let p = fixed
        let half = k * (k + 1) / 2
        let solution = factorization.borderSolution.pointer
        let allEffects = factorization.effects[factorization.plan.chain[0].factor].pointer
        let inverse = scratch
        let correction = inverse + k * k
        let product = correction + k * k
        let sides = product + k * p
        let block = sides + directions.count * k
        let correctionHalf = block + half
        let lower = factorization.lower[0].pointer
        let solved = factorization.solved[0].pointer
        directions.withUnsafeBufferPointer { directions in
            for level in 0..<levels {
                let rows = solved + level * k * (p + 1)
                let effects = allEffects + level * k
                for element in 0..<k {
                    var value = rows[p * k + element]
                    for column in 0..<p { value -= rows[column * k + element] * solution[column] }
                    effects[element] = value
                }
                SmallBlock.inverse(fromCholesky: lower + level * k * k, size: k, into: inverse)
                if hasFixedPart {
                    for column in 0..<p {
                        for element in 0..<k {
                            var sum = 0.0
                            for inner in 0..<p { sum += rows[inner * k + element] * fixedInverse[inner + column * p] }
                            product[column * k + element] = sum
                        }
                    }
                    for right in 0..<k {
                        for left in 0..<k {
                            var sum = 0.0
                            for column in 0..<p { sum += product[column * k + left] * rows[column * k + right] }
                            correction[left + right * k] = sum
                        }
                    }
                }
                addInformation(directions, effects: effects, inverse: inverse, rows: rows, sides: sides)
                var place = 0
                for right in 0..<k {
                    for left in 0..<k {
                        let index = left + right * k
                        let value = inverse[index] + correction[index]
                        inverseSum[index] += value
                        squares[index] += effects[left] * effects[right]
                        if left >= right {
                            block[place] = value
                            correctionHalf[place] = correction[index]
                            place += 1
                        }
                    }
                }
                guard isExact else { continue }
                for column in 0..<half {
                    let first = block[column]
                    let second = correctionHalf[column]
                    let target = pairs + column * half
                    for row in column..<half { target[row] += block[row] * first - correctionHalf[row] * second }
                }
                if hasFixedPart { addTangents(directions, rows: rows) }
            }
        }
    }

    /// Adds a level to *Σ s_d'(I − B)s_e* and *g_d*.
    @inline(__always)
    private func addInformation(
        _ directions: UnsafeBufferPointer<SymmetricDirection>, effects: UnsafePointer<Double>,
        inverse: UnsafePointer<Double>, rows: UnsafePointer<Double>, sides: UnsafeMutablePointer<Double>
    ) {
        let k = width
        for (index, direction) in directions.enumerated() {
            let side = sides + index * k
            for element in 0..<k { side[element] = 0 }
            side[direction.first] = effects[direction.second]
            side[direction.second] = effects[direction.first]
            let target = fixedSides + index * fixed
            for column in 0..<fixed {
                target[column] +=
                    direction.first == direction.second
                    ? rows[column * k + direction.first] * side[direction.first]
                    : rows[column * k + direction.first] * side[direction.first]
                        + rows[column * k + direction.second] * side[direction.second]
            }
        }
        for second in 0..<directions.count {
            let right = sides + second * k
            for first in second..<directions.count {
                let left = sides + first * k
                var sum = 0.0
                for column in 0..<k where right[column] != 0 {
                    var inner = left[column]
                    for row in 0..<k { inner -= left[row] * inverse[row + column * k] }
                    sum += inner * right[column]
                }
                forms[first + second * directions.count] += sum
            }
        }
    }

    /// Adds a level's *K'S_dK* to *N_d*.
    @inline(__always)
    private func addTangents(_ directions: UnsafeBufferPointer<SymmetricDirection>, rows: UnsafePointer<Double>) {
        let k = width
        for (index, direction) in directions.enumerated() {
            let target = fixedTangents + index * fixed * fixed
            let left = rows + direction.first
            let right = rows + direction.second
            for column in 0..<fixed {
                if direction.first == direction.second {
                    let value = left[column * k]
                    for row in column..<fixed { target[row + column * fixed] += left[row * k] * value }
                } else {
                    let first = left[column * k]
                    let second = right[column * k]
                    for row in column..<fixed {
                        target[row + column * fixed] += left[row * k] * second + right[row * k] * first
                    }
                }
            }
        }
    }

    /// *û'S_d(I − C⁻¹)S_eû* for all pairs of directions.
    func averageInformation() -> Matrix {
        let count = directions.count
        var result = Matrix(rows: count, columns: count)
        for second in 0..<count {
            for first in second..<count {
                let left = fixedSides + first * fixed
                let right = fixedSides + second * fixed
                var sum = forms[first + second * count]
                for column in 0..<fixed {
                    var inner = 0.0
                    for row in 0..<fixed { inner += left[row] * fixedInverse[row + column * fixed] }
                    sum -= inner * right[column]
                }
                result[first, second] = sum
                result[second, first] = sum
            }
        }
        return result
    }

    /// *tr(T̃S_dT̃S_e) = tr(S_dS_e) − 2 tr(ĈS_dS_e) + tr(ĈS_dĈS_e)* for all pairs of directions.
    func complementTraces() -> Matrix {
        let count = directions.count
        var result = Matrix(rows: count, columns: count)
        let scaled = hasFixedPart ? scaledTangents() : []
        for second in 0..<count {
            for first in second..<count {
                var sum = 0.0
                for (a, b) in directions[first].elements {
                    for (c, d) in directions[second].elements {
                        sum += pairSum(d, a, b, c)
                        if b == c { sum += (a == d ? Double(levels) : 0) - 2 * inverseSum[d + a * width] }
                    }
                }
                if hasFixedPart { sum += scaled[first].inner(scaled[second].transposed) }
                result[first, second] = sum
                result[second, first] = sum
            }
        }
        return result
    }

    /// *N_d H*.
    private func scaledTangents() -> [Matrix] {
        directions.indices.map { index in
            let tangent = fixedTangents + index * fixed * fixed
            var result = Matrix(rows: fixed, columns: fixed)
            for column in 0..<fixed {
                for row in 0..<fixed {
                    var sum = 0.0
                    for inner in 0..<fixed {
                        let value = tangent[max(row, inner) + min(row, inner) * fixed]
                        sum += value * fixedInverse[inner + column * fixed]
                    }
                    result[row, column] = sum
                }
            }
            return result
        }
    }

    /// The sum over levels of the product of elements *(a, b)* and *(c, d)*.
    private func pairSum(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double {
        let first = Self.place(max(a, b), min(a, b), width)
        let second = Self.place(max(c, d), min(c, d), width)
        return pairs[max(first, second) + min(first, second) * (width * (width + 1) / 2)]
    }

    /// The place of an element of the lower triangle, column by column.
    private static func place(_ row: Int, _ column: Int, _ size: Int) -> Int {
        column * size - column * (column - 1) / 2 + row - column
    }
}
