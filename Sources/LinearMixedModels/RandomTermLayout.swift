// Which columns of which grouping factor each random-effects term owns.

/// The place of one random-effects term among its grouping factor's columns.
///
/// Terms that share a grouping factor stand side by side in its columns; between them there is no covariance.
package struct RandomTermLayout: Hashable, Sendable {
    /// Index of the grouping factor.
    package let factor: Int
    /// First of the term's columns among the factor's columns.
    package let columnOffset: Int
    /// Random effects of one level that belong to the term.
    package let columnCount: Int

    package init(factor: Int, columnOffset: Int, columnCount: Int) {
        self.factor = factor
        self.columnOffset = columnOffset
        self.columnCount = columnCount
    }

    /// How many covariance parameters an unstructured term of this width has.
    package var parameterCount: Int { columnCount * (columnCount + 1) / 2 }
}

extension RandomTermLayout {
    /// A term as a formula has it, such as `(1 + Days | Subject)`.
    static func label(_ columnNames: [String], of group: String) -> String {
        "(\(columnNames.map { $0 == "(Intercept)" ? "1" : $0 }.joined(separator: " + ")) | \(group))"
    }
}
