// What R gives for summaries, text and sequences, with missing values in every column.

import MixedSyntax
import Testing

@testable import MixedTables

@Suite struct SummaryGoldenTests {
    /// R 4.2.2, collation of UTF-8 locales, evaluated in the data frame of `Golden.table`; `as.character` of the results,
    /// `NA` for missing ones.
    static let goldens: [Golden] = [
        Golden("x - mean(x, na.rm = TRUE)", "double", "-19999|-20002.5|NA|-20000.5|79999.5|-19997.5"),
        Golden("x - mean(x)", "double", "NA|NA|NA|NA|NA|NA"),
        Golden(
            "(x - mean(x, na.rm = TRUE)) / sd(x, na.rm = TRUE)", "double",
            "-0.447194029400304|-0.447272292268592|NA|-0.44722757062957|1.7888543804695|-0.447160488171037"),
        Golden("i - median(i, na.rm = TRUE)", "integer", "0|1|-4|NA|4|-1"),
        Golden("var(i, na.rm = TRUE) + 0 * x", "double", "8.5|8.5|NA|8.5|8.5|8.5"),
        Golden("sum(i, na.rm = TRUE) + i", "integer", "6|7|2|NA|10|5"),
        Golden("sum(x)", "double", "NA"),
        Golden("i / sum(b, na.rm = TRUE)", "double", "0.5|1|-1.5|NA|2.5|0"),
        Golden("max(x, na.rm = TRUE) - x", "double", "99998.5|100002|NA|1e+05|0|99997"),
        Golden("min(i, na.rm = TRUE) + i", "integer", "-2|-1|-6|NA|2|-3"),
        Golden("max(i)", "integer", "NA"),
        Golden("max(i, 7L, na.rm = TRUE)", "integer", "7"),
        Golden("pmin(x, i)", "double", "1|-2|NA|NA|5|0"),
        Golden("pmax(i, 1L)", "integer", "1|2|1|NA|5|1"),
        Golden("pmax(x, i, na.rm = TRUE)", "double", "1.5|2|-3|0|1e+05|3"),
        Golden("pmin(i, 2)", "double", "1|2|-3|NA|2|0"),
        Golden("toupper(g)", "character", "B|A|NA|C|B|A"),
        Golden("tolower(g)", "character", "b|a|NA|c|b|a"),
        Golden("paste(g, i)", "character", "b 1|a 2|NA -3|C NA|b 5|a 0"),
        Golden("paste0(g, \"-\", f)", "character", "b-lo|a-hi|NA-lo|C-NA|b-mid|a-hi"),
        Golden("paste(g, i, sep = \"_\")", "character", "b_1|a_2|NA_-3|C_NA|b_5|a_0"),
        Golden("c(1, 2, NA, 4, 5, 6)", "double", "1|2|NA|4|5|6"),
        Golden("c(1L, 2L, 3L, TRUE, FALSE, NA)", "integer", "1|2|3|1|0|NA"),
        Golden("c(\"a\", 1, TRUE, NA, 2.5, 1e5)", "character", "a|1|TRUE|NA|2.5|1e+05"),
        Golden("c(x = 1, y = 2, 3, 4, 5, 6)", "double", "1|2|3|4|5|6"),
        Golden("1:6", "integer", "1|2|3|4|5|6"),
        Golden("6:1", "integer", "6|5|4|3|2|1"),
        Golden("seq(0, 10, by = 2)", "double", "0|2|4|6|8|10"),
        Golden("seq(0, 1, length.out = 6)", "double", "0|0.2|0.4|0.6|0.8|1"),
        Golden("seq(1, 6)", "integer", "1|2|3|4|5|6"),
        Golden("-1:4", "integer", "-1|0|1|2|3|4"),
        Golden("x * (i > 0)", "double", "1.5|-2|NA|NA|1e+05|0"),
        Golden("(x > 0) + (i > 0)", "integer", "2|1|NA|NA|2|1"),
        Golden("pi * i", "double", "3.14159265358979|6.28318530717959|-9.42477796076938|NA|15.707963267949|0"),
        Golden("T & b", "logical", "TRUE|FALSE|NA|TRUE|FALSE|NA"),
        Golden("plogis(x)", "double", "0.817574476193644|0.119202922022118|NA|0.5|1|0.952574126822433"),
        Golden("x == 1.5 & g == \"b\" | f == \"hi\"", "logical", "TRUE|TRUE|NA|NA|FALSE|TRUE"),
        Golden("-2^2 + i", "double", "-3|-2|-7|NA|1|-4"),
        Golden("2^-1 * i", "double", "0.5|1|-1.5|NA|2.5|0"),
        Golden("base::log(abs(i))", "double", "0|0.693147180559945|1.09861228866811|NA|1.6094379124341|-Inf"),
        Golden("x > 0 & !is.na(i)", "logical", "TRUE|FALSE|NA|FALSE|TRUE|TRUE"),
    ]

    @Test(arguments: goldens) func agreesWithR(_ golden: Golden) throws { try golden.check() }
}
