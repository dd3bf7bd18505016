// Building a design and its frame from a formula and a table.

public import MixedSyntax
public import MixedTables

extension ModelDesign {
    /// Learns the design of `formula` from `table`, and evaluates it on the rows that have no missing value.
    ///
    /// Rows without a value in the response, a term, a grouping factor, the weights or an offset are left out. Levels are
    /// those that occur in the remaining rows. Bases, means and breaks are computed from the remaining rows.
    ///
    /// - **Complexity:** O(rows × variables); design columns are not stored.
    /// - **Throws:** `DesignError` when the formula does not fit the table, or the data cannot answer the formula.
    public static func build(
        _ formula: ModelFormula, data table: DataTable, options: DesignOptions = DesignOptions()
    ) throws(DesignError) -> (design: ModelDesign, frame: ModelFrame) {
        var builder = DesignBuilder(formula, table, options)
        return try builder.build()
    }

    /// The same of rows that are a part of the data: a factor may have a single level in them, and the response a single
    /// value, because other rows come to them before a model is fitted.
    ///
    /// - Parameter known: A design by which the rows are coded, so that levels, contrasts, means and knots are its own; those of
    ///   grouping factors are learned anew.
    static func buildPart(
        _ formula: ModelFormula, data table: DataTable, options: DesignOptions, codedAs known: ModelDesign? = nil
    ) throws(DesignError) -> (design: ModelDesign, frame: ModelFrame) {
        var builder = DesignBuilder(formula, table, options, purpose: .part(codedAs: known))
        return try builder.build()
    }
}
