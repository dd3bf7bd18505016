// The plan of a fit: which way will be taken and why, and what else there is.

import MixedDesign
import MixedTables
import MixedTestSupport
import Testing

@testable import LinearMixedModels

/// A machine of round numbers, so that no test depends on a clock.
let plainMachine = MachineSpeed(denseOperations: 5e10, gatheredNumbers: 1e9)

@Suite struct FitPlanTests {
    /// Rows in which everybody has rated a few films of many, each rater living in one town.
    static func ratings(raters: Int, films: Int, each: Int = 4) throws -> DataTable {
        var generator = SeededGenerator(seed: 11)
        var columns: [String: [Int]] = ["rater": [], "film": [], "town": []]
        var score: [Double] = []
        var age: [Double] = []
        for rater in 0..<raters {
            for turn in 0..<each {
                columns["rater"]?.append(rater)
                columns["film"]?.append((rater * each + turn * 7) % films)
                columns["town"]?.append(rater % 40)
                score.append(Double.random(in: 0..<5, using: &generator))
                age.append(Double.random(in: 18..<80, using: &generator))
            }
        }
        return try DataTable(
            columns: [Column("score", .double(score)), Column("age", .double(age))]
                + columns.keys.sorted().map { Column($0, .integer(columns[$0] ?? [])) })
    }

    private func plan(
        _ formula: String, _ data: DataTable, solver: SolverChoice = .automatic, memory: MemoryLimit = .unlimited
    ) throws -> FitPlan {
        try LinearMixedModel(formula, data: data).plan(solver: solver, memory: memory, machine: plainMachine)
    }

    @Test func smallBorder() throws {
        let plan = try plan("score ~ age + (1 | rater) + (1 | film)", Self.ratings(raters: 900, films: 300))
        #expect(plan.rowCount == 3600 && plan.coefficientCount == 2 && plan.randomEffectCount == 1200)
        #expect(plan.reason == .smallBorder && plan.taken.path == .exact)
        #expect(plan.ways.map(\.path) == [.exact, .iterative])
        #expect(plan.borderSize == 302)
        #expect(plan.factors.map(\.isEliminated) == [true, false])
        #expect(plan.pairs == [.init(first: "rater", second: "film", count: 3600)])
        #expect(plan.pairUpdates == Double(900 * 7 * 8 / 2))
        #expect(plan.memoryLimit == nil && plan.ways.allSatisfy { $0.fitsInMemory })
    }

    @Test func middlingAndLargeBorders() throws {
        let middling = try plan("score ~ 1 + (1 | rater) + (1 | film)", Self.ratings(raters: 2600, films: 2400))
        #expect(middling.reason == .middlingBorder && middling.taken.path == .iterativeThenExact)
        #expect(middling.ways.map(\.path) == [.exact, .iterativeThenExact, .iterative])
        let large = try plan("score ~ 1 + (1 | rater) + (1 | film)", Self.ratings(raters: 13_000, films: 12_500))
        #expect(large.reason == .largeBorder && large.taken.path == .iterative)
        #expect(large.ways.map(\.path) == [.exact, .iterative])
        let exact = try #require(large.ways.first)
        #expect(exact.seconds > 10 * large.taken.seconds)
        #expect(exact.bytes > 8 * 12_500 * 12_500)
        #expect(exact.bytes > large.taken.bytes + 1e9)
    }

    @Test func whatIsAskedForIsTaken() throws {
        let data = try Self.ratings(raters: 2600, films: 2400)
        for (solver, path) in [(SolverChoice.exact, SolutionPath.exact), (.iterative, .iterative)] {
            let plan = try plan("score ~ 1 + (1 | rater) + (1 | film)", data, solver: solver)
            #expect(plan.reason == .asked && plan.taken.path == path)
            #expect(plan.ways.count { $0.isTaken } == 1)
        }
    }

    @Test func nestedGroups() throws {
        let plan = try plan("score ~ age + (1 | town) + (1 | rater)", Self.ratings(raters: 400, films: 60))
        #expect(plan.reason == .nothingCrossed && plan.ways.map(\.path) == [.exact])
        let rater = try #require(plan.factors.first { $0.name == "rater" })
        #expect(rater.nestedIn == ["town"] && rater.levelCount == 400)
        #expect(plan.factors.allSatisfy { $0.isEliminated })
        #expect(plan.borderSize == 2)
    }

    @Test func linearModel() throws {
        let plan = try plan("score ~ age", Self.ratings(raters: 40, films: 20))
        #expect(plan.factors.isEmpty && plan.randomEffectCount == 0 && plan.pairs.isEmpty)
        #expect(plan.reason == .nothingCrossed && plan.taken.path == .exact)
        #expect(plan.taken.seconds < 0.01)
    }

    @Test func aliasedColumnsAreNotCounted() throws {
        let plan = try plan("score ~ age + I(2 * age) + (1 | rater)", Self.ratings(raters: 40, films: 20))
        #expect(plan.coefficientCount == 2 && plan.borderSize == 2)
    }

    @Test func slopesOfCrossedGroupsAreNamed() throws {
        let data = try Self.ratings(raters: 3000, films: 1900)
        let slopes = try plan("score ~ age + (1 + age | rater) + (1 + age | film)", data, solver: .exact)
        #expect(slopes.smallerModels.contains { $0.factor == "film" })
        for model in slopes.smallerModels {
            #expect(model.seconds < 0.5 * slopes.taken.seconds && model.bytes < slopes.taken.bytes)
        }
        let single = try plan("score ~ age + (1 | rater) + (1 | film)", data)
        #expect(single.smallerModels.isEmpty)
    }

    @Test func limitsAreTold() throws {
        let data = try Self.ratings(raters: 13_000, films: 12_500)
        let resident = 1e8
        let model = try LinearMixedModel("score ~ 1 + (1 | rater) + (1 | film)", data: data)
        let products = try model.fit(solver: .iterative).products
        let plan = FitPlan(
            design: model.design, products: products, memory: .bytes(1_000_000_000), resident: resident,
            readingBytes: 3e8, machine: plainMachine)
        #expect(plan.memoryLimit == 1e9)
        #expect(plan.ways.map(\.fitsInMemory) == [false, true])
        // Reading took more than the iterative fit will.
        #expect(plan.taken.bytes == 3e8)
    }

    @Test func measuredSpeedsArePlausible() {
        let machine = MachineSpeed.measured(threads: 2)
        #expect(machine.denseOperations > 1e7 && machine.denseOperations < 1e15)
        #expect(machine.gatheredNumbers > 1e6 && machine.gatheredNumbers < 1e14)
    }
}
