// What a new table has where a design looks for the levels of a grouping factor, and for weights.

package import MixedTables
internal import MixedSyntax

extension GroupingFactorDesign {
    /// The level that some rows of a table have, whether the design knows it or not; `nil` where it is missing.
    ///
    /// - **Complexity:** O(rows of the table) for each variable of the factor.
    package func levelNames(in table: DataTable, rows: [Int]) throws(DesignError) -> [String?] {
        let selected = table.selecting(rows: rows)
        var names = [String?](repeating: "", count: rows.count)
        for (place, variable) in variables.enumerated() {
            let expression = variable.expression.ignoringRelevel
            let values = try selected.values(
                of: StoredExpression(try variable.trained.applied(to: expression), source: expression.source)
            ).factor()
            for (row, code) in values.codes.enumerated() {
                guard let name = names[row], code >= 0 else {
                    names[row] = nil
                    continue
                }
                names[row] = place == 0 ? values.levels[Int(code)] : "\(name):\(values.levels[Int(code)])"
            }
        }
        return names
    }
}

extension ModelDesign {
    /// The columns that the weights are computed from; none when the model has no weights.
    package var weightColumnNames: [String] { weights?.expression.expression.variableNames ?? [] }
}
