// Marginal means, or slopes, of a fit: what they are of, their estimates, and what they were averaged over.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedNumerics

/// Marginal means or slopes with their standard errors, degrees of freedom and confidence limits.
public struct MarginalEstimates: Sendable {
    /// What is estimated.
    public enum Quantity: Hashable, Sendable {
        case mean
        /// The change of the mean per unit of a variable.
        case slope(of: String)
    }

    public let quantity: Quantity
    /// The variables whose combinations are compared, then those that make groups; the first varies fastest.
    public let variables: [String]
    /// The last of `variables`, whose combinations make groups.
    public let groups: [String]
    public let rows: [MarginalEstimate]
    /// Variables that were averaged over.
    public let averagedOver: [String]
    /// Numbers that were held at one value, which is none of those of `variables`.
    public let heldAt: [HeldValue]
    public let weights: MarginalWeights
    /// The level of the confidence limits.
    public let level: Double
    /// How degrees of freedom were found.
    public let method: DegreesOfFreedomMethod
    /// What is worth knowing of how the means were made, in sentences.
    public let notes: [String]

    let fit: LinearMixedModelFit
    let source: EstimateSource
    let grid: [GridVariable]

    /// A variable of numbers and the value that it was held at.
    public struct HeldValue: Hashable, Sendable {
        public let variable: String
        public let value: GridValue
    }
}

/// A marginal mean or slope.
public struct MarginalEstimate: Sendable {
    /// The values of the variables that it belongs to, in the order of `MarginalEstimates.variables`.
    public let values: [GridValue]
    /// Not a number where the mean is not estimable.
    public let estimate: Double
    public let standardError: Double
    /// Infinite for a normal distribution.
    public let degreesOfFreedom: Double
    public let lowerLimit: Double
    public let upperLimit: Double
    /// Why there is no estimate: the cells without data; `nil` for an estimate.
    public let obstacle: String?

    /// The weights of all columns' coefficients, and what is added.
    let combination: [Double]
    let offset: Double
}

/// Estimates combinations of coefficients by one method, and knows which ones the data answer.
struct EstimateSource: Sendable {
    let inference: FixedEffectsInference
    let estimability: Estimability

    init(_ fit: LinearMixedModelFit, _ inference: FixedEffectsInference?) {
        self.inference = inference ?? fit.inference()
        estimability = Estimability(fit)
    }

    /// An estimate with its standard error and degrees of freedom; not numbers where it is not estimable.
    func estimate(
        _ combination: [Double], offset: Double = 0
    ) -> (estimate: Double, standardError: Double, degreesOfFreedom: Double) {
        guard estimability.isEstimable(combination) else { return (.nan, .nan, .nan) }
        let restricted = estimability.restricted(combination)
        return (
            inference.estimate(of: restricted) + offset, inference.standardError(of: restricted),
            inference.degreesOfFreedom(of: restricted)
        )
    }
}

extension MarginalEstimates {
    init(
        _ fit: LinearMixedModelFit, quantity: Quantity, grid: ReferenceGrid, average: MarginalAverage, groups: [String],
        weights: MarginalWeights, source: EstimateSource, level: Double, cells: CellWeights, notes: [String]
    ) {
        self.quantity = quantity
        self.groups = groups
        self.weights = weights
        self.level = level
        self.fit = fit
        self.source = source
        self.notes = notes
        method = source.inference.method
        self.grid = grid.variables
        variables = average.kept.map { grid.variables[$0].name }
        averagedOver = average.averaged.map { grid.variables[$0].name }
        heldAt = grid.variables.indices.compactMap { index in
            let variable = grid.variables[index]
            guard !average.kept.contains(index), variable.values.count == 1 else { return nil }
            // Where a slope is taken matters only inside functions.
            if case .slope(let name) = quantity, name == variable.name, !fit.design.transforms(name) { return nil }
            return HeldValue(variable: variable.name, value: variable.values[0])
        }
        rows = average.values.indices.map { mean in
            let combination = average.combinations[mean]
            // A slope does not change with what is added to all.
            let offset = quantity == .mean ? average.offsets[mean] : 0
            let (estimate, error, freedom) = source.estimate(combination, offset: offset)
            let margin = StudentTDistribution(degreesOfFreedom: freedom).quantile(0.5 + level / 2) * error
            let isMissing = estimate.isNaN
            return MarginalEstimate(
                values: zip(average.kept, average.values[mean]).map { grid.variables[$0].values[$1] },
                estimate: estimate, standardError: error, degreesOfFreedom: freedom,
                lowerLimit: estimate - margin, upperLimit: estimate + margin,
                obstacle: isMissing
                    ? Self.obstacle(grid, points: average.points[mean], cells: cells, source.estimability) : nil,
                combination: combination, offset: offset)
        }
    }

    /// Why a mean over some points is not estimable.
    private static func obstacle(
        _ grid: ReferenceGrid, points: [Int], cells: CellWeights, _ estimability: Estimability
    ) -> String {
        if points.isEmpty { return "it has no rows to weight by" }
        var empty: [String] = []
        for point in points {
            guard let cell = cells.emptyCell(at: point, of: grid), !empty.contains(cell) else { continue }
            empty.append(cell)
            if empty.count > 3 { break }
        }
        guard !empty.isEmpty else {
            let names = estimability.aliasedNames
            let isOne = names.count == 1
            return "it depends on \(isOne ? "the column" : "columns") \(MarginalMeansError.list(names)), "
                + "\(isOne ? "a combination" : "combinations") of others in the data"
        }
        return "there are no rows with " + empty.prefix(3).joined(separator: "; or ") + (empty.count > 3 ? "; ..." : "")
    }

    /// The rows of each group, in order; all of them where there are no groups.
    var groupedRows: [Range<Int>] {
        let inGroup = rows.count / max(groupCount, 1)
        return (0..<groupCount).map { $0 * inGroup..<($0 + 1) * inGroup }
    }

    private var groupCount: Int {
        groups.reduce(1) { count, name in count * (grid.first { $0.name == name }?.values.count ?? 1) }
    }

    /// The number of variables that are not groups.
    var ownCount: Int { variables.count - groups.count }

    /// What a row is called among the others of its group: emmeans' labels.
    func label(ofRow row: Int) -> String {
        let own = (0..<ownCount).map { place -> String in
            let value = rows[row].values[place]
            return grid.first { $0.name == variables[place] }?.label(value) ?? value.label
        }
        let label = own.isEmpty ? "overall" : own.joined(separator: " ")
        // What could be read as a difference stands in parentheses.
        return label.contains { "-+/*".contains($0) } ? "(\(label))" : label
    }
}

extension ModelDesign {
    /// Whether the fixed effects have a column of the table inside a function.
    fileprivate func transforms(_ column: String) -> Bool {
        fixedTerms.flatMap(\.variables).contains {
            variables[$0].columnNames.contains(column) && variables[$0].name != column
        }
    }
}
