// Expressions as text: R's deparse, R's numbers, literals, and the way back.

import MixedSyntax
import Testing

@Suite struct DescriptionTests {
    // R 4.2.2: deparse(str2lang(text)); a name alone is written there without back quotes, in term labels with them.
    @Test(arguments: [
        ("a%%b", "a%%b"), ("a%/%b", "a%/%b"), ("a%in%b", "a %in% b"), ("a*b", "a * b"), ("a/b", "a/b"),
        ("a ^ b", "a^b"), ("a : b", "a:b"), ("a+b", "a + b"), ("- a", "-a"), ("! a", "!a"), ("!!a", "!!a"),
        ("- -a", "--a"), ("a||b", "a || b"), ("a|b", "a | b"), ("a&b", "a & b"), ("a&&b", "a && b"), ("a~b", "a ~ b"),
        ("~a", "~a"), ("a==b", "a == b"), ("a<=b", "a <= b"), ("f(a,b=2)", "f(a, b = 2)"), ("(a)", "(a)"),
        ("`my x`+1", "`my x` + 1"), ("`a`", "a"), ("`if`+1", "`if` + 1"), ("`TRUE`+1", "`TRUE` + 1"),
        ("\"a\\\"b\\n\\t'\\\\é\"", "\"a\\\"b\\n\\t'\\\\é\""), ("'a\\'b'", "\"a'b\""),
        ("'\\001\\a\\b\\f\\v\\r'", "\"\\001\\a\\b\\f\\v\\r\""), ("r\"(a\\b)\"", "\"a\\\\b\""),
        ("R'--[it's]--'", "\"it's\""), ("\"\\u00e9\\u{4e2d}\\x41\\101\"", "\"é中AA\""),
        ("TRUE", "TRUE"), ("T", "T"), ("NA", "NA"), ("NA_integer_", "NA_integer_"), ("NULL", "NULL"), ("Inf", "Inf"),
        ("base::log(x)", "base::log(x)"), ("f(`a b`=2)", "f(`a b` = 2)"), ("f('a b'=2)", "f(`a b` = 2)"),
        ("-(a+b)", "-(a + b)"), ("-a+b", "-a + b"), ("a^-b", "a^-b"), ("(-a)^b", "(-a)^b"),
        ("`_a`(1)", "`_a`(1)"), ("`a b`(x)", "`a b`(x)"), ("`.1a`", "`.1a`"), (".x", ".x"), ("..x", "..x"), ("é", "é"),
        ("log(x+1)", "log(x + 1)"), ("I(x^2)", "I(x^2)"), ("f()", "f()"),
    ])
    func textIsRs(_ text: String, _ expected: String) throws {
        #expect(try TableExpression(parsing: text).description == expected)
    }

    // R 4.2.2: deparse(number)
    @Test(arguments: [
        ("1e5", "1e+05"), ("100", "100"), ("0.1", "0.1"), ("0.0001", "1e-04"), ("5L", "5L"), ("1e5L", "100000L"),
        ("123456", "123456"), ("1e15", "1e+15"), ("1e-15", "1e-15"), ("123456789012", "123456789012"), ("0x1F", "31"),
        ("1e-300", "1e-300"), ("1.5L", "1.5"), ("100000", "1e+05"), ("0.1234567890123456789", "0.123456789012346"),
        ("1234567.891", "1234567.891"), ("12345678901234567890", "12345678901234567168"), ("1.", "1"), (".5", "0.5"),
        ("3.14159265358979", "3.14159265358979"), ("2.2250738585072014e-308", "2.2250738585072e-308"), ("1.e3", "1000"),
        ("0x1p3", "8"), ("0x1.8p3", "12"), ("0", "0"), ("1e-3", "0.001"), ("0.00012", "0.00012"),
        ("1200000", "1200000"),
        ("2.50", "2.5"), ("0.30000000000000004", "0.3"), ("1e22", "1e+22"), ("3000000000L", "3e+09"),
    ])
    func numbersAreRs(_ text: String, _ expected: String) throws {
        #expect(try TableExpression(parsing: text).description == expected)
    }

    // R 4.2.2: deparse(call(...)) on trees without parentheses of their own, such as call("^", quote(-a), quote(b))
    @Test func addsTheParenthesesThatATreeNeeds() {
        func name(_ text: String) -> TableExpression { TableExpression(.name(text), range: SourceRange(0, 0)) }
        func binary(
            _ left: TableExpression, _ symbol: TableExpression.BinaryOperator, _ right: TableExpression
        ) -> TableExpression {
            TableExpression(.binary(symbol, left, right), range: SourceRange(0, 0))
        }
        func unary(_ symbol: TableExpression.UnaryOperator, _ inner: TableExpression) -> TableExpression {
            TableExpression(.unary(symbol, inner), range: SourceRange(0, 0))
        }
        let (a, b, c) = (name("a"), name("b"), name("c"))
        #expect(binary(c, .sequence, binary(b, .sequence, a)).description == "c:(b:a)")
        #expect(binary(unary(.minus, a), .power, b).description == "(-a)^b")
        #expect(binary(binary(a, .plus, b), .times, c).description == "(a + b) * c")
        #expect(binary(a, .minus, binary(b, .minus, c)).description == "a - (b - c)")
        #expect(unary(.minus, binary(a, .plus, b)).description == "-(a + b)")
        #expect(unary(.not, binary(a, .plus, b)).description == "!a + b")
        #expect(binary(binary(a, .power, b), .power, c).description == "(a^b)^c")
        #expect(binary(binary(a, .less, b), .less, c).description == "(a < b) < c")
        #expect(binary(a, .plus, unary(.minus, b)).description == "a + -b")
        #expect(binary(unary(.not, a), .equal, b).description == "(!a) == b")
        #expect(unary(.minus, binary(a, .sequence, b)).description == "-(a:b)")
        #expect(binary(unary(.minus, a), .sequence, b).description == "-a:b")
        #expect(binary(a, .isElement, binary(b, .sequence, c)).description == "a %in% b:c")
        #expect(binary(a, .tilde, binary(b, .tilde, c)).description == "a ~ (b ~ c)")
        // R writes a * !b + c here, which it would read differently.
        #expect(binary(binary(a, .times, unary(.not, b)), .plus, c).description == "(a * !b) + c")
    }

    // R 4.2.2: all.vars(quote(y ~ log(x, base = b) + `a b` + f(g) * x + T + pi + base::foo(z)))
    @Test func variableNamesAreThoseOfAllVars() throws {
        let text = "y ~ log(x, base = b) + `a b` + f(g) * x + T + pi + base::foo(z)"
        #expect(
            try TableExpression(parsing: text).variableNames == ["y", "x", "b", "a b", "g", "T", "pi", "z"])
    }

    @Test func canonicalTextReadsBackToTheSameTree() throws {
        var random = Xorshift(seed: 20_240_601)
        for _ in 0..<5_000 {
            let tree = RandomTree.make(&random, depth: 6)
            let text = tree.description
            let parsed = try TableExpression(parsing: text)
            #expect(parsed.strippedOfParentheses == tree, "\(text)")
            #expect(try TableExpression(parsing: parsed.description) == parsed)
            #expect(parsed.description == text)
        }
    }
}
