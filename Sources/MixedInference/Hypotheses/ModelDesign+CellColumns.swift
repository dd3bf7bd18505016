// The fixed-effects columns over the cells of a design, under contrasts that the model need not have.

internal import MixedDesign
internal import MixedLinearAlgebra

extension ModelDesign {
    /// The columns of the fixed terms under some contrasts, as functions of a cell and of a product of numeric variables.
    ///
    /// A column is a product of a function of levels and one of numbers. Where the numbers vary within the cells, columns with
    /// different products of them are independent, and those with the same one are what they are as functions of the cell.
    ///
    /// - Parameter contrasts: for each categorical variable, the contrasts' values of each level.
    /// - **Shape:** one row for each cell and product of numeric variables, one column for each column of the fixed terms.
    /// - Returns: `nil` when the cells of a variable are not known.
    func cellColumns(contrasts: [Int: [[Double]]]) -> Matrix? {
        var columns: [CellColumn] = []
        for term in fixedTerms {
            var own = [CellColumn()]
            for (variable, coding) in zip(term.variables, term.codings) {
                let parts: [CellColumn]
                switch variables[variable].kind {
                case .numeric: parts = [CellColumn(numbers: [variable: 0])]
                case .basis(let basis): parts = (0..<basis.columnCount).map { CellColumn(numbers: [variable: $0]) }
                case .categorical(let levels, _):
                    guard let place = data.cells.variables.firstIndex(of: variable) else { return nil }
                    let rows =
                        coding == .indicators
                        ? levels.indices.map { level in levels.indices.map { $0 == level ? 1 : 0 } }
                        : contrasts[variable] ?? []
                    parts = (rows.first ?? []).indices.map { part in
                        CellColumn(factors: [.init(place: place, values: rows.map { $0[part] })])
                    }
                }
                own = parts.flatMap { part in own.map { $0.times(part) } }
            }
            columns += own
        }
        var products: [[Int: Int]: Int] = [:]
        for column in columns where products[column.numbers] == nil { products[column.numbers] = products.count }
        let cells = data.cells
        var result = Matrix(rows: cells.cellCount * products.count, columns: columns.count)
        for (index, column) in columns.enumerated() {
            let start = cells.cellCount * (products[column.numbers] ?? 0)
            for cell in 0..<cells.cellCount {
                result[start + cell, index] = column.factors.reduce(1) { product, factor in
                    product * factor.values[Int(cells.levels[factor.place][cell])]
                }
            }
        }
        return result
    }
}

/// A column of a term, taken apart into its variables.
private struct CellColumn {
    /// A function of the level of one variable.
    struct Factor {
        /// Which of the cells' variables it is.
        let place: Int
        /// One value for each level.
        let values: [Double]
    }

    var factors: [Factor] = []
    /// The column of each variable of numbers.
    var numbers: [Int: Int] = [:]

    func times(_ other: CellColumn) -> CellColumn {
        CellColumn(factors: factors + other.factors, numbers: numbers.merging(other.numbers) { $1 })
    }
}
