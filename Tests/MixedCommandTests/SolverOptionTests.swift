// Choosing the solver of crossed factors on the command line.

import MixedModels
import Testing

@Suite struct SolverOptionTests {
    private func run(_ solver: String) throws -> CommandRun {
        try CommandRun(["fit", "diameter ~ 1 + (1 | plate) + (1 | sample)", "@penicillin", "--solver", solver])
    }

    @Test func bothSolversAgreeAndSayWhatTheyAre() throws {
        let exact = try run("exact")
        let iterative = try run("iterative")
        #expect(exact.status == 0 && iterative.status == 0)
        for part in ["22.9722", "0.8086", "0.5499"] {
            #expect(exact.output.contains(part))
            #expect(iterative.output.contains(part))
        }
        #expect(exact.output.contains("Certified optimum"))
        #expect(iterative.output.contains("Computed iteratively"))
        #expect(try run("auto").output == exact.output)
    }

    @Test func anUnknownSolverIsRefused() throws {
        let wrong = try run("fast")
        #expect(wrong.status != 0)
        #expect(wrong.errors.contains("solver"))
    }
}
