// Marginal means of a fit: `emmeans` without the rows.

public import LinearMixedModels
internal import MixedDesign

extension LinearMixedModelFit {
    /// The means of the response at the combinations of some variables, averaged over what is not named.
    ///
    /// The model is evaluated on a reference grid, all combinations of the categorical variables' levels with the other
    /// variables at their means; a mean is *c'β̂* with *c* the average of the grid's design rows. Searle, Speed & Milliken
    /// (1980), The American Statistician 34(4), 216-221.
    ///
    ///     let means = try fit.marginalMeans(of: ["SES"], at: ["hours_study": [5, 10]])
    ///
    /// - Parameters:
    ///   - variables: columns of the table, or none for the mean of all.
    ///   - groups: variables within whose combinations contrasts are taken.
    ///   - settings: values of variables, in place of all levels or of the mean.
    ///   - inference: the method of degrees of freedom; Satterthwaite's without.
    /// - **Scale:** units of the response as the formula has it.
    /// - Complexity: O(points of the grid × columns), whatever the number of rows.
    /// - Throws: `MarginalMeansError`. A mean that is not estimable is a row that says so.
    public func marginalMeans(
        of variables: [String], by groups: [String] = [], at settings: [String: [GridSetting]] = [:],
        weights: MarginalWeights = .equal, inference: FixedEffectsInference? = nil, level: Double = 0.95
    ) throws(MarginalMeansError) -> MarginalEstimates {
        guard level > 0, level < 1 else { throw .level(level) }
        let grid = try ReferenceGrid(self, variables: ReferenceGrid.variables(self, at: settings))
        let (kept, groupNames) = try Self.kept(grid, variables, groups, self)
        let cells = CellWeights(grid)
        let average = MarginalAverage(grid, keeping: kept, weights: weights, cells: cells)
        return MarginalEstimates(
            self, quantity: .mean, grid: grid, average: average, groups: groupNames, weights: weights,
            source: EstimateSource(self, inference), level: level, cells: cells,
            notes: Self.notes(grid, average, weights))
    }

    /// The indices of the variables and then of the groups, and the groups' names; each variable once.
    static func kept(
        _ grid: ReferenceGrid, _ variables: [String], _ groups: [String], _ fit: LinearMixedModelFit
    ) throws(MarginalMeansError) -> (indices: [Int], groups: [String]) {
        var own: [Int] = []
        var grouping: [Int] = []
        for name in groups {
            let index = try ReferenceGrid.index(of: name, among: grid.variables, fit)
            if !grouping.contains(index) { grouping.append(index) }
        }
        for name in variables {
            let index = try ReferenceGrid.index(of: name, among: grid.variables, fit)
            if !own.contains(index) { own.append(index) }
        }
        grouping.removeAll { own.contains($0) }
        return (own + grouping, grouping.map { grid.variables[$0].name })
    }

    /// What is worth knowing of how the means were made.
    static func notes(_ grid: ReferenceGrid, _ average: MarginalAverage, _ weights: MarginalWeights) -> [String] {
        var notes: [String] = []
        let kept = Set(average.kept.map { grid.variables[$0].name })
        for index in average.kept {
            let variable = grid.variables[index]
            if variable.role == .covariate, !variable.isSet {
                notes.append(
                    "\(variable.name) is a number, shown at its mean only; other values are asked for by --at")
            }
        }
        let twoValued = average.averaged.filter { grid.variables[$0].role == .twoValued && !grid.variables[$0].isSet }
        if !twoValued.isEmpty, weights != .equal {
            let names = twoValued.map { grid.variables[$0].name }.joined(separator: ", ")
            notes.append("the two values of \(names) are weighted by their shares of all rows, alike in every cell")
        }
        if weights != .equal, grid.design.hasWeights {
            notes.append("cells are weighted by their numbers of rows, not by the model's weights")
        }
        let averaged = Set(average.averaged.map { grid.variables[$0].name })
        let interactions = grid.design.fixedTerms.filter { term in
            let columns = term.variables.flatMap { grid.design.variables[$0].columnNames }
            return columns.contains(where: kept.contains) && columns.contains(where: averaged.contains)
        }
        if let term = interactions.first {
            notes.append(
                "the model has the interaction \(term.label): averages over one of its variables can hide differences")
        }
        return notes
    }
}
