// Random-effects terms: what lme4 makes of the same formulas.

import MixedSyntax
import Testing

@Suite struct RandomTermTests {
    // lme4 1.1-31 on R 4.2.2: findbars(f) with terms() of each left side, nobars(f); the group names are those of
    // lFormula(f, data)$reTrms$cnms.
    static let terms: [(String, String, String)] = [
        ("y~(1|a)", "1 | a", ""),
        ("y~x+(1|a)", "1 | a", "x"),
        ("y~(x|a)", "1+x | a", ""),
        ("y~(1+x|a)", "1+x | a", ""),
        ("y~(0+x|a)", "x | a", ""),
        ("y~(x-1|a)", "x | a", ""),
        ("y~(-1+x|a)", "x | a", ""),
        ("y~(1|a/b)", "1 | b:a; 1 | a", ""),
        ("y~(1|a/b/c)", "1 | c:(b:a); 1 | b:a; 1 | a", ""),
        ("y~(1|a/b/c/d)", "1 | d:(c:(b:a)); 1 | c:(b:a); 1 | b:a; 1 | a", ""),
        ("y~(1|a/b:c)", "1 | b:c:a; 1 | a", ""),
        ("y~(x|a/b)", "1+x | b:a; 1+x | a", ""),
        ("y~(1|a:b)", "1 | a:b", ""),
        ("y~(1|b:a)", "1 | b:a", ""),
        ("y~(1|a:b:c)", "1 | a:b:c", ""),
        ("y~(x*z|a)", "1+x+z+x:z | a", ""),
        ("y~(x+z|a)", "1+x+z | a", ""),
        ("y~(x:z|a)", "1+x:z | a", ""),
        ("y~(poly(x,2)|a)", "1+poly(x, 2) | a", ""),
        ("y~(1|a)+(1|b)", "1 | a; 1 | b", ""),
        ("y~(1|b)+x+(0+x|a)", "1 | b; x | a", "x"),
        ("y~x+(1|a)+z", "1 | a", "x+z"),
        ("y~((1|a))", "1 | a", ""),
        ("y~x+((1|a)+(x|b))", "1 | a; 1+x | b", "x"),
        ("y~(1|c:(b:a))", "1 | c:(b:a)", ""),
        ("y~(1|a)+(0+x|a)", "1 | a; x | a", ""),
        ("y~0+x+(1|a)", "1 | a", "x"),
        ("y~-1+(1|a/b)+x", "1 | b:a; 1 | a", "x"),
        ("y~(I(x^2)|a)", "1+I(x^2) | a", ""),
        ("y~(x+z-x|a)", "1+z | a", ""),
        ("y~(1|a)+(1|b/c)", "1 | a; 1 | c:b; 1 | b", ""),
    ]

    private func summary(_ term: ModelFormula.RandomTerm) -> String {
        let left = (term.terms.hasIntercept ? ["1"] : []) + term.terms.terms.map(term.terms.label(of:))
        return left.joined(separator: "+") + (term.isIndependent ? " || " : " | ") + term.groupName
    }

    private func summary(_ text: String) throws -> String {
        try ModelFormula(parsing: text).random.map(summary).joined(separator: "; ")
    }

    @Test(arguments: terms) func termsAreThoseOfLme4(_ text: String, _ random: String, _ fixed: String) throws {
        let formula = try ModelFormula(parsing: text)
        #expect(formula.random.map(summary).joined(separator: "; ") == random)
        #expect(formula.fixed.terms.map(formula.fixed.label(of:)).joined(separator: "+") == fixed)
    }

    @Test(arguments: [
        ("y ~ (x || g)", "1+x || g"), ("y ~ (x + z || a/b)", "1+x+z || b:a; 1+x+z || a"),
        ("y ~ ((0 + x || g))", "x || g"), ("y ~ us(x | g)", "1+x | g"), ("y ~ diag(x | g)", "1+x || g"),
        ("y ~ diag(x || g)", "1+x || g"), ("y ~ diag(1 + x | a/b)", "1+x || b:a; 1+x || a"),
        ("y ~ glmmTMB::us(x | g)", "1+x | g"), ("y ~ (1 | factor(g))", "1 | factor(g)"),
        ("y ~ (1 | interaction(a, b))", "1 | interaction(a, b)"),
        ("y ~ (1 | factor(a)/b)", "1 | b:factor(a); 1 | factor(a)"),
        ("y ~ (1 | (a/b))", "1 | b:a; 1 | a"), ("y ~ (1 | (a:b))", "1 | a:b"),
        ("y ~ (1 | a:b/c)", "1 | c:(a:b); 1 | a:b"),
        ("y ~ (1 | a/(b/c))", "1 | c:b:a; 1 | b:a; 1 | a"), ("y ~ (1 | `a b`/c)", "1 | c:`a b`; 1 | `a b`"),
        ("y ~ + (1 | g)", "1 | g"), ("y ~ (I(a | b) | g)", "1+I(a | b) | g"), ("y ~ I(a | b)", ""),
    ])
    func otherNotations(_ text: String, _ expected: String) throws {
        #expect(try summary(text) == expected)
    }

    @Test func groupingHoldsTheVariablesOfTheInteraction() throws {
        let formula = try ModelFormula(parsing: "y ~ x + (1 | a/b/factor(c))")
        #expect(
            formula.random.map { $0.grouping.map(\.description) } == [["factor(c)", "b", "a"], ["b", "a"], ["a"]])
        #expect(formula.random.allSatisfy { $0.range == SourceRange(8, 27) })
    }
}
