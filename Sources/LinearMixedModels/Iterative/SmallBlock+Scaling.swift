// Scaling the blocks of single levels by relative factors.

internal import MixedLinearAlgebra

extension SmallBlock {
    @inline(__always)
    static func dot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += left[index] * right[index] }
        return sum
    }

    /// *λ'Aλ* for a symmetric *A*.
    @inline(__always)
    static func scale(
        _ block: UnsafePointer<Double>, by relative: UnsafePointer<Double>, size k: Int,
        scratch: UnsafeMutablePointer<Double>, into result: UnsafeMutablePointer<Double>
    ) {
        if k == 1 {
            result[0] = relative[0] * block[0] * relative[0]
            return
        }
        for column in 0..<k {
            for row in 0..<k { scratch[row + column * k] = dot(block + row * k, relative + column * k, k) }
        }
        for column in 0..<k {
            for row in 0..<k { result[row + column * k] = dot(relative + row * k, scratch + column * k, k) }
        }
    }

    /// *λAλ'* for a symmetric *A*.
    @inline(__always)
    static func scaleOuter(
        _ block: UnsafePointer<Double>, by relative: UnsafePointer<Double>, size k: Int,
        scratch: UnsafeMutablePointer<Double>, into result: UnsafeMutablePointer<Double>
    ) {
        if k == 1 {
            result[0] = relative[0] * block[0] * relative[0]
            return
        }
        for column in 0..<k {
            for row in 0..<k {
                var sum = 0.0
                for inner in 0..<k { sum += relative[row + inner * k] * block[inner + column * k] }
                scratch[row + column * k] = sum
            }
        }
        for column in 0..<k {
            for row in 0..<k {
                var sum = 0.0
                for inner in 0..<k { sum += scratch[row + inner * k] * relative[column + inner * k] }
                result[row + column * k] = sum
            }
        }
    }
}
