// Differences between marginal means or slopes, tested and adjusted for their number.

internal import LinearMixedModels

/// Contrasts with their standard errors, tests and simultaneous limits.
public struct MarginalContrasts: Sendable {
    public let kind: ContrastMethod
    /// What the contrasts are of.
    public let quantity: MarginalEstimates.Quantity
    /// The variables within whose combinations the contrasts are.
    public let groups: [String]
    public let rows: [MarginalContrast]
    /// The adjustment that was made, which for a single contrast is none.
    public let adjustment: MultiplicityAdjustment
    /// The adjustment of the limits: that of the tests, or Bonferroni's where it has no intervals.
    public let limitsAdjustment: MultiplicityAdjustment
    /// How many contrasts each group has: the family that is adjusted for.
    public let familySize: Int
    /// How many means each group has.
    public let meanCount: Int
    public let level: Double
    public let method: DegreesOfFreedomMethod
    public let notes: [String]
}

/// One contrast.
public struct MarginalContrast: Sendable {
    public let contrast: String
    /// The values of `MarginalContrasts.groups`.
    public let group: [GridValue]
    /// Not a number where the contrast is not estimable.
    public let estimate: Double
    public let standardError: Double
    public let degreesOfFreedom: Double
    /// The estimate over its standard error.
    public let statistic: Double
    /// Two-sided, adjusted for the number of contrasts in the group.
    public let pValue: Double
    /// Simultaneous with the others of the group.
    public let lowerLimit: Double
    public let upperLimit: Double
    /// Why there is no estimate.
    public let obstacle: String?
}

extension MarginalEstimates {
    /// Contrasts of the means within each group, adjusted as emmeans does: Tukey's method for pairwise differences, the
    /// multivariate t (Dunnett's) for differences from a reference and consecutive ones, otherwise none.
    ///
    /// - Throws: `MarginalMeansError` for weights that are not one for each mean, or a single mean.
    public func contrasts(
        _ kind: ContrastMethod, isRatio: Bool = false
    ) throws(MarginalMeansError) -> MarginalContrasts {
        try contrasts(kind, adjustment: kind.standardAdjustment, isRatio: isRatio)
    }

    /// Contrasts of the means within each group.
    ///
    /// - Parameters:
    ///   - adjustment: for the contrasts of one group.
    ///   - isRatio: whether they are named as ratios; their numbers stay differences.
    /// - Complexity: O(contrasts × columns²); the multivariate t takes an integral for each.
    /// - Throws: `MarginalMeansError` for weights that are not one for each mean, or a single mean.
    public func contrasts(
        _ kind: ContrastMethod, adjustment: MultiplicityAdjustment, isRatio: Bool = false
    ) throws(MarginalMeansError) -> MarginalContrasts {
        let ranges = groupedRows
        let meanCount = ranges.first?.count ?? 0
        var notes: [String] = []
        if case .custom(let contrasts) = kind {
            let others = contrasts.filter { !$0.sumsToZero }.map { "'\($0.name)'" }
            if !others.isEmpty {
                notes.append(
                    "the weights of \(others.joined(separator: ", ")) do not sum to zero: estimated and tested against zero as they are"
                )
            }
        } else if meanCount < 2 {
            throw .nothingToCompare(variables: Array(variables.prefix(ownCount)))
        }
        if kind == .polynomial, grid.contains(where: { $0.isNumeric && variables.prefix(ownCount).contains($0.name) }) {
            notes.append("polynomial contrasts take the means as equally spaced")
        }
        var rows: [MarginalContrast] = []
        var used: (tests: MultiplicityAdjustment, limits: MultiplicityAdjustment)?
        var familySize = 0
        for range in ranges {
            let contrasts = try kind.contrasts(
                range.map(label(ofRow:)),
                values: range.map { row in
                    self.rows[row].values.prefix(ownCount).map(\.label).joined(separator: " ")
                }, isRatio: isRatio)
            familySize = contrasts.count
            let group = range.first.map { Array(self.rows[$0].values.dropFirst(ownCount)) } ?? []
            let tests = ContrastTests(
                contrasts, of: Array(self.rows[range]), source: source, level: level,
                adjustment: adjustment, isPairwise: kind == .pairwise)
            rows += tests.rows(group: group)
            // A group in which a single contrast is estimable has nothing to adjust for; the others say what was done.
            if used.map({ $0.tests == .none }) ?? true { used = (tests.adjustment, tests.limitsAdjustment) }
            for note in tests.notes where !notes.contains(note) { notes.append(note) }
        }
        return MarginalContrasts(
            kind: kind, quantity: quantity, groups: groups, rows: rows, adjustment: used?.tests ?? .none,
            limitsAdjustment: used?.limits ?? .none, familySize: familySize, meanCount: meanCount, level: level,
            method: method, notes: notes)
    }
}
