// Kernels for the small blocks of one level.

extension BlockFactorization {
    /// *λ'Aλ + I*, or with another multiple of the identity.
    @inline(__always)
    static func scaledBlock(
        _ block: UnsafePointer<Double>, by relative: UnsafePointer<Double>, size k: Int, identity: Double = 1,
        into result: UnsafeMutablePointer<Double>
    ) {
        if k == 1 {
            result[0] = relative[0] * block[0] * relative[0] + identity
            return
        }
        for column in 0..<k {
            for row in 0..<k {
                var sum = row == column ? identity : 0.0
                for inner in 0..<k {
                    let right = relative[inner + column * k]
                    if right == 0 { continue }
                    for outer in 0..<k { sum += relative[outer + row * k] * block[outer + inner * k] * right }
                }
                result[row + column * k] = sum
            }
        }
    }

    /// *ℓ⁻¹λ'x* and *ℓ⁻ᵀℓ⁻¹λ'x* of the columns of a level with two effects: most slopes are that.
    @inline(__always)
    static func reducePairs(
        _ columns: UnsafePointer<Double>, count: Int, by relative: UnsafePointer<Double>,
        block: UnsafePointer<Double>, reduced: UnsafeMutablePointer<Double>, solved: UnsafeMutablePointer<Double>
    ) {
        let (l00, l10, l01, l11) = (relative[0], relative[1], relative[2], relative[3])
        let (first, below, second) = (1 / block[0], block[1], 1 / block[3])
        for column in 0..<count {
            let (x, y) = (columns[2 * column], columns[2 * column + 1])
            let upper = (l00 * x + l10 * y) * first
            let lower = (l01 * x + l11 * y - below * upper) * second
            reduced[2 * column] = upper
            reduced[2 * column + 1] = lower
            let last = lower * second
            solved[2 * column] = (upper - below * last) * first
            solved[2 * column + 1] = last
        }
    }

    /// *λ'x*.
    @inline(__always)
    static func multiplyTransposed(
        _ relative: UnsafePointer<Double>, _ vector: UnsafePointer<Double>, size k: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<k { result[row] = dot(relative + row * k, vector, k) }
    }

    /// *λx*.
    @inline(__always)
    static func multiply(
        _ relative: UnsafePointer<Double>, _ vector: UnsafePointer<Double>, size k: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<k {
            var sum = 0.0
            for column in 0..<k { sum += relative[row + column * k] * vector[column] }
            result[row] = sum
        }
    }

    @inline(__always)
    static func dot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += left[index] * right[index] }
        return sum
    }

    /// A dot product with four running sums, which the compiler turns into vector instructions.
    @inline(__always)
    static func longDot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
        var sums = SIMD4<Double>.zero
        var index = 0
        while index + 4 <= count {
            let a = UnsafeRawPointer(left + index).loadUnaligned(as: SIMD4<Double>.self)
            let b = UnsafeRawPointer(right + index).loadUnaligned(as: SIMD4<Double>.self)
            sums += a * b
            index += 4
        }
        var sum = sums[0] + sums[1] + (sums[2] + sums[3])
        while index < count {
            sum += left[index] * right[index]
            index += 1
        }
        return sum
    }
}
