// The words of plans, as they were read aloud and found good.

import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedTables
import Testing

@testable import MixedReports

@Suite struct FitPlanReportTests {
    /// The plan of a fit to rows in which raters rate films, on a machine of round numbers.
    private func plan(
        _ formula: String, raters: Int, films: Int, solver: SolverChoice = .automatic, memory: MemoryLimit = .unlimited
    ) throws -> FitPlan {
        let rows = 0..<raters * 4
        let data = try DataTable(
            columns: [
                Column("score", .double(rows.map { Double(($0 * 7919) % 97) })),
                Column("age", .double(rows.map { Double(($0 * 31) % 61) })),
                Column("rater", .integer(rows.map { $0 / 4 })),
                Column("film", .integer(rows.map { ($0 + $0 % 4 * 6) % films })),
            ])
        return try LinearMixedModel(formula, data: data).plan(
            solver: solver, memory: memory,
            machine: MachineSpeed(denseOperations: 5e10, gatheredNumbers: 1e9))
    }

    /// The notes of a plan after its tables.
    private func notes(_ plan: FitPlan, pass: DataPass? = nil) -> [String] {
        ResultsReport(plan, formula: "score ~ ...", pass: pass).notes
    }

    @Test func everyReasonHasItsWords() throws {
        let crossed = "score ~ age + (1 | rater) + (1 | film)"
        #expect(try notes(plan("score ~ age", raters: 50, films: 20))[0].hasPrefix("There are no random effects"))
        #expect(
            try notes(plan("score ~ age + (1 | film)", raters: 50, films: 20))[0]
                == "The levels of film are solved for one by one: the time grows with their number, and no faster.")
        #expect(
            try notes(plan(crossed, raters: 500, films: 200))[0]
                == "Once the levels of rater are solved for one by one, 202 equations are left that all depend on each other: the levels of film, and the coefficients. So few are solved as a whole, exactly."
        )
        #expect(
            try notes(plan(crossed, raters: 2600, films: 2400))[0].hasSuffix(
                "Between 1,200 and 12,000 levels, auto solves them as a whole only at the end of a search that does without: the answer is exact."
            ))
        #expect(
            try notes(plan(crossed, raters: 13_000, films: 12_500))[0].contains(
                "These are too many to be solved as a whole. From 12,000 levels on auto takes the iterative way"))
        #expect(
            try notes(plan(crossed, raters: 500, films: 200, solver: .iterative))[0].hasSuffix(
                "These are solved in the way that you asked for (iterative)."))
    }

    @Test func whatIsCheaperIsSaid() throws {
        let slow = try plan("score ~ age + (1 | rater) + (1 | film)", raters: 6000, films: 5900, solver: .exact)
        #expect(notes(slow).contains { $0.hasPrefix("Cheaper, for the same model: --solver iterative.") })
        let slopes = try plan(
            "score ~ age + (1 | rater) + (1 + age | film)", raters: 3000, films: 1900, solver: .exact)
        let text = ResultsReport(slopes, formula: "f").rendered(as: .text)
        #expect(text.contains("Models with fewer random slopes, which answer another question"))
        let pass = DataPass(seconds: 3, bytes: 1e8, name: "big.csv", residualSeconds: 2)
        #expect(
            notes(slow, pass: pass).contains {
                $0.contains("mixed cube 'score ~ ...' big.csv -o rows.cube reads them once")
            })
        #expect(!notes(slow).contains { $0.contains("cube") })
    }

    @Test func whatDoesNotFitIsSaid() throws {
        let crossed = "score ~ age + (1 | rater) + (1 | film)"
        let plan = try plan(crossed, raters: 13_000, films: 12_500, solver: .exact, memory: .bytes(2_000_000_000))
        #expect(plan.ways.map(\.fitsInMemory) == [false, true])
        #expect(
            notes(plan).contains(
                "Only 2 GB of memory can be had, so that the fit would be refused; with --solver iterative it can be done."
            ))
        #expect(ResultsReport(plan, formula: "f").rendered(as: .text).contains("<- taken, does not fit"))
    }

    @Test func timesIncludeTheResiduals() throws {
        let plan = try plan("score ~ age + (1 | film)", raters: 500, films: 20)
        let pass = DataPass(seconds: 3, bytes: 1e8, name: "big.csv", residualSeconds: 2)
        let json = ResultsReport(plan, formula: "f", pass: pass).json()
        let seconds = try #require(json["rows"]?.elements?.first?["seconds"]?.number)
        #expect(abs(seconds - 2 - plan.taken.seconds) < 1e-12)
        let text = ResultsReport(plan, formula: "f", pass: pass).rendered(as: .text)
        #expect(text.contains("Reading them took 3 s and 100 MB of memory"))
        #expect(text.contains("a second look at the rows, for the residuals, is included"))
    }

    @Test(arguments: [
        (0.0, "under 10 ms"), (0.014, "10 ms"), (0.476, "480 ms"), (0.996, "1 s"), (9.94, "9.9 s"), (12.4, "12 s"),
        (100, "2 min"), (5000, "83 min"), (7000, "2 h"), (400_000, "5 days"), (1e9, "over a year"),
        (Double.infinity, "over a year"),
    ])
    func durations(_ seconds: Double, text: String) { #expect(MeasureText.duration(seconds) == text) }
}
