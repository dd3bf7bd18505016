// Sums over the rows of a batch, several lanes at a time.

/// Kernels on columns of a batch; the order of their sums depends on the number of rows alone.
enum ColumnKernel {
    /// The sum of products of two columns.
    static func dot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
        let (left, right) = (UnsafeRawPointer(left), UnsafeRawPointer(right))
        var sums = SIMD4<Double>.zero
        for group in 0..<count / 4 {
            sums +=
                left.loadUnaligned(fromByteOffset: 32 * group, as: SIMD4<Double>.self)
                * right.loadUnaligned(fromByteOffset: 32 * group, as: SIMD4<Double>.self)
        }
        var rest = 0.0
        for index in count / 4 * 4..<count {
            rest +=
                left.load(fromByteOffset: 8 * index, as: Double.self)
                * right.load(fromByteOffset: 8 * index, as: Double.self)
        }
        return sums.sum() + rest
    }

    /// The sum of a column.
    static func sum(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
        let bytes = UnsafeRawPointer(values)
        var sums = SIMD4<Double>.zero
        for group in 0..<count / 4 {
            sums += bytes.loadUnaligned(fromByteOffset: 32 * group, as: SIMD4<Double>.self)
        }
        var rest = 0.0
        for index in count / 4 * 4..<count { rest += values[index] }
        return sums.sum() + rest
    }

    /// Two neighbouring numbers.
    @inline(__always)
    static func pair(_ values: UnsafePointer<Double>) -> SIMD2<Double> {
        UnsafeRawPointer(values).loadUnaligned(as: SIMD2<Double>.self)
    }

    /// Adds to two neighbouring numbers.
    @inline(__always)
    static func add(_ values: SIMD2<Double>, to target: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(target).storeBytes(of: pair(target) + values, as: SIMD2<Double>.self)
    }

    /// Adds a multiple of a row of an even number of columns.
    @inline(__always)
    static func add(
        _ factor: Double, times values: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>, pairs: Int
    ) {
        let factors = SIMD2(repeating: factor)
        for index in 0..<pairs { add(factors * pair(values + 2 * index), to: target + 2 * index) }
    }
}
