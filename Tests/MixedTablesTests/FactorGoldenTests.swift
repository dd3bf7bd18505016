// What R gives for factors, with missing values in every column.

import MixedSyntax
import Testing

@testable import MixedTables

@Suite struct FactorGoldenTests {
    /// R 4.2.2, collation of UTF-8 locales, evaluated in the data frame of `Golden.table`; `as.character` of the results,
    /// `NA` for missing ones.
    static let goldens: [Golden] = [
        Golden("factor(g)", "factor", "b|a|NA|C|b|a", levels: "a|b|C"),
        Golden("factor(n)", "factor", "1|2|10|NA|2|1", levels: "1|10|2"),
        Golden("factor(i)", "factor", "1|2|-3|NA|5|0", levels: "-3|0|1|2|5"),
        Golden("factor(x)", "factor", "1.5|-2|NA|0|1e+05|3", levels: "-2|0|1.5|3|1e+05"),
        Golden("factor(b)", "factor", "TRUE|FALSE|NA|TRUE|FALSE|NA", levels: "FALSE|TRUE"),
        Golden(
            "factor(x / 3)", "factor", "0.5|-0.666666666666667|NA|0|33333.3333333333|1",
            levels: "-0.666666666666667|0|0.5|1|33333.3333333333"),
        Golden("factor(f)", "factor", "lo|hi|lo|NA|mid|hi", levels: "lo|mid|hi"),
        Golden("factor(g, levels = c(\"b\", \"a\"))", "factor", "b|a|NA|NA|b|a", levels: "b|a"),
        Golden("factor(g, levels = c(\"b\", \"a\", \"zzz\"))", "factor", "b|a|NA|NA|b|a", levels: "b|a|zzz"),
        Golden(
            "factor(i, levels = c(5, 1), labels = c(\"five\", \"one\"))", "factor", "one|NA|NA|NA|five|NA",
            levels: "five|one"),
        Golden("factor(i, labels = \"L\")", "factor", "L3|L4|L1|NA|L5|L2", levels: "L1|L2|L3|L4|L5"),
        Golden(
            "factor(n, labels = c(\"one\", \"ten\", \"two\"))", "factor", "one|two|ten|NA|two|one",
            levels: "one|ten|two"),
        Golden(
            "factor(g, levels = c(\"a\", \"b\", \"C\"), labels = c(\"ab\", \"ab\", \"C\"))", "factor",
            "ab|ab|NA|C|ab|ab", levels: "ab|C"),
        Golden("factor(f, ordered = TRUE)", "ordered", "lo|hi|lo|NA|mid|hi", levels: "lo|mid|hi"),
        Golden("factor(o)", "ordered", "lo|hi|lo|NA|mid|hi", levels: "lo|mid|hi"),
        Golden("factor(g, exclude = c(\"a\", NA))", "factor", "b|NA|NA|C|b|NA", levels: "b|C"),
        Golden("ordered(g)", "ordered", "b|a|NA|C|b|a", levels: "a|b|C"),
        Golden("ordered(g, levels = c(\"C\", \"b\", \"a\"))", "ordered", "b|a|NA|C|b|a", levels: "C|b|a"),
        Golden("ordered(f, levels = c(\"hi\", \"lo\"))", "ordered", "lo|hi|lo|NA|NA|hi", levels: "hi|lo"),
        Golden("as.factor(n)", "factor", "1|2|10|NA|2|1", levels: "1|10|2"),
        Golden("as.factor(f)", "factor", "lo|hi|lo|NA|mid|hi", levels: "lo|mid|hi"),
        Golden("as.factor(x)", "factor", "1.5|-2|NA|0|1e+05|3", levels: "-2|0|1.5|3|1e+05"),
        Golden("as.ordered(n)", "ordered", "1|2|10|NA|2|1", levels: "1|10|2"),
        Golden("relevel(f, ref = \"mid\")", "factor", "lo|hi|lo|NA|mid|hi", levels: "mid|lo|hi"),
        Golden("relevel(f, \"hi\")", "factor", "lo|hi|lo|NA|mid|hi", levels: "hi|lo|mid"),
        Golden("relevel(factor(g), ref = \"b\")", "factor", "b|a|NA|C|b|a", levels: "b|a|C"),
        Golden(
            "droplevels(factor(f, levels = c(\"zz\", \"hi\", \"lo\")))", "factor", "lo|hi|lo|NA|NA|hi", levels: "hi|lo"),
        Golden("f:h", "factor", "lo:u|hi:v|lo:v|NA|NA|hi:u", levels: "lo:u|lo:v|mid:u|mid:v|hi:u|hi:v"),
        Golden("h:f", "factor", "u:lo|v:hi|v:lo|NA|NA|u:hi", levels: "u:lo|u:mid|u:hi|v:lo|v:mid|v:hi"),
        Golden("factor(g):h", "factor", "b:u|a:v|NA|C:u|NA|a:u", levels: "a:u|a:v|b:u|b:v|C:u|C:v"),
        Golden("interaction(f, h)", "factor", "lo.u|hi.v|lo.v|NA|NA|hi.u", levels: "lo.u|mid.u|hi.u|lo.v|mid.v|hi.v"),
        Golden(
            "interaction(f, h, sep = \"_\")", "factor", "lo_u|hi_v|lo_v|NA|NA|hi_u",
            levels: "lo_u|mid_u|hi_u|lo_v|mid_v|hi_v"),
        Golden(
            "interaction(f, h, lex.order = TRUE)", "factor", "lo.u|hi.v|lo.v|NA|NA|hi.u",
            levels: "lo.u|lo.v|mid.u|mid.v|hi.u|hi.v"),
        Golden("interaction(f, h, drop = TRUE)", "factor", "lo.u|hi.v|lo.v|NA|NA|hi.u", levels: "lo.u|hi.u|lo.v|hi.v"),
        Golden(
            "interaction(f, h, o)", "factor", "lo.u.lo|hi.v.hi|lo.v.lo|NA|NA|hi.u.hi",
            levels:
                "lo.u.lo|mid.u.lo|hi.u.lo|lo.v.lo|mid.v.lo|hi.v.lo|lo.u.mid|mid.u.mid|hi.u.mid|lo.v.mid|mid.v.mid|hi.v.mid|lo.u.hi|mid.u.hi|hi.u.hi|lo.v.hi|mid.v.hi|hi.v.hi"
        ),
        Golden(
            "cut(x, 3)", "factor",
            "(-102,3.33e+04]|(-102,3.33e+04]|NA|(-102,3.33e+04]|(6.67e+04,1e+05]|(-102,3.33e+04]",
            levels: "(-102,3.33e+04]|(3.33e+04,6.67e+04]|(6.67e+04,1e+05]"),
        Golden(
            "cut(i, 2)", "factor", "(-3.01,1]|(1,5.01]|(-3.01,1]|NA|(1,5.01]|(-3.01,1]", levels: "(-3.01,1]|(1,5.01]"),
        Golden(
            "cut(x, c(-5, 0, 2, 1e6))", "factor", "(0,2]|(-5,0]|NA|(-5,0]|(2,1e+06]|(2,1e+06]",
            levels: "(-5,0]|(0,2]|(2,1e+06]"),
        Golden(
            "cut(x, breaks = c(-5, 0, 2, 1e6), right = FALSE)", "factor", "[0,2)|[-5,0)|NA|[0,2)|[2,1e+06)|[2,1e+06)",
            levels: "[-5,0)|[0,2)|[2,1e+06)"),
        Golden(
            "cut(x, c(-2, 0, 3), include.lowest = TRUE)", "factor", "(0,3]|[-2,0]|NA|[-2,0]|NA|(0,3]",
            levels: "[-2,0]|(0,3]"),
        Golden(
            "cut(x, c(-2, 0, 3), include.lowest = TRUE, right = FALSE)", "factor", "[0,3]|[-2,0)|NA|[0,3]|NA|[0,3]",
            levels: "[-2,0)|[0,3]"),
        Golden("cut(x, c(-2, 0, 3))", "factor", "(0,3]|NA|NA|(-2,0]|NA|(0,3]", levels: "(-2,0]|(0,3]"),
        Golden(
            "cut(x, c(-Inf, 0, Inf))", "factor", "(0, Inf]|(-Inf,0]|NA|(-Inf,0]|(0, Inf]|(0, Inf]",
            levels: "(-Inf,0]|(0, Inf]"),
        Golden(
            "cut(x, c(-Inf, 0, Inf), labels = c(\"low\", \"high\"))", "factor", "high|low|NA|low|high|high",
            levels: "low|high"),
        Golden("cut(x, c(-Inf, 0, Inf), labels = FALSE)", "integer", "2|1|NA|1|2|2"),
        Golden(
            "cut(i, c(-3, 0.12345, 0.123456, 5))", "factor", "(0.12346,5]|(0.12346,5]|NA|NA|(0.12346,5]|(-3,0.12345]",
            levels: "(-3,0.12345]|(0.12345,0.12346]|(0.12346,5]"),
        Golden(
            "cut(i, c(-3, 0.12345, 0.12346, 5), dig.lab = 2)", "factor",
            "(0.12346,5]|(0.12346,5]|NA|NA|(0.12346,5]|(-3,0.12345]",
            levels: "(-3,0.12345]|(0.12345,0.12346]|(0.12346,5]"),
        Golden(
            "cut(c(7, 7, 7, 7, 7, 7), 3)", "factor",
            "(6.998,7.002]|(6.998,7.002]|(6.998,7.002]|(6.998,7.002]|(6.998,7.002]|(6.998,7.002]",
            levels: "(6.993,6.998]|(6.998,7.002]|(7.002,7.007]"),
        Golden(
            "cut(c(0, 0, 0, 0, 0, NA), 2)", "factor", "(-0.001,0]|(-0.001,0]|(-0.001,0]|(-0.001,0]|(-0.001,0]|NA",
            levels: "(-0.001,0]|(0,0.001]"),
        Golden("cut(i, c(5, 0, -4))", "factor", "(0,5]|(0,5]|(-4,0]|NA|(0,5]|(-4,0]", levels: "(-4,0]|(0,5]"),
        Golden(
            "cut(x, c(-10, 1000, 1e5, 1e6))", "factor",
            "(-10,1e+03]|(-10,1e+03]|NA|(-10,1e+03]|(1e+03,1e+05]|(-10,1e+03]",
            levels: "(-10,1e+03]|(1e+03,1e+05]|(1e+05,1e+06]"),
        Golden("cut(x, c(0, 1, 2), ordered_result = TRUE)", "ordered", "(1,2]|NA|NA|NA|NA|NA", levels: "(0,1]|(1,2]"),
    ]

    @Test(arguments: goldens) func agreesWithR(_ golden: Golden) throws { try golden.check() }
}
