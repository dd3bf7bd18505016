// Mistakes and the exact words they are answered with.

import MixedSyntax
import Testing

@Suite struct DiagnosticTests {
    private func message(_ text: String) -> String? {
        do throws(Diagnostic) {
            _ = try ModelFormula(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }

    static let mistakes: [(String, String)] = [
        (
            "y ~ x + * z",
            """
            I expected a term after '+', not '*'
              y ~ x + * z
                      ^
            """
        ),
        (
            "y ~ x + 1 | g",
            """
            A '|' belongs in a random-effects term, and that needs parentheses around it
              y ~ x + 1 | g
                        ^
              hint: put the random-effects term in parentheses: (1 | g)
            """
        ),
        (
            "y ~ x + (1 | g",
            """
            This '(' is never closed
              y ~ x + (1 | g
                      ^
            """
        ),
        (
            "y ~ x + (1 | g) z",
            """
            I expected an operator or the end of the text after ')', not 'z'
              y ~ x + (1 | g) z
                              ^
              hint: is an operator such as '+' missing? A name with spaces is written in back quotes: `a b`
            """
        ),
        ("", "There is no expression here: the text is empty"),
        (
            "y ~ .",
            """
            '.' stands for all other columns, and the columns of the data are not known here
              y ~ .
                  ^
              hint: name the columns one by one
            """
        ),
        (
            "y ~ x:(1|g)",
            """
            A random-effects term cannot be part of an interaction
              y ~ x:(1|g)
                    ^~~~~
              hint: join it to the other terms with '+'
            """
        ),
        (
            "y ~ x + ( | g)",
            """
            I expected a term after '(', not '|'
              y ~ x + ( | g)
                        ^
              hint: a random-effects term is written (1 | g) or (1 + x | g)
            """
        ),
        (
            "y ~ ((1 | a) | b)",
            """
            Random-effects terms cannot be nested in one another
              y ~ ((1 | a) | b)
                   ^~~~~~~
            """
        ),
        (
            "(1 | g) + y ~ x",
            """
            The response cannot hold a random-effects term
              (1 | g) + y ~ x
               ^~~~~
              hint: random-effects terms stand right of the '~'
            """
        ),
        (
            "y ~ ar1(day + 0 | g)",
            """
            The covariance structure ar1() is not available for linear models here
              y ~ ar1(day + 0 | g)
                  ^~~~~~~~~~~~~~~~
              hint: available are us(... | g) and diag(... | g)
            """
        ),
        (
            "y ~ 2*x",
            """
            A number cannot be combined with terms by '*'
              y ~ 2*x
                  ^
              hint: arithmetic is written in I(), as in I(2 * x)
            """
        ),
        (
            "y ~ (1 | a + b)",
            """
            Grouping factors cannot be combined by '+'
              y ~ (1 | a + b)
                       ^~~~~
              hint: write a random-effects term for each, as in (1 | a) + (1 | b)
            """
        ),
        (
            "y = x",
            """
            '=' can only name the argument of a call
              y = x
                ^
              hint: to compare write '=='; a formula has '~' between the response and the predictors
            """
        ),
        (
            "y ~",
            """
            I expected a term after '~', but the text ends
              y ~
                 ^
            """
        ),
        (
            "y ~ data$x",
            """
            '$' is not available here
              y ~ data$x
                      ^
              hint: columns are named directly: write x, not data$x
            """
        ),
        (
            "y x",
            """
            I expected an operator or the end of the text after 'y', not 'x'
              y x
                ^
              hint: is an operator such as '+' missing? A name with spaces is written in back quotes: `a b`
            """
        ),
        (
            "y ~ 'abc",
            """
            The string that begins here is never closed
              y ~ 'abc
                  ^
            """
        ),
        (
            "größe ~ 中文 + * z",
            """
            I expected a term after '+', not '*'
              größe ~ 中文 + * z
                             ^
            """
        ),
        (
            "y ~ x +\n  (1 | g) +\n\t\t* z # all",
            """
            I expected a term after '+', not '*'
              line 3:   * z # all
                        ^
            """
        ),
        (
            "y ~ x == 1 == 2",
            """
            Comparisons cannot be chained
              y ~ x == 1 == 2
                         ^~
              hint: join two comparisons with '&', as in 0 < x & x < 1
            """
        ),
    ]

    @Test(arguments: mistakes) func mistakeIsExplained(_ text: String, _ expected: String) {
        #expect(message(text) == expected)
    }

    @Test(arguments: [
        "y ~ (1 | )", "y ~ (1 | a | b)", "y ~ x - (1 | g)", "y ~ log(.)", "y ~ y + x", "1 ~ x", "y ~ x ~ z", "~a ~ x",
        "y ~ \"a\"", "y ~ TRUE", "y ~ x + 2", "y ~ x^0.5", "y ~ x^z", "y ~ x^-1", "y ~ (0 | g)", "y ~ (1 | a*b)",
        "y ~ (1 | b %in% a)", "y ~ (1 | g == 1)", "y ~ (1 | 3)", "y ~ (1 | a:a)", "y ~ (1 | a/a)", "y ~ (1 | .)",
        "y ~ (. | g)", "y ~ (1|g) + (1|g)", "y ~ (1|a/b) + (1|a)", "y ~ us(x || g)", "y ~ us(x | g, 3)",
        "y ~ rr(x | g, 2)", "y ~ (offset(x) | g)", "y ~ x:offset(w)", "y ~ offset(a, b)", "y ~ offset()",
        "y ~ x & (1 | g)", "y ~ !(a | b)", "y ~ us(x | g):z", "y ~ (1|a:(b/c))", "y", "x + (1 | g)", ". ~ x",
        "y ~ ((x | g) + z | h)", "y ~ (us(x | g) | h)", "y | g ~ x", "y ~ -ar1(x | g)", "y ~ `a\0b`", "y ~ f('\0')",
        "y ~ x %foo% z",
    ])
    func otherMistakesAreRefused(_ text: String) { #expect(message(text) != nil) }

    @Test func textAroundAPlaceInALongLineIsShown() {
        let long = (0..<40).map { "variable\($0)" }.joined(separator: " + ")
        let lines = (message("y ~ \(long) + * z + \(long)") ?? "").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].count == 98)
        #expect(lines[1].hasPrefix("  \u{2026}") && lines[1].hasSuffix("\u{2026}"))
        let caret = lines[2].firstIndex(of: "^").map { lines[2].distance(from: lines[2].startIndex, to: $0) }
        #expect(caret.map { lines[1][lines[1].index(lines[1].startIndex, offsetBy: $0)] } == "*")
    }

    @Test func rangesOutsideTheTextAreDrawnAtItsEdge() {
        #expect(Diagnostic("m", source: "ab", range: SourceRange(9, 12)).description == "m\n  ab\n    ^")
        #expect(Diagnostic("m", source: "ab", range: SourceRange(-4, 1)).description == "m\n  ab\n  ^")
        #expect(Diagnostic("m", source: "", range: SourceRange(0, 0), hint: "h").description == "m\n  hint: h")
        #expect(Diagnostic("m", source: "é", range: SourceRange(1, 2)).description.hasPrefix("m\n"))
        #expect(
            Diagnostic("m", source: "a\r\nbc\rd", range: SourceRange(4, 9)).description
                == "m\n  line 2: bc\n           ^")
        #expect(
            Diagnostic("m", source: "a\r\nbc\rd", range: SourceRange(6, 7)).description == "m\n  line 3: d\n          ^"
        )
    }

    @Test func deepNestingIsRefused() throws {
        func nested(_ open: String, _ close: String, _ count: Int) -> String {
            String(repeating: open, count: count) + "x" + String(repeating: close, count: count)
        }
        #expect(try TableExpression(parsing: nested("(", ")", 199)).variableNames == ["x"])
        for (open, close) in [("(", ")"), ("-", ""), ("!", ""), ("f(", ")"), ("x^", ""), ("a+b*(", ")"), ("~", "")] {
            #expect(throws: Diagnostic.self) { try TableExpression(parsing: nested(open, close, 100_000)) }
        }
        #expect(throws: Diagnostic.self) {
            try TableExpression(parsing: (0..<100_000).map { "x\($0)" }.joined(separator: "&"))
        }
    }
}
