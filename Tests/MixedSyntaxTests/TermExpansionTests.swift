// Expansion of the fixed part of formulas: term labels and intercepts that R 4.2 gives.

import MixedSyntax
import Testing

@Suite struct TermExpansionTests {
    // R 4.2.2: t <- terms(as.formula(text), data = data.frame(y = 1, a = 1, b = 1, c = 1));
    //   attr(t, "intercept"), attr(t, "term.labels")
    static let expansions: [(String, Int, [String])] = [
        ("y~1", 1, []),
        ("y~0", 0, []),
        ("y~-1", 0, []),
        ("y~x", 1, ["x"]),
        ("y~x-1", 0, ["x"]),
        ("y~x+0", 0, ["x"]),
        ("y~0+x", 0, ["x"]),
        ("y~x+0+1", 1, ["x"]),
        ("y~x-1+1", 1, ["x"]),
        ("y~x-0", 1, ["x"]),
        ("y~0+x-0", 1, ["x"]),
        ("y~+0+x", 0, ["x"]),
        ("y~-0", 1, []),
        ("y~+1", 1, []),
        ("y~1+1", 1, []),
        ("y~a+b", 1, ["a", "b"]),
        ("y~b+a", 1, ["b", "a"]),
        ("y~a*b", 1, ["a", "b", "a:b"]),
        ("y~a:b", 1, ["a:b"]),
        ("y~b:a+a", 1, ["a", "b:a"]),
        ("y~a+b+a:b", 1, ["a", "b", "a:b"]),
        ("y~a*b*c", 1, ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
        ("y~(a+b+c)^2", 1, ["a", "b", "c", "a:b", "a:c", "b:c"]),
        ("y~(a+b+c)^3", 1, ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
        ("y~(a+b+c)^2-a:b", 1, ["a", "b", "c", "a:c", "b:c"]),
        ("y~a*b*c-a:b:c", 1, ["a", "b", "c", "a:b", "a:c", "b:c"]),
        ("y~a/b", 1, ["a", "a:b"]),
        ("y~a/b/c", 1, ["a", "a:b", "a:b:c"]),
        ("y~a/(b+c)", 1, ["a", "a:b", "a:c"]),
        ("y~(a+b)/c", 1, ["a", "b", "a:b:c"]),
        ("y~a/b:c", 1, ["a", "a:b:c"]),
        ("y~a/(b*c)", 1, ["a", "a:b", "a:c", "a:b:c"]),
        ("y~a:b/c", 1, ["a:b", "a:b:c"]),
        ("y~b%in%a", 1, ["b:a"]),
        ("y~a+b%in%a", 1, ["a", "a:b"]),
        ("y~a+b%in%(a+c)", 1, ["a", "a:b:c"]),
        ("y~(a+b)%in%c", 1, ["a:c", "b:c"]),
        ("y~a%in%b%in%c", 1, ["a:b:c"]),
        ("y~a*b+c", 1, ["a", "b", "c", "a:b"]),
        ("y~c+a*b", 1, ["c", "a", "b", "a:b"]),
        ("y~a:b+c", 1, ["c", "a:b"]),
        ("y~a:b:a", 1, ["a:b"]),
        ("y~b*a:c", 1, ["b", "a:c", "b:a:c"]),
        ("y~a*b/c", 1, ["a", "b", "a:b", "a:b:c"]),
        ("y~(a+b)^2/c", 1, ["a", "b", "a:b", "a:b:c"]),
        ("y~x^2", 1, ["x"]),
        ("y~a+a", 1, ["a"]),
        ("y~a+b-a", 1, ["b"]),
        ("y~a*b-a", 1, ["b", "a:b"]),
        ("y~a*b-b-a", 1, ["a:b"]),
        ("y~a-b", 1, ["a"]),
        ("y~-x", 1, []),
        ("y~-(a+1)+b", 0, ["b"]),
        ("y~x-(-1)", 1, ["x"]),
        ("y~x-(1-1)", 1, ["x"]),
        ("y~(x-1)", 0, ["x"]),
        ("y~(a-1):b", 0, ["a:b"]),
        ("y~(a+1)^2", 1, ["a"]),
        ("y~log(x)", 1, ["log(x)"]),
        ("y~log(x)+x", 1, ["log(x)", "x"]),
        ("y~log(x + 1)", 1, ["log(x + 1)"]),
        ("y~I(x^2)+x", 1, ["I(x^2)", "x"]),
        ("y~poly(x,2)", 1, ["poly(x, 2)"]),
        ("y~poly(x,2)*g", 1, ["poly(x, 2)", "g", "poly(x, 2):g"]),
        ("y~I(x^2)+I(x ^ 2)", 1, ["I(x^2)"]),
        ("y~x>3", 1, ["x > 3"]),
        ("y~a%%2+b", 1, ["a%%2", "b"]),
        ("y~!a", 1, ["!a"]),
        ("y~a==b", 1, ["a == b"]),
        ("y~`my var`*x", 1, ["`my var`", "x", "`my var`:x"]),
        ("y~factor(a):b", 1, ["factor(a):b"]),
        ("y~log((x))+log(x)", 1, ["log((x))", "log(x)"]),
        ("y~((a))+(b)", 1, ["a", "b"]),
        ("y~(a+b):(c+d)", 1, ["a:c", "a:d", "b:c", "b:d"]),
        ("y~(a:b):c", 1, ["a:b:c"]),
        ("y~a:(b+c)", 1, ["a:b", "a:c"]),
        ("y~a*(b+c)", 1, ["a", "b", "c", "a:b", "a:c"]),
        ("y~(a*b):c", 1, ["a:c", "b:c", "a:b:c"]),
        ("y~(a+b)*(c+d)", 1, ["a", "b", "c", "d", "a:c", "a:d", "b:c", "b:d"]),
        ("y~(a+b+c+d)^2", 1, ["a", "b", "c", "d", "a:b", "a:c", "a:d", "b:c", "b:d", "c:d"]),
        ("y~(a*b)^2", 1, ["a", "b", "a:b"]),
        ("y~a+(b-a)", 1, ["a", "b"]),
        ("y~a-(b+a)", 1, []),
        ("y~a+b:c+d", 1, ["a", "d", "b:c"]),
        ("y~x+offset(w)", 1, ["x"]),
        ("y~offset(w)+x*z", 1, ["x", "z", "x:z"]),
        ("y~offset(log(w))+offset(v)+x", 1, ["x"]),
        ("log(y)~x", 1, ["x"]),
        ("cbind(u,v)~x", 1, ["x"]),
        ("~a+b", 1, ["a", "b"]),
        ("y~.", 1, ["a", "b", "c"]),
        ("y~.-a", 1, ["b", "c"]),
        ("y~.^2", 1, ["a", "b", "c", "a:b", "a:c", "b:c"]),
        ("y~.*x", 1, ["a", "b", "c", "x", "a:x", "b:x", "c:x"]),
        ("y~.:a", 1, ["a", "a:b", "a:c"]),
        ("log(y)~.", 1, ["a", "b", "c"]),
        ("y~0+.", 0, ["a", "b", "c"]),
        ("y~a+.", 1, ["a", "b", "c"]),
        ("y~. - a - b", 1, ["c"]),
        ("log(y+a)~.", 1, ["b", "c"]),
        ("y~scale(x, center = TRUE)", 1, ["scale(x, center = TRUE)"]),
        ("y~ns(x,df=3)+bs(z,knots=c(1,2.5))", 1, ["ns(x, df = 3)", "bs(z, knots = c(1, 2.5))"]),
        ("y~splines::ns(x, 3)", 1, ["splines::ns(x, 3)"]),
        ("y~a:b+a:c", 1, ["a:b", "a:c"]),
        ("y~c:b+b:a+a", 1, ["a", "c:b", "b:a"]),
        ("y~ifelse(a>1,\"u\",'v')", 1, ["ifelse(a > 1, \"u\", \"v\")"]),
        ("y~I(a|b)", 1, ["I(a | b)"]),
        ("y~-1+a:b", 0, ["a:b"]),
        ("y~a*b-1", 0, ["a", "b", "a:b"]),
        ("y~I(-x)", 1, ["I(-x)"]),
        ("y~I(1/x)+x", 1, ["I(1/x)", "x"]),
    ]

    @Test(arguments: expansions) func labelsAreRs(_ text: String, _ intercept: Int, _ labels: [String]) throws {
        let terms = try ModelFormula(parsing: text, columns: ["y", "a", "b", "c"]).fixed
        #expect(terms.terms.map(terms.label(of:)) == labels)
        #expect(terms.hasIntercept == (intercept == 1))
    }

    @Test func variablesStandInOrderOfAppearance() throws {
        let terms = try ModelFormula(parsing: "y ~ z:x + log(w) + x + I(z^2) - q").fixed
        #expect(terms.variables.map(\.description) == ["z", "x", "log(w)", "I(z^2)"])
        #expect(terms.terms.map(\.variables) == [[2], [1], [3], [0, 1]])
    }

    @Test func offsetsAreCollected() throws {
        let formula = try ModelFormula(parsing: "y ~ offset(log(n)) + x + offset(w / 2)")
        #expect(formula.offsets.map(\.description) == ["log(n)", "w/2"])
        #expect(try ModelFormula(parsing: "y ~ x + offset(w) - offset(w)").offsets.isEmpty)
    }

    @Test func dotLeavesOutResponseAndGroups() throws {
        let columns = ["id", "y", "a", "school", "b b"]
        let formula = try ModelFormula(parsing: "log(y) ~ . + (a | school/id)", columns: columns)
        #expect(formula.fixed.variables.map(\.description) == ["a", "`b b`"])
        #expect(formula.dotColumns == ["a", "b b"])
        let structured = try ModelFormula(parsing: "y ~ . + diag(a | factor(school))", columns: columns)
        #expect(structured.dotColumns == ["id", "a", "b b"])
        #expect(try ModelFormula(parsing: "y ~ a", columns: columns).dotColumns == nil)
        #expect(try ModelFormula(parsing: "y ~ .", columns: ["y"]).fixed.terms.isEmpty)
    }

    @Test func oneSidedFormulasHaveNoResponse() throws {
        let formula = try ModelFormula(parsing: "~ x + (1 | g)")
        #expect(formula.response == nil)
        #expect(formula.random.count == 1)
        #expect(try ModelFormula(parsing: "cbind(a, b - a) ~ x").response?.description == "cbind(a, b - a)")
    }

    @Test func hugeExpansionsAreRefused() throws {
        let sum = (0..<60).map { "x\($0)" }.joined(separator: " + ")
        #expect(throws: Diagnostic.self) { try ModelFormula(parsing: "y ~ (\(sum))^9") }
        #expect(try ModelFormula(parsing: "y ~ (a + b)^1000000000").fixed.terms.count == 3)
        let product = (0..<40).map { "x\($0)" }.joined(separator: " * ")
        #expect(throws: Diagnostic.self) { try ModelFormula(parsing: "y ~ \(product)") }
        #expect(try ModelFormula(parsing: "y ~ (\(sum))^2").fixed.terms.count == 60 + 60 * 59 / 2)
    }

    @Test func longChainsParse() throws {
        let names = (0..<3_900).map { "x\($0)" }
        let formula = try ModelFormula(parsing: "y ~ " + names.joined(separator: "+"))
        #expect(formula.fixed.terms.count == 3_900)
        #expect(formula.description.hasSuffix("x3898 + x3899"))
        #expect(throws: Diagnostic.self) {
            try ModelFormula(parsing: "y ~ " + (names + names).joined(separator: "+"))
        }
        #expect(try ModelFormula(parsing: "y ~ .", columns: ["y"] + names + names).fixed.terms.count == 3_900)
    }
}
