// Thousands of damaged formulas: each is refused with a sentence or gives a design that can be evaluated.

import MixedSyntax
import MixedTables
import Testing

@testable import MixedDesign

@Suite struct MutatedFormulaTests {
    /// SplitMix64 (Steele, Lea & Flood 2014).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    private static let pieces = [
        "x", "z", "w", "f", "g", "o", "b", "k", "subject", "item", "ward", "`bed no`", "day", "y", "nothing", "0", "1",
        "2", "-1", "1e9", "NA", "Inf", "TRUE", "+", "-", "*", ":", "/", "^", "%in%", "|", "||", "(", ")", "~", ",", "=",
        "poly(x, 2)", "ns(x, df = 3)", "bs(z)", "scale(x)", "center(z)", "cut(x, 3)", "factor(k)", "log(x)", "I(x^2)",
        "offset(w)", "(1 | subject)", "(x || ward)", "(f | item)", "relevel(g, 'hi')", "df = 2", "'a'", "c(1, 2)",
        "> 5",
        "ns(", "poly(", "scale(", "factor(", " ", ".",
    ]

    private static let seeds = [
        "y ~ x * f + (1 + x | subject)", "y ~ ns(x, df = 3, knots = c(2, 5)) * g + (0 + f | ward)",
        "log(y) ~ poly(x, 2, raw = TRUE) + scale(z) + offset(w) + (1 | ward/item)",
        "y ~ cut(x, 3) + (o || subject:ward)",
        "y ~ 0 + factor(k) %in% b + I(scale(x)^2) + (1 | day) + (1 | `bed no`)",
        "y ~ bs(x, degree = 2, Boundary.knots = c(0, 12)) + (center(x) | item)",
    ]

    @Test(arguments: 0..<8) func neverTrap(seed: Int) throws {
        var random = Generator(state: UInt64(seed))
        var built = 0
        for _ in 0..<400 {
            var text = Array(Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &random)])
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0...text.count, using: &random)
                let piece = Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text.insert(contentsOf: piece, at: place)
                case 1: text.insert(contentsOf: " + " + piece, at: text.count)
                case 2 where place < text.count: text.remove(at: place)
                default:
                    let end = min(text.count, place + Int.random(in: 0...6, using: &random))
                    text.replaceSubrange(place..<end, with: piece)
                }
            }
            do {
                let formula = try ModelFormula(parsing: String(text), columns: ReferenceTable.table.columnNames)
                let (design, frame) = try ModelDesign.build(formula, data: ReferenceTable.table)
                #expect(design.fixedColumnNames.count == frame.fixedColumnCount)
                for column in 0..<frame.fixedColumnCount {
                    #expect(frame.fixedColumn(column).allSatisfy { !$0.isNaN }, "\(formula.source)")
                }
                let again = try design.frame(for: ReferenceTable.table)
                #expect(again.rowCount == frame.rowCount, "\(formula.source)")
                for factor in 0..<frame.groupingFactorCount {
                    #expect(again.codes(factor: factor) == frame.codes(factor: factor), "\(formula.source)")
                    for column in 0..<frame.randomColumnCount(factor: factor) {
                        #expect(
                            distance(
                                again.randomColumn(factor: factor, column), frame.randomColumn(factor: factor, column))
                                < 1e-12, "\(formula.source)")
                    }
                }
                built += 1
            } catch let error as Diagnostic {
                #expect(!error.message.isEmpty)
            } catch let error as DesignError {
                #expect(!error.description.isEmpty)
            }
        }
        #expect(built > 20)
    }
}
