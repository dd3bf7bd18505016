// Cluster-robust covariance and its degrees of freedom against R's clubSandwich.

import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedInference

@Suite struct ClusterRobustTests {
    static let names = ["slopes", "nested", "linear"]

    /// The golden model of a name; "slopes" is the uneven one here.
    private func fit(_ name: String) throws -> (fit: LinearMixedModelFit, table: DataTable) {
        try InfluenceModels.fit(name == "slopes" ? "short" : name)
    }

    private func compare(_ own: ClusterRobustInference, _ golden: InfluenceGolden.Robust, _ label: String)
        -> Differences
    {
        var differences = Differences()
        let size = golden.se.count
        let errors = golden.se
        for column in 0..<size {
            for row in 0..<size {
                differences.compare(
                    "\(label) covariance", own.covariance[row, column], golden.covariance[row + column * size],
                    relative: 1e-5, absolute: 1e-6 * errors[row] * errors[column])
            }
        }
        let tests = own.coefficientTests()
        differences.compare("\(label) se", tests.map(\.standardError), golden.se, relative: 1e-6)
        differences.compare("\(label) df", tests.map(\.degreesOfFreedom), golden.df, relative: 1e-5)
        differences.compare("\(label) p", tests.map(\.pValue), golden.p, relative: 1e-4)
        var matrix = Matrix(rows: 2, columns: size)
        matrix[0, 1] = 1
        matrix[1, 2] = 1
        if let test = own.test(LinearHypothesis(label: "two", matrix: matrix)) {
            differences.compare("\(label) F", test.statistic, golden.F, relative: 1e-5)
            differences.compare("\(label) Fdf", test.denominatorDegreesOfFreedom, golden.Fdf, relative: 1e-5)
        } else {
            Issue.record("\(label): no test")
        }
        return differences
    }

    @Test(arguments: names, ClusterRobustType.allCases)
    func equalsClubSandwich(name: String, type: ClusterRobustType) throws {
        let (fit, table) = try fit(name)
        let golden = try #require(try InfluenceGolden.load().robust[name]?[type.rawValue])
        let cluster = InfluenceModels.groups[name] ?? ""
        let rows = try RowGroups(cluster, of: fit, data: table)
        for threads in [1, 2] {
            let differences = compare(try fit.clusterRobust(by: rows, type: type, threads: threads), golden, name)
            #expect(differences.isEmpty, "\(differences)")
        }
        if fit.hasRandomEffects {
            let differences = compare(try fit.clusterRobust(by: cluster, type: type), golden, name)
            #expect(differences.isEmpty, "\(differences)")
        }
    }

    /// CR2 works on rows multiplied by the roots of their weights, which is another adjustment than clubSandwich's.
    @Test(arguments: [ClusterRobustType.CR0, .CR2, .CR3])
    func weightedLinearModel(type: ClusterRobustType) throws {
        let table = try InfluenceModels.table("linear")
        var options = DesignOptions()
        options.weights = try TableExpression(parsing: "1 + nitro")
        let fit = try LinearMixedModel("yield ~ nitro + Variety", data: table, options: options).fit()
        let golden = try #require(try InfluenceGolden.load().robust["weighted"]?[type.rawValue])
        let own = try fit.clusterRobust(by: RowGroups("Block", of: fit, data: table), type: type)
        let differences = compare(own, golden, "weighted")
        #expect(differences.isEmpty, "\(differences)")
    }

    /// A cluster whose random effects are crossed inside it is gathered whole.
    @Test func factorsCrossedWithinClusters() throws {
        let table = try InfluenceModels.table("nested")
        let fit = try LinearMixedModel(
            "yield ~ nitro + Variety + (1 | Block) + (1 | Block:Variety) + (1 | Block:nitro)", data: table
        ).fit()
        let own = try fit.influence(of: "Block")
        let byRows = try fit.influenceFromRows(of: RowGroups("Block", of: fit, data: table))
        for (first, second) in zip(own.deletions, byRows.deletions) {
            #expect(isClose(first.influence.cooksDistance, second.influence.cooksDistance, relative: 1e-8))
            #expect(isClose(first.leverage, second.leverage, relative: 1e-8))
        }
        #expect(try fit.clusterRobust(by: "Block").covariance[0, 0] > 0)
    }

    @Test func clustersMustHoldTheRandomEffects() throws {
        let (fit, _) = try InfluenceModels.fit("crossed")
        #expect(throws: GroupingError.randomEffectsNotNested(cluster: "sample", factor: "plate")) {
            try fit.clusterRobust(by: "sample")
        }
    }
}
