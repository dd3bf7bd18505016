// The dense end of the elimination: what the border begins with, factoring and inverting it.

internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension BlockFactorization {
    /// Fills the border with *Λ'AΛ*, a multiple of the identity, and the products with fixed effects and response, in the units of *u*.
    func resetBorder(identity: Double) {
        border.clear()
        let target = border.storage.pointer
        let stride = border.stride
        let tail = plan.tailCount
        let first = plan.borderEffectCount
        for factor in plan.border {
            let k = factor.width
            let relative = relativeFactors[factor.factor].pointer
            let block = scratch[0].block.pointer
            for level in 0..<factor.levelCount {
                let start = Int(factor.columns.pointer[level])
                Self.scaledBlock(
                    factor.diagonal.pointer + level * k * k, by: relative, size: k, identity: identity, into: block)
                let rows = factor.rows.pointer + level * k * tail
                for column in 0..<k {
                    let base = (start + column) * stride
                    for row in column..<k {
                        target[TiledMatrix.rowBase(start + row) + base] = block[row + column * k]
                    }
                    for row in 0..<tail {
                        target[TiledMatrix.rowBase(first + row) + base] =
                            Self.dot(relative + column * k, rows + row * k, k)
                    }
                    if hasScalarBorder { borderScales.pointer[start] = relative[0] }
                }
            }
        }
        for pair in plan.borderPairs { addBorderPair(pair) }
        for column in 0..<tail {
            for row in column..<tail {
                target[border.place(first + row, first + column)] = plan.fixed.pointer[row + column * tail]
            }
        }
    }

    /// Writes *λ'Bλ* of the levels of two border factors that occur together.
    private func addBorderPair(_ pair: EliminationPlan.BorderPair) {
        let (left, right) = (plan.border[pair.first], plan.border[pair.second])
        let leftRelative = relativeFactors[left.factor].pointer
        let rightRelative = relativeFactors[right.factor].pointer
        let (k, m) = (left.width, right.width)
        for level in 0..<left.levelCount {
            let row = Int(left.columns.pointer[level])
            for place in pair.rowStarts.pointer[level]..<pair.rowStarts.pointer[level + 1] {
                let column = Int(right.columns.pointer[Int(pair.levels.pointer[place])])
                let block = pair.blocks.pointer + place * k * m
                for first in 0..<k {
                    for second in 0..<m {
                        var sum = 0.0
                        for inner in 0..<m {
                            sum +=
                                Self.dot(leftRelative + first * k, block + inner * k, k)
                                * rightRelative[inner + second * m]
                        }
                        let (below, beside) = (max(row + first, column + second), min(row + first, column + second))
                        border.storage.pointer[border.place(below, beside)] = sum
                    }
                }
            }
        }
    }

    /// Factors the border together with the response.
    func factorBorder(logDeterminant: Double) -> Determinants? {
        guard border.factor(threads: threads, stop: stop) == nil, !isStopped else { return nil }
        var random = logDeterminant
        var fixed = 0.0
        for index in 0..<plan.borderSize {
            let value = 2 * log(border.lower(index, index))
            if index < plan.borderEffectCount { random += value } else { fixed += value }
        }
        let root = border.lower(plan.borderSize, plan.borderSize)
        return Determinants(randomEffects: random, fixedEffects: fixed, residualSumOfSquares: root * root)
    }

    /// Which inverse of the border the traces are taken from.
    enum InverseKind {
        /// *C^{uu}*, fixed effects included: restricted likelihood.
        case withFixedEffects
        /// *M⁻¹*, fixed effects left out: likelihood, and conditional variances.
        case randomEffectsOnly
    }

    /// Inverts the factored border into `borderInverse`, in the units of *u*.
    func invertBorder(_ kind: InverseKind) {
        borderInverse.setInverse(
            ofFactor: border, limit: kind == .withFixedEffects ? plan.borderSize : plan.borderEffectCount,
            threads: threads, stop: stop)
    }
}
