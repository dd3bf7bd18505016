// A dense matrix of doubles, the currency between rooms; kernels work on its storage directly.

/// A dense matrix, stored column by column.
public struct Matrix: Hashable, Sendable, Codable {
    public let rowCount: Int
    public let columnCount: Int
    /// The elements, column after column.
    public var storage: [Double]

    /// A matrix of zeros.
    public init(rows: Int, columns: Int) {
        rowCount = rows
        columnCount = columns
        storage = [Double](repeating: 0, count: rows * columns)
    }

    /// A matrix with the given elements, column after column; missing elements are zero.
    public init(rows: Int, columns: Int, columnMajor elements: [Double]) {
        rowCount = rows
        columnCount = columns
        storage = elements
        if storage.count > rows * columns { storage.removeLast(storage.count - rows * columns) }
        while storage.count < rows * columns { storage.append(0) }
    }

    /// The identity matrix.
    public static func identity(_ size: Int) -> Matrix {
        var result = Matrix(rows: size, columns: size)
        for index in 0..<size { result[index, index] = 1 }
        return result
    }

    /// A square matrix with the given diagonal.
    public static func diagonal(_ values: [Double]) -> Matrix {
        var result = Matrix(rows: values.count, columns: values.count)
        for (index, value) in values.enumerated() { result[index, index] = value }
        return result
    }

    @inlinable
    public subscript(row: Int, column: Int) -> Double {
        get { storage[row + column * rowCount] }
        set { storage[row + column * rowCount] = newValue }
    }

    /// The elements of the main diagonal.
    public var diagonal: [Double] {
        (0..<min(rowCount, columnCount)).map { self[$0, $0] }
    }

    /// The elements of a column.
    public func column(_ index: Int) -> [Double] {
        Array(storage[index * rowCount..<(index + 1) * rowCount])
    }

    /// The elements of a row.
    public func row(_ index: Int) -> [Double] {
        (0..<columnCount).map { self[index, $0] }
    }

    /// The transpose.
    public var transposed: Matrix {
        var result = Matrix(rows: columnCount, columns: rowCount)
        for column in 0..<columnCount {
            for row in 0..<rowCount { result[column, row] = self[row, column] }
        }
        return result
    }

    /// The part of the matrix in the given rows and columns.
    public func selecting(rows: [Int], columns: [Int]) -> Matrix {
        var result = Matrix(rows: rows.count, columns: columns.count)
        for (newColumn, column) in columns.enumerated() {
            for (newRow, row) in rows.enumerated() { result[newRow, newColumn] = self[row, column] }
        }
        return result
    }
}

extension Matrix {
    /// The matrix product, in *m n k* operations.
    public static func * (left: Matrix, right: Matrix) -> Matrix {
        var result = Matrix(rows: left.rowCount, columns: right.columnCount)
        let rows = left.rowCount
        let depth = min(left.columnCount, right.rowCount)
        result.storage.withUnsafeMutableBufferPointer { result in
            left.storage.withUnsafeBufferPointer { left in
                right.storage.withUnsafeBufferPointer { rightStorage in
                    for column in 0..<right.columnCount {
                        for inner in 0..<depth {
                            let factor = rightStorage[inner + column * right.rowCount]
                            if factor == 0 { continue }
                            for row in 0..<rows { result[row + column * rows] += left[row + inner * rows] * factor }
                        }
                    }
                }
            }
        }
        return result
    }

    public static func * (left: Matrix, right: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: left.rowCount)
        let rows = left.rowCount
        result.withUnsafeMutableBufferPointer { result in
            left.storage.withUnsafeBufferPointer { left in
                for (column, factor) in right.enumerated() where (column + 1) * rows <= left.count {
                    for row in 0..<rows { result[row] += left[row + column * rows] * factor }
                }
            }
        }
        return result
    }

    public static func * (scale: Double, matrix: Matrix) -> Matrix {
        var result = matrix
        for index in result.storage.indices { result.storage[index] *= scale }
        return result
    }

    public static func + (left: Matrix, right: Matrix) -> Matrix {
        var result = left
        for index in result.storage.indices { result.storage[index] += right.storage[index] }
        return result
    }

    public static func - (left: Matrix, right: Matrix) -> Matrix {
        var result = left
        for index in result.storage.indices { result.storage[index] -= right.storage[index] }
        return result
    }

    /// The sum of the products of corresponding elements, *tr(A'B)*.
    public func inner(_ other: Matrix) -> Double {
        var sum = 0.0
        for index in storage.indices { sum += storage[index] * other.storage[index] }
        return sum
    }

    /// Copies the lower triangle into the upper one.
    public mutating func symmetrizeFromLower() {
        for column in 0..<columnCount {
            for row in column + 1..<max(rowCount, column + 1) { self[column, row] = self[row, column] }
        }
    }
}
