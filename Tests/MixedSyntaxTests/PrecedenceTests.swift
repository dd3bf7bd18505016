// R's operator precedence: trees that R 4.2's own parser gives.

import MixedSyntax
import Testing

extension TableExpression {
    /// The tree in prefix form, `[+ a [* b c]]`.
    var prefixForm: String {
        switch node {
        case .number, .string, .name, .constant: description
        case .call(let function, let arguments):
            "[" + ([function] + arguments.map(\.value.prefixForm)).joined(separator: " ") + "]"
        case .unary(let symbol, let inner): "[\(symbol.rawValue) \(inner.prefixForm)]"
        case .binary(let symbol, let left, let right): "[\(symbol.rawValue) \(left.prefixForm) \(right.prefixForm)]"
        case .parenthesized(let inner): "[( \(inner.prefixForm)]"
        }
    }
}

@Suite struct PrecedenceTests {
    // R 4.2.2: f <- function(e) if (is.call(e)) paste0("[", paste(c(deparse(e[[1]]), sapply(as.list(e)[-1], f)),
    //   collapse = " "), "]") else deparse(e); f(str2lang(text))
    static let trees: [(String, String)] = [
        ("2^-1:3", "[: [^ 2 [- 1]] 3]"),
        ("2^-1^2", "[^ 2 [- [^ 1 2]]]"),
        ("-2^2", "[- [^ 2 2]]"),
        ("-1:3", "[: [- 1] 3]"),
        ("2^!x+1", "[^ 2 [! [+ x 1]]]"),
        ("a+~b+c", "[+ a [~ [+ b c]]]"),
        ("a+~b~c", "[~ [+ a [~ b]] c]"),
        ("!x==y", "[! [== x y]]"),
        ("-x*y", "[* [- x] y]"),
        ("a<!b<c", "[< a [! [< b c]]]"),
        ("!a<b", "[! [< a b]]"),
        ("~x~z", "[~ [~ x] z]"),
        ("a**b", "[^ a b]"),
        ("2^!x+1&z", "[& [^ 2 [! [+ x 1]]] z]"),
        ("-a%in%b", "[%in% [- a] b]"),
        ("a:b%in%c", "[%in% [: a b] c]"),
        ("a%in%b*c", "[* [%in% a b] c]"),
        ("a:b^c", "[: a [^ b c]]"),
        ("-a^-b^-c", "[- [^ a [- [^ b [- c]]]]]"),
        ("a*!b+c", "[* a [! [+ b c]]]"),
        ("x|y||z", "[|| [| x y] z]"),
        ("x&y|z", "[| [& x y] z]"),
        ("a~b|c", "[~ a [| b c]]"),
        ("!a&b", "[& [! a] b]"),
        ("!!a+b", "[! [! [+ a b]]]"),
        ("- -a^2", "[- [- [^ a 2]]]"),
        ("a-b-c", "[- [- a b] c]"),
        ("a/b/c", "[/ [/ a b] c]"),
        ("a^b^c", "[^ a [^ b c]]"),
        ("a:b:c", "[: [: a b] c]"),
        ("a+b*c^d", "[+ a [* b [^ c d]]]"),
        ("a*b+c", "[+ [* a b] c]"),
        ("a/b*c", "[* [/ a b] c]"),
        ("a%%b%/%c", "[%/% [%% a b] c]"),
        ("a%%b*c", "[* [%% a b] c]"),
        ("a*b%%c", "[* a [%% b c]]"),
        ("a:b*c", "[* [: a b] c]"),
        ("a:b+c:d", "[+ [: a b] [: c d]]"),
        ("-a:b^2", "[: [- a] [^ b 2]]"),
        ("a==b&c!=d|e", "[| [& [== a b] [!= c d]] e]"),
        ("a<b+c", "[< a [+ b c]]"),
        ("a+b>c", "[> [+ a b] c]"),
        ("!a|b", "[| [! a] b]"),
        ("a&&b||c&&d", "[|| [&& a b] [&& c d]]"),
        ("y~x+1|g", "[~ y [| [+ x 1] g]]"),
        ("y~x+(1+x|g)", "[~ y [+ x [( [| [+ 1 x] g]]]]"),
        ("a~b~c", "[~ [~ a b] c]"),
        ("-(a+b)*c", "[* [- [( [+ a b]]] c]"),
        ("f(x,y+1)", "[f x [+ y 1]]"),
        ("f(a~b|c)", "[f [~ a [| b c]]]"),
        ("!(a&b)", "[! [( [& a b]]]"),
        ("a>=b-1", "[>= a [- b 1]]"),
        ("a--b", "[- a [- b]]"),
        ("a- -+b", "[- a [- [+ b]]]"),
        ("x+-y", "[+ x [- y]]"),
        ("x==-1", "[== x [- 1]]"),
        ("(a)", "[( a]"),
        ("((a+b))", "[( [( [+ a b]]]"),
        ("f(g(x))^2", "[^ [f [g x]] 2]"),
        ("a%in%c(1,2)", "[%in% a [c 1 2]]"),
        ("~a", "[~ a]"),
        ("~a+b", "[~ [+ a b]]"),
        ("a || b && !c == d + e * f ^ -g", "[|| a [&& b [! [== c [+ d [* e [^ f [- g]]]]]]]]"),
        ("a:-b", "[: a [- b]]"),
        ("a%%-b", "[%% a [- b]]"),
        ("a*-b:c", "[* a [: [- b] c]]"),
        ("-a+b", "[+ [- a] b]"),
        ("+a-b", "[- [+ a] b]"),
        ("a^!b&c", "[& [^ a [! b]] c]"),
        ("a&~b|c", "[& a [~ [| b c]]]"),
        ("1:3^2", "[: 1 [^ 3 2]]"),
        ("x > 0 & x < 1", "[& [> x 0] [< x 1]]"),
        ("!x %in% y", "[! [%in% x y]]"),
        ("a/b:c", "[/ a [: b c]]"),
        ("(a/b):c", "[: [( [/ a b]] c]"),
        ("a/b^2", "[/ a [^ b 2]]"),
    ]

    @Test(arguments: trees) func treeIsRs(_ text: String, _ tree: String) throws {
        #expect(try TableExpression(parsing: text).prefixForm == tree)
    }

    // R 4.2.2 refuses each of these in str2lang().
    @Test(arguments: [
        "a<b<c", "a==b==c", "a<b>c", "a+*b", "(a", "a b", "f(a b)", "2x", "a~", "*a", "a=", "1e", "f(,", "a<=b!=c",
        "1.2.3", "x -> 0 y", "a)", ")", "", "  # nothing", "f(a", "a,b", "_x", "0x", "'a", "`a", "a %in b", "%in% a",
        "a = b",
    ])
    func refusesWhatRRefuses(_ text: String) {
        #expect(throws: Diagnostic.self) { try TableExpression(parsing: text) }
    }

    @Test func newlinesAndCommentsAreWhiteSpace() throws {
        let text = "y ~ # the response\n  a +\r\n\tb # and more\n"
        #expect(try TableExpression(parsing: text).prefixForm == "[~ y [+ a b]]")
    }

    @Test func rangesCoverTheText() throws {
        let text = " é + f( b , c )  "
        let expression = try TableExpression(parsing: text)
        #expect(expression.range == SourceRange(1, 16))
        guard case .binary(.plus, let left, let right) = expression.node else {
            Issue.record("not a sum")
            return
        }
        #expect(left.range == SourceRange(1, 3))
        #expect(right.range == SourceRange(6, 16))
    }

    @Test func equalityIgnoresPlaces() throws {
        #expect(try TableExpression(parsing: "a+b") == TableExpression(parsing: " a  + b"))
        #expect(try TableExpression(parsing: "a+b") != TableExpression(parsing: "(a+b)"))
    }

    @Test func packageStaysWithTheFunction() throws {
        let expression = try TableExpression(parsing: "splines::ns(x, df = 3)")
        guard case .call(let function, let arguments) = expression.node else {
            Issue.record("not a call")
            return
        }
        #expect(function == "splines::ns")
        #expect(TableExpression.unqualified(function) == "ns")
        #expect(TableExpression.unqualified("a::`b c`") == "b c")
        #expect(TableExpression.unqualified("ns") == "ns")
        #expect(arguments.map(\.label) == [nil, "df"])
    }
}
