// Mutated formulas: each parses or is refused with a place inside the text, and none crashes.

import MixedSyntax
import Testing

@Suite struct FuzzTests {
    static let seeds = [
        "y ~ x", "Reaction ~ Days + (1 + Days | Subject)", "log(y) ~ poly(x, 2) * f + (x || a/b/c) - 1",
        "y ~ . ^ 2 + offset(log(n)) + us(0 + x | g:h) + diag(x | factor(g))", "~ a %in% b + `my var`:c / (d + e)^2",
        "cbind(s, n - s) ~ I(x^2) + ns(z, df = 3) + (1 | g) # comment\n + ifelse(x > 1.5e-3, \"a\\n\", 'b')",
        "größe ~ 中文 * é + (1 | 学校/班)", "y ~ !(a & b) | c == 0x1F %% 5L || stats::lag(x, k = -1)",
    ]
    static let pieces = [
        "(", ")", "|", "||", "~", "+", "-", "*", "/", ":", "^", "%in%", "%%", "%", ".", ",", "=", "==", "<", "!", "0",
        "1",
        "2", "1e9", "0x", "L", "\"", "'", "`", "\\", "#", "\n", "\t", " ", "é", "中", "😀", "\u{301}", "\u{0}",
        "\u{2212}",
        "x", "g", "I(", "offset(", "us(", "ar1(", "NULL", "NA", "Inf", "::", "$", "[", "a:b/c", "(1|g)", "^100",
        "(x+g)^3",
        "r\"(", "\\u{", "...", "..1", "_", "\u{FEFF}", "\r\n",
    ]

    /// A formula with one to six random cuts, copies, swaps and insertions.
    private func mutated(_ random: inout Xorshift) -> String {
        var text = Array(random.pick(Self.seeds).unicodeScalars)
        for _ in 0...random.below(6) {
            let place = random.below(text.count + 1)
            switch random.below(5) {
            case 0 where place < text.count:
                text.removeSubrange(place..<min(text.count, place + 1 + random.below(4)))
            case 1:
                let other = Array(random.pick(Self.seeds).unicodeScalars)
                let start = random.below(other.count)
                text.insert(contentsOf: other[start..<min(other.count, start + 1 + random.below(12))], at: place)
            case 2 where text.count > 1: text.swapAt(random.below(text.count), random.below(text.count))
            case 3 where place < text.count:
                text.replaceSubrange(place...place, with: random.pick(Self.pieces).unicodeScalars)
            default: text.insert(contentsOf: random.pick(Self.pieces).unicodeScalars, at: place)
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text)
        return String(view)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func mutatedFormulasParseOrAreRefused(_ seed: UInt64) {
        var random = Xorshift(seed: seed &* 0x9E37_79B9_7F4A_7C15)
        var accepted = 0
        for _ in 0..<5_000 {
            let text = mutated(&random)
            do throws(Diagnostic) {
                let formula = try ModelFormula(parsing: text, columns: ["y", "x", "g", "a b"])
                accepted += 1
                checkAccepted(formula, text)
            } catch {
                let inside = 0 <= error.range.lowerBound && error.range.upperBound <= text.utf8.count
                #expect(inside, "\(text)")
                #expect(!error.message.isEmpty && error.source == text)
                #expect(error.description.contains("^") || text.isEmpty, "\(text)")
            }
        }
        #expect(accepted > 250)
    }

    /// What is accepted reads the same again after R's way of writing it.
    private func checkAccepted(_ formula: ModelFormula, _ text: String) {
        do throws(Diagnostic) {
            let again = try ModelFormula(parsing: formula.description, columns: ["y", "x", "g", "a b"])
            // Writing rounds numbers to 15 digits, so that only the text is a fixed point.
            #expect(again.description == formula.description, "\(text)")
            #expect(again.fixed.terms == formula.fixed.terms, "\(text)")
            #expect(again.random.count == formula.random.count, "\(text)")
        } catch {
            Issue.record("\(text) was accepted, but not \(formula.description): \(error)")
        }
        let terms = [formula.fixed] + formula.random.map(\.terms)
        for part in terms where part.terms.count < 200 {
            for (index, term) in part.terms.enumerated() {
                #expect(part.label(of: term) != "")
                for variable in term.variables {
                    _ = part.coding(ofVariable: variable, inTerm: index) { $0.isMultiple(of: 2) }
                }
            }
        }
    }

    @Test func randomBytesAreRefusedQuietly() {
        var random = Xorshift(seed: 77)
        for _ in 0..<2_000 {
            let bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(Diagnostic) {
                _ = try TableExpression(parsing: text)
            } catch {
                #expect(error.range.upperBound <= text.utf8.count)
                #expect(!error.description.isEmpty)
            }
        }
    }
}
