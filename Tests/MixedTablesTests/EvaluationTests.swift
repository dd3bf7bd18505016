// Evaluation where it differs from R or fails, and the hook for learnt transformations.

import MixedSyntax
import Testing

@testable import MixedTables

@Suite struct EvaluationTests {
    static let mistakes: [(String, String, SourceRange, String?)] = [
        ("x + yy", "There is no column 'yy'", SourceRange(4, 6), "its columns are x, i, b, g, f, h, n, o"),
        ("lgo(x)", "There is no function 'lgo'", SourceRange(0, 6), "did you mean 'log'?"),
        (
            "x + g", "'g' holds text where a number is needed: row 1 is \"b\"", SourceRange(4, 5),
            "correct the value, or declare it as missing"
        ),
        (
            "sqrt(n)", "'n' holds text where a number is needed: row 1 is \"1\"", SourceRange(5, 6),
            "as.numeric(n) gives the numbers"
        ),
        (
            "-f", "'f' is a factor where a number is needed", SourceRange(1, 2),
            "as.numeric(as.character(f)) gives the numbers that its levels spell"
        ),
        ("x * \"a\"", "\"a\" is text where a number is needed", SourceRange(4, 7), nil),
        (
            "f < \"lo\"", "'<' has no meaning for the factor 'f'", SourceRange(0, 8),
            "ordered(f) gives its levels an order"
        ),
        (
            "g & b", "'g' is text where TRUE or FALSE is needed", SourceRange(0, 1),
            "compare it with a value: g == \"...\""
        ),
        ("b && b", "'&&' compares single values, not columns", SourceRange(0, 6), "write '&' to compare row by row"),
        ("c(1, 2)", "'c(1, 2)' gives 2 values where the table has 6 rows", SourceRange(0, 7), nil),
        ("x + c(1, 2)", "The two sides have 6 and 2 values", SourceRange(0, 11), nil),
        ("y ~ x", "There is no column 'y'", SourceRange(0, 1), nil),
        ("x ~ i", "A formula has no values", SourceRange(0, 5), nil),
        ("log()", "'log' needs the argument 'x'", SourceRange(0, 5), nil),
        ("sqrt(x, 2)", "'sqrt' takes at most 1 argument", SourceRange(8, 9), nil),
        ("log(x, bse = 2)", "'log' has no argument 'bse'", SourceRange(13, 14), "did you mean 'base'?"),
        (
            "round(x, digits = g)", "'g' holds text where a number is needed: row 1 is \"b\"", SourceRange(18, 19),
            "correct the value, or declare it as missing"
        ),
        ("round(x, x)", "'digits' of 'round' must be a single number", SourceRange(9, 10), nil),
        ("mean(x, na.rm = NA)", "'na.rm' of 'mean' must be TRUE or FALSE", SourceRange(16, 18), nil),
        ("relevel(f, ref = \"hgi\")", "there is no level \"hgi\"", SourceRange(17, 22), nil),
        (
            "factor(f, labels = c(\"a\", \"b\"))", "'factor' is given 2 labels for 3 levels", SourceRange(19, 30),
            "the levels are lo, mid, hi"
        ),
        ("factor(g, levels = c(\"a\", \"a\"))", "the level \"a\" is given twice", SourceRange(19, 30), nil),
        ("cut(x, c(1, 1))", "the break 1 is given twice", SourceRange(7, 14), nil),
        ("cut(x, 1)", "'cut' needs 2 intervals or more", SourceRange(7, 8), nil),
        ("cut(x, 3, labels = \"a\")", "'cut' is given 1 labels for 3 intervals", SourceRange(19, 22), nil),
        ("cut(x / 0, 3)", "'cut' finds no range to divide in 'x/0'", SourceRange(4, 9), nil),
        ("1:1e12", "'1:1e+12' is no range of numbers", SourceRange(0, 6), nil),
        ("seq(1, 10, by = 0)", "'by' of 'seq' does not lead from 1 to 10", SourceRange(16, 17), nil),
        ("NULL", "'NULL' gives 0 values where the table has 6 rows", SourceRange(0, 4), nil),
    ]

    @Test(arguments: mistakes)
    func mistakesAreShownWhereTheyAre(_ text: String, _ message: String, _ range: SourceRange, _ hint: String?) throws {
        let error = #expect(throws: Diagnostic.self) { try Golden.table().evaluate(text) }
        #expect(error?.message == message)
        #expect(error?.range == range)
        if let hint { #expect(error?.hint == hint) }
    }

    @Test func namesThatWereNotReadAreKnown() throws {
        let table = try read("height,weight\n1,2\n", ReadingOptions(columns: ["height"]))
        let error = #expect(throws: Diagnostic.self) { try table.evaluate("wieght * 2") }
        #expect(error?.hint == "did you mean 'weight'?")
    }

    @Test func wholeNumbersThatDoNotFitBecomeDoubles() throws {
        let table = try DataTable(columns: [Column("i", .integer([Int.max, 1, ColumnValues.missingInteger]))])
        for text in ["i + 1L", "i * 2L", "-i - 2L"] {
            guard case .double(let values) = try table.evaluate(text) else { return #expect(Bool(false), "\(text)") }
            #expect(abs(values[0]) > 9e18 && values[2].isNaN)
        }
        #expect(try table.result("i %/% -1L") == "-9223372036854775807 -1 NA")
        #expect(try table.result("i %% -1L") == "0 0 NA")
        #expect(
            try table.result("sum(i, na.rm = TRUE)") == "9223372036854775808 9223372036854775808 9223372036854775808"
        )
        #expect(try table.result("as.integer(i * 4)") == "NA 4 NA")
    }

    @Test func columnsHideConstants() throws {
        let table = try DataTable(columns: [Column("T", .integer([5])), Column("pi", .integer([3]))])
        #expect(try table.result("T + pi") == "8")
        #expect(try Golden.table().result("T & F") == "FALSE FALSE FALSE FALSE FALSE FALSE")
    }

    @Test func choicesAmongFactorsGiveText() throws {
        #expect(try Golden.table().result("ifelse(i > 0, f, h)") == "lo hi v NA mid u")
    }

    @Test func wholeNumbersCrossAsFactors() throws {
        let table = try read("school,class\n10,2\n9,1\n10,1\n")
        let values = try table.evaluate("school:class").asCategorical()
        #expect(values.levels == ["9:1", "9:2", "10:1", "10:2"])
        #expect(values.codes == [3, 0, 2])
    }

    @Test func longChainsAreNoRecursion() throws {
        let text = (0..<3999).map { _ in "x" }.joined(separator: " + ")
        #expect(try Golden.table().result(text).hasPrefix("5998.5 -7998 NA"))
        let nested = String(repeating: "(", count: 150) + "x" + String(repeating: ")", count: 150)
        #expect(try Golden.table().result(nested).hasPrefix("1.5 -2"))
    }

    @Test func theHookIsAskedFirst() throws {
        let text = "scale(x * 2) + log(i + 4)"
        var asked: [String] = []
        let values = try Golden.table().evaluate(TableExpression(parsing: text), source: text) {
            (call, evaluate) throws(Diagnostic) in
            asked.append("\(call)")
            guard case .call("scale", let arguments) = call.node else { return nil }
            guard case .double(let values) = try evaluate(arguments[0].value) else { return nil }
            return .double(values.map { $0 / 4 })
        }
        #expect(asked == ["scale(x * 2)", "log(i + 4)"])
        #expect(shown(values)[0] == RNumberText.of(0.75 + 1.6094379124341003))
    }

    @Test func theHookMayThrowAndGiveSingleValues() throws {
        let text = "f(x) + 1"
        let tree = try TableExpression(parsing: text)
        #expect(throws: Diagnostic.self) {
            try Golden.table().evaluate(tree, source: text) { (call, _) throws(Diagnostic) in
                throw Diagnostic("no", source: text, range: call.range)
            }
        }
        let values = try Golden.table().evaluate(tree, source: text) { (_, _) throws(Diagnostic) in .integer([1]) }
        #expect(shown(values) == ["2", "2", "2", "2", "2", "2"])
    }

    @Test func randomExpressionsEndInValuesOrDiagnostics() throws {
        var random = SplitMix(seed: 4)
        let pieces = [
            "x", "i", "b", "g", "f", "o", "n", "(", ")", "+", "-", "*", "/", "^", "%%", "%/%", "%in%", "==", "<", "&",
            "|", "!", ":", ",", "c(", "log(", "factor(", "cut(", "ifelse(", "paste(", "max(", "sum(", "round(",
            "relevel(",
            "1", "0", "1L", "'a'", "NA", "NULL", "TRUE", "1e300", "interaction(", "seq(", "as.integer(", "mean(",
            "labels = ",
        ]
        let table = try Golden.table()
        var count = 0
        for _ in 0..<20_000 {
            let text =
                (0...Int(random.next() % 8)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                .joined(separator: " ") + String(repeating: ")", count: Int(random.next() % 2))
            do throws(Diagnostic) {
                #expect(try table.evaluate(text).count == 6)
                count += 1
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(count > 500)
    }
}

/// A number as columns show it.
enum RNumberText {
    static func of(_ value: Double) -> String { ColumnValues.double([value]).text(at: 0) ?? "NA" }
}

@Suite struct RoundingTests {
    @Test func extremeDigitsAreHarmless() {
        #expect(RoundingFunctions.round(1.23456e-300, digits: 302) == 1.23e-300)
        #expect(RoundingFunctions.round(1.23456e-300, digits: 312) == 1.23456e-300)
        #expect(RoundingFunctions.round(1e300, digits: -330) == 0)
        #expect(RoundingFunctions.round(12345, digits: -2) == 12300)
        #expect(RoundingFunctions.significant(1.2345e-300, digits: 3) == 1.23e-300)
        #expect(RoundingFunctions.round(.infinity, digits: 2) == .infinity)
    }
}
