// Complete, no and partial pooling against lm, lmList and coef of R, and the shrinkage by its definition.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedLinearAlgebra
import MixedTables
import MixedTestSupport
import Testing

@Suite struct PoolingTests {
    private func fit(_ formula: String, _ data: String) throws -> LinearMixedModelFit {
        try LinearMixedModel(formula, data: PredictionGolden.data(data)).fit()
    }

    private func compare(_ matrix: Matrix, _ levels: [String], _ lines: PredictionGolden.Pooling.Lines) -> Differences {
        var differences = Differences()
        for (index, level) in lines.level.enumerated() {
            guard let row = levels.firstIndex(of: level) else { continue }
            differences.compare(
                "intercept of \(level)", matrix[row, 0], lines.intercept[index] ?? .nan, relative: 1e-6)
            differences.compare("slope of \(level)", matrix[row, 1], lines.slope[index] ?? .nan, relative: 1e-5)
        }
        return differences
    }

    @Test func noPoolingIsLmList() throws {
        let golden = try PredictionGolden.load().pooling
        try #require(golden.lists.count == 2)
        for lines in golden.lists {
            let comparison = try fit("Reaction ~ Days + (Days | Subject)", lines.data ?? "").poolingComparison()
            #expect(Set(comparison.levels) == Set(lines.level))
            let differences = compare(comparison.none, comparison.levels, lines)
            #expect(differences.isEmpty, "\(differences)")
            #expect(differences.comparisons == 2 * lines.level.count)
        }
    }

    @Test func completeAndPartialPoolingAreThoseOfR() throws {
        let golden = try PredictionGolden.load().pooling
        let comparison = try fit("Reaction ~ Days + (1 + Days | Subject)", "sleepstudy_pooling").poolingComparison()
        var differences = compare(comparison.partial, comparison.levels, golden.partial)
        differences.compare("complete", comparison.complete, golden.complete, relative: 1e-10)
        differences.compare("average", comparison.average, golden.partial.average ?? [], relative: 1e-6)
        #expect(differences.isEmpty, "\(differences)")
        #expect(comparison.undetermined.map(\.level) == ["373"])
        #expect(comparison.undetermined.first?.rowCount == 1)
        #expect(comparison.undetermined.first?.terms == ["Days"])
        let row = try #require(comparison.levels.firstIndex(of: "373"))
        #expect(comparison.shrinkage(level: row, term: 1).isNaN)
        #expect(comparison.heldColumns.isEmpty)
    }

    @Test func theShrinkageOfInterceptsIsTheRatioOfVariances() throws {
        let fit = try fit("Reaction ~ 1 + (1 | Subject)", "sleepstudy_pooling")
        let comparison = try fit.poolingComparison()
        let sigma = fit.residualStandardDeviation
        let between = fit.varianceComponents[0].covariance[0, 0]
        for level in comparison.levels.indices {
            let within = sigma * sigma / Double(comparison.rowCounts[level])
            #expect(isClose(comparison.shrinkage(level: level, term: 0), within / (within + between), relative: 1e-8))
        }
    }

    /// With the fixed effects held, the ratio is exact in a model with covariates, too.
    @Test func effectsThatDoNotVaryAreHeld() throws {
        let fit = try fit("distance ~ age * Sex + (1 | Subject)", "orthodont")
        let comparison = try fit.poolingComparison()
        #expect(comparison.heldColumns == fit.coefficientNames.filter { $0 != "(Intercept)" })
        let sigma = fit.residualStandardDeviation
        let between = fit.varianceComponents[0].covariance[0, 0]
        for level in comparison.levels.indices {
            let within = sigma * sigma / Double(comparison.rowCounts[level])
            #expect(isClose(comparison.shrinkage(level: level, term: 0), within / (within + between), relative: 1e-7))
        }
    }

    /// The same lines, told as one mean for each level of a factor.
    @Test func codingsMeetWhereTheySayTheSame() throws {
        let contrasts = try fit("yield ~ Variety + (1 + Variety | Block)", "oats").poolingComparison()
        let means = try fit("yield ~ Variety + (0 + Variety | Block)", "oats").poolingComparison()
        #expect(means.heldColumns.isEmpty)
        var differences = Differences()
        for level in contrasts.levels.indices {
            differences.compare("first", means.none[level, 0], contrasts.none[level, 0], relative: 1e-9)
            differences.compare(
                "second", means.none[level, 1], contrasts.none[level, 0] + contrasts.none[level, 1], relative: 1e-9)
        }
        differences.compare("average", means.average[1], contrasts.average[0] + contrasts.average[1], relative: 1e-6)
        differences.compare(
            "complete", means.complete[2], contrasts.complete[0] + contrasts.complete[2], relative: 1e-9)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func aSlopeWithoutAFixedEffectHasNoCompletePooling() throws {
        let comparison = try fit("Reaction ~ 1 + (Days | Subject)", "sleepstudy").poolingComparison()
        #expect(comparison.terms == ["(Intercept)", "Days"])
        #expect(!comparison.complete[0].isNaN && comparison.complete[1].isNaN)
        #expect(comparison.average[1] == 0)
    }

    @Test func aGroupCanBeChosen() throws {
        let fit = try fit("diameter ~ 1 + (1 | plate) + (1 | sample)", "penicillin")
        #expect(try fit.poolingComparison().group == "plate")
        let samples = try fit.poolingComparison(group: "sample")
        #expect(samples.levels == ["A", "B", "C", "D", "E", "F"])
        #expect(samples.rowCounts == Array(repeating: 24, count: 6))
        let unknown = #expect(throws: PoolingError.self) { try fit.poolingComparison(group: "plates") }
        #expect(unknown?.description == "the model has no grouping factor 'plates'; did you mean 'plate'?")
        let linear = try LinearMixedModel("Reaction ~ Days", data: PredictionGolden.data("sleepstudy")).fit()
        #expect(throws: PoolingError.self) { try linear.poolingComparison() }
    }
}
