// Tests of every term by its interaction contrasts on the reference grid, also within groups: simple effects.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The F-test that all interaction contrasts of some variables are zero, in one group.
public struct JointTest: Sendable {
    /// The values of the grouping variables.
    public let group: [GridValue]
    /// The F-test, labelled by the variables joined by colons.
    public let test: HypothesisTest
    /// How many contrasts were asked for: more than the test's degrees of freedom when some are not estimable. The test has
    /// no degrees of freedom, and numbers that are not, when none is.
    public let contrastCount: Int
}

extension LinearMixedModelFit {
    /// Tests every combination of variables that is a term of the model or part of one, as emmeans' `joint_tests`.
    ///
    /// The hypothesis is that the interaction contrasts of the equally weighted means are zero, over what of them is
    /// estimable. Variables of numbers are taken one unit to either side of their mean. With groups, the tests are those of
    /// simple effects.
    ///
    /// - Returns: for each group its tests, lower orders first.
    /// - Complexity: O(grid × columns + contrasts³) for each term.
    /// - Throws: `MarginalMeansError`.
    public func jointTests(
        by groups: [String] = [], at settings: [String: [GridSetting]] = [:],
        inference: FixedEffectsInference? = nil
    ) throws(MarginalMeansError) -> [JointTest] {
        var plan = try ReferenceGrid.variables(self, at: settings)
        for index in plan.indices where plan[index].role == .covariate && !plan[index].isSet {
            guard let mean = plan[index].summary?.mean else { throw .nothingRemembered(variable: plan[index].name) }
            plan[index].values = [.number(mean - 1), .number(mean + 1)]
        }
        let grid = try ReferenceGrid(self, variables: plan)
        let (grouping, _) = try Self.kept(grid, [], groups, self)
        let cells = CellWeights(grid)
        let source = EstimateSource(self, inference)
        let tested = plan.indices.filter { !grouping.contains($0) && plan[$0].values.count > 1 }
        var byGroup: [[JointTest]] = []
        for subset in subsets(of: tested, in: plan) {
            let average = MarginalAverage(grid, keeping: subset + grouping, weights: .equal, cells: cells)
            let inGroup = subset.reduce(1) { $0 * plan[$1].values.count }
            let contrasts = Self.interactionContrasts(subset.map { plan[$0].values.count })
            let label = subset.map { plan[$0].name }.joined(separator: ":")
            for group in 0..<average.combinations.count / inGroup {
                let means = Array(average.combinations[group * inGroup..<(group + 1) * inGroup])
                let rows = source.estimability.estimableSpan(contrasts.map { Self.combine(means, $0) })
                let values = zip(grouping, average.values[group * inGroup].dropFirst(subset.count))
                    .map { plan[$0].values[$1] }
                let test = source.test(rows, label: label)
                while byGroup.count <= group { byGroup.append([]) }
                byGroup[group].append(JointTest(group: values, test: test, contrastCount: contrasts.count))
            }
        }
        return byGroup.flatMap { $0 }
    }

    /// The sets of variables that occur together in a term, small ones first.
    private func subsets(of tested: [Int], in plan: [GridVariable]) -> [[Int]] {
        let terms = design.fixedTerms.map { term in
            Set(term.variables.flatMap { design.variables[$0].columnNames })
        }
        var result: [[Int]] = []
        var level: [[Int]] = tested.map { [$0] }
        while !level.isEmpty {
            let found = level.filter { set in terms.contains { $0.isSuperset(of: set.map { plan[$0].name }) } }
            result += found
            level = found.flatMap { set in tested.filter { $0 > (set.last ?? -1) }.map { set + [$0] } }
        }
        return result
    }

    /// Products of consecutive differences, the first variable varying fastest.
    private static func interactionContrasts(_ sizes: [Int]) -> [[Double]] {
        var result: [[Double]] = [[1]]
        for size in sizes {
            let own = (1..<max(size, 1)).map { step in
                (0..<size).map { $0 == step ? 1.0 : $0 == step - 1 ? -1 : 0 }
            }
            result = own.flatMap { difference in
                result.map { earlier in difference.flatMap { weight in earlier.map { weight * $0 } } }
            }
        }
        return result
    }

    private static func combine(_ rows: [[Double]], _ weights: [Double]) -> [Double] {
        var sum = [Double](repeating: 0, count: rows.first?.count ?? 0)
        for (row, weight) in zip(rows, weights) where weight != 0 {
            for column in sum.indices { sum[column] += weight * row[column] }
        }
        return sum
    }
}

extension EstimateSource {
    /// The F-test that estimable combinations of all columns' coefficients are zero.
    fileprivate func test(_ combinations: [[Double]], label: String) -> HypothesisTest {
        guard let first = combinations.first else { return .empty(label) }
        var matrix = Matrix(rows: combinations.count, columns: estimability.restricted(first).count)
        for (row, combination) in combinations.enumerated() {
            for (column, weight) in estimability.restricted(combination).enumerated() { matrix[row, column] = weight }
        }
        return inference.test(LinearHypothesis(label: label, matrix: matrix))
    }
}
