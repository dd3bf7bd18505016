// The dense end of the elimination: scaling, factoring and inverting the border.

internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension BlockFactorization {
    /// Scales the border's Schur complement by Λ, adds the identity, and factors it together with the response.
    func factorBorder(logDeterminant: Double) -> Determinants? {
        let stride = plan.borderStride
        let matrix = border.pointer
        scaleBorder(matrix, size: stride, stride: stride)
        for index in 0..<plan.borderEffectCount { matrix[index + index * stride] += 1 }
        let failure = TiledKernel.cholesky(matrix, size: stride, leadingDimension: stride, threads: threads)
        guard failure == nil else { return nil }
        var random = logDeterminant
        var fixed = 0.0
        for index in 0..<plan.borderSize {
            let value = 2 * log(matrix[index + index * stride])
            if index < plan.borderEffectCount { random += value } else { fixed += value }
        }
        let root = matrix[stride * stride - 1]
        return Determinants(randomEffects: random, fixedEffects: fixed, residualSumOfSquares: root * root)
    }

    /// Multiplies the random-effects rows by λ' and columns by λ in the lower triangle of a border matrix.
    func scaleBorder(_ matrix: UnsafeMutablePointer<Double>, size: Int, stride: Int) {
        for factor in plan.border {
            let k = factor.width
            let relative = relativeFactors[factor.factor].pointer
            for level in 0..<factor.levelCount {
                let start = factor.offset + level * k
                // The block on the diagonal needs both triangles before its columns are mixed.
                for column in 0..<k {
                    for row in column + 1..<max(k, column + 1) {
                        matrix[start + column + (start + row) * stride] =
                            matrix[start + row + (start + column) * stride]
                    }
                }
                mixColumns(matrix + start * stride, from: start, to: size, stride: stride, by: relative, size: k)
            }
        }
        for column in 0..<plan.borderEffectCount {
            for factor in plan.border {
                let k = factor.width
                let relative = relativeFactors[factor.factor].pointer
                let firstLevel = max(0, (column - factor.offset) / k)
                guard column < factor.offset + factor.levelCount * k else { continue }
                let first = column < factor.offset ? 0 : firstLevel
                let values = matrix + column * stride + factor.offset
                if k == 1 {
                    let scale = relative[0]
                    for row in first..<factor.levelCount { values[row] *= scale }
                    continue
                }
                for level in first..<factor.levelCount {
                    let block = values + level * k
                    for element in 0..<k { scratchBlock.pointer[element] = block[element] }
                    Self.multiplyTransposed(relative, scratchBlock.pointer, size: k, into: block)
                }
            }
        }
    }

    private func mixColumns(
        _ columns: UnsafeMutablePointer<Double>, from start: Int, to end: Int, stride: Int,
        by relative: UnsafePointer<Double>, size k: Int
    ) {
        if k == 1 {
            let scale = relative[0]
            for row in start..<end { columns[row] *= scale }
            return
        }
        let buffer = scratchBlock.pointer
        for row in start..<end {
            for column in 0..<k { buffer[column] = columns[row + column * stride] }
            for column in 0..<k { columns[row + column * stride] = Self.dot(buffer, relative + column * k, k) }
        }
    }

    /// Which inverse of the border the traces are taken from.
    enum InverseKind {
        /// *C^{uu}*, fixed effects included: restricted likelihood.
        case withFixedEffects
        /// *M⁻¹*, fixed effects left out: likelihood, and conditional variances.
        case randomEffectsOnly
    }

    /// Inverts the factored border into `borderInverse`, both triangles, in the units of *u*.
    func invertBorder(_ kind: InverseKind) {
        let size = plan.borderSize
        let stride = plan.borderStride
        let used = kind == .withFixedEffects ? size : plan.borderEffectCount
        let target = borderInverse.pointer
        if used < size { borderInverse.clear() }
        let source = border.pointer
        ParallelLoop.forEachRange(used, smallest: 128, threads: threads) { range in
            for column in range {
                let start = column * (size + 1)
                (target + start).update(from: source + column * (stride + 1), count: used - column)
            }
        }
        _ = TiledKernel.inverseFromCholesky(
            target, scratch: borderScratch.pointer, size: used, leadingDimension: size, threads: threads)
    }

    /// Turns `borderInverse` from the units of *u* to those of *b = Λu*.
    func rescaleBorderInverse() {
        let size = plan.borderSize
        let matrix = borderInverse.pointer
        var buffer = [Double](repeating: 0, count: 2 * (plan.border.map(\.width).max() ?? 1))
        buffer.withUnsafeMutableBufferPointer { storage in
            guard let old = storage.baseAddress else { return }
            for factor in plan.border {
                let k = factor.width
                let relative = relativeFactors[factor.factor].pointer
                let new = old + k
                for column in 0..<size {
                    let values = matrix + column * size + factor.offset
                    if k == 1 {
                        let scale = relative[0]
                        for row in 0..<factor.levelCount { values[row] *= scale }
                        continue
                    }
                    for level in 0..<factor.levelCount {
                        for element in 0..<k { old[element] = values[level * k + element] }
                        Self.multiply(relative, old, size: k, into: new)
                        for element in 0..<k { values[level * k + element] = new[element] }
                    }
                }
                for level in 0..<factor.levelCount {
                    let columns = matrix + (factor.offset + level * k) * size
                    if k == 1 {
                        let scale = relative[0]
                        for row in 0..<size { columns[row] *= scale }
                        continue
                    }
                    for row in 0..<size {
                        for column in 0..<k { old[column] = columns[row + column * size] }
                        Self.multiply(relative, old, size: k, into: new)
                        for column in 0..<k { columns[row + column * size] = new[column] }
                    }
                }
            }
        }
    }
}
