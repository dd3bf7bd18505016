// One column of a design matrix, filled for any range of rows without ever being stored.

/// A design column as the product of its components over the rows of a frame.
struct FrameColumn: Sendable {
    /// What a column is multiplied together from.
    enum Component: Sendable {
        /// Numbers, one for each row.
        case values([Double])
        /// One for the rows at a level, zero for the others.
        case indicator(codes: [Int32], level: Int32)
        /// For each row the number that the table has for its level.
        case table(codes: [Int32], values: [Double])
    }

    /// No component makes the constant column.
    var components: [Component]

    /// Writes the column for `rows` to `destination`.
    ///
    /// - **Complexity:** O(rows × components); allocates nothing.
    func fill(_ rows: Range<Int>, into destination: UnsafeMutablePointer<Double>) {
        guard let first = components.first else {
            destination.update(repeating: 1, count: rows.count)
            return
        }
        Self.assign(first, rows, destination)
        for component in components.dropFirst() { Self.multiply(component, rows, destination) }
    }

    private static func assign(
        _ component: Component, _ rows: Range<Int>, _ destination: UnsafeMutablePointer<Double>
    ) {
        let start = rows.lowerBound
        let count = rows.count
        switch component {
        case .values(let values):
            values.withUnsafeBufferPointer { values in
                for row in 0..<count { destination[row] = values[start &+ row] }
            }
        case .indicator(let codes, let level):
            codes.withUnsafeBufferPointer { codes in
                for row in 0..<count { destination[row] = codes[start &+ row] == level ? 1 : 0 }
            }
        case .table(let codes, let table):
            codes.withUnsafeBufferPointer { codes in
                table.withUnsafeBufferPointer { table in
                    for row in 0..<count { destination[row] = table[Int(codes[start &+ row])] }
                }
            }
        }
    }

    private static func multiply(
        _ component: Component, _ rows: Range<Int>, _ destination: UnsafeMutablePointer<Double>
    ) {
        let start = rows.lowerBound
        let count = rows.count
        switch component {
        case .values(let values):
            values.withUnsafeBufferPointer { values in
                for row in 0..<count { destination[row] *= values[start &+ row] }
            }
        case .indicator(let codes, let level):
            codes.withUnsafeBufferPointer { codes in
                for row in 0..<count { destination[row] *= codes[start &+ row] == level ? 1 : 0 }
            }
        case .table(let codes, let table):
            codes.withUnsafeBufferPointer { codes in
                table.withUnsafeBufferPointer { table in
                    for row in 0..<count { destination[row] *= table[Int(codes[start &+ row])] }
                }
            }
        }
    }
}
