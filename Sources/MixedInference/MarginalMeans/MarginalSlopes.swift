// How the mean of the response changes with a variable of numbers: `emtrends` with derivatives for difference quotients.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// The slopes of a variable at the combinations of others, averaged over what is not named.
    ///
    /// A slope is *c'β̂* with *c* the derivative of the design's row with respect to the variable, averaged over the
    /// reference grid. Where the variable enters linearly that is its coefficient with those of its interactions; in
    /// polynomials, splines and logarithms it is the slope at the variable's value on the grid: its mean, or what `settings`
    /// ask for.
    ///
    /// - Parameters:
    ///   - variable: a column of numbers.
    ///   - variables: columns whose combinations have slopes of their own, which are compared.
    ///   - groups: variables within whose combinations slopes are compared.
    /// - **Scale:** units of the response, as the formula has it, per unit of the variable.
    /// - Complexity: sixteen evaluations of the grid, whatever the number of rows.
    /// - Throws: `MarginalMeansError`.
    public func slopes(
        of variable: String, by variables: [String] = [], within groups: [String] = [],
        at settings: [String: [GridSetting]] = [:], weights: MarginalWeights = .equal,
        inference: FixedEffectsInference? = nil, level: Double = 0.95
    ) throws(MarginalMeansError) -> MarginalEstimates {
        guard level > 0, level < 1 else { throw .level(level) }
        var plan = try ReferenceGrid.variables(self, at: settings)
        let own = try Self.slopeIndex(of: variable, in: &plan, self)
        let name = plan[own].name
        let grid = try ReferenceGrid(self, variables: plan)
        let (kept, groupNames) = try Self.kept(grid, variables, groups, self)
        let cells = CellWeights(grid)
        let derivative = try GridDerivative(self, grid: grid, variable: own).rows()
        let average = MarginalAverage(
            ReferenceGrid(grid, rows: derivative), keeping: kept, weights: weights, cells: cells)
        return MarginalEstimates(
            self, quantity: .slope(of: name), grid: grid, average: average, groups: groupNames, weights: weights,
            source: EstimateSource(self, inference), level: level, cells: cells,
            notes: Self.notes(grid, average, weights).filter { !$0.hasPrefix(name + " is a number") })
    }

    /// The index of the variable whose slope is asked for; two values of its own become their mean.
    static func slopeIndex(
        of name: String, in plan: inout [GridVariable], _ fit: LinearMixedModelFit
    ) throws(MarginalMeansError) -> Int {
        let index = try ReferenceGrid.index(of: name, among: plan, fit)
        guard plan[index].role != .factor else { throw .slopeOfFactor(name: plan[index].name) }
        if plan[index].role == .twoValued, !plan[index].isSet, let mean = plan[index].summary?.mean {
            plan[index].values = [.number(mean)]
        }
        return index
    }
}

extension ReferenceGrid {
    /// The grid with other rows of the design at its points.
    init(_ grid: ReferenceGrid, rows: Matrix) {
        variables = grid.variables
        self.rows = rows
        offsets = grid.offsets
        design = grid.design
    }
}
