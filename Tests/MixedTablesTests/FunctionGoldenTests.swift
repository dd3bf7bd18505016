// What R gives for functions of single values, with missing values in every column.

import MixedSyntax
import Testing

@testable import MixedTables

@Suite struct FunctionGoldenTests {
    /// R 4.2.2, collation of UTF-8 locales, evaluated in the data frame of `Golden.table`; `as.character` of the results,
    /// `NA` for missing ones.
    static let goldens: [Golden] = [
        Golden(
            "log(abs(x))", "double", "0.405465108108164|0.693147180559945|NA|-Inf|11.5129254649702|1.09861228866811"),
        Golden("log(i + 4)", "double", "1.6094379124341|1.79175946922805|0|NA|2.19722457733622|1.38629436111989"),
        Golden("log(x + 3, 2)", "double", "2.16992500144231|0|NA|1.58496250072116|16.6096837546388|2.58496250072116"),
        Golden(
            "log(x + 3, base = 10)", "double",
            "0.653212513775344|0|NA|0.477121254719662|5.00001302863903|0.778151250383644"),
        Golden("log(base = 3, x + 3)", "double", "1.36907024642854|0|NA|1|10.4795436782141|1.63092975357146"),
        Golden("log2(i + 4L)", "double", "2.32192809488736|2.58496250072116|0|NA|3.16992500144231|2"),
        Golden("log10(x + 3)", "double", "0.653212513775344|0|NA|0.477121254719662|5.00001302863903|0.778151250383644"),
        Golden("log1p(x + 2)", "double", "1.50407739677627|0|NA|1.09861228866811|11.5129554645202|1.79175946922805"),
        Golden("exp(i)", "double", "2.71828182845905|7.38905609893065|0.0497870683678639|NA|148.413159102577|1"),
        Golden(
            "expm1(x / 1e6)", "double",
            "1.50000112500056e-06|-1.99999800000133e-06|NA|0|0.105170918075648|3.0000045000045e-06"),
        Golden("sqrt(x)", "double", "1.22474487139159|NA|NA|0|316.227766016838|1.73205080756888"),
        Golden("abs(i)", "integer", "1|2|3|NA|5|0"),
        Golden("abs(x)", "double", "1.5|2|NA|0|1e+05|3"),
        Golden("sin(x)", "double", "0.997494986604054|-0.909297426825682|NA|0|0.0357487979720165|0.141120008059867"),
        Golden("cos(x)", "double", "0.0707372016677029|-0.416146836547142|NA|1|-0.999360807438212|-0.989992496600445"),
        Golden("tan(i)", "double", "1.5574077246549|-2.18503986326152|0.142546543074278|NA|-3.38051500624659|0"),
        Golden("sign(x)", "double", "1|-1|NA|0|1|1"),
        Golden("sign(i)", "double", "1|1|-1|NA|1|0"),
        Golden("floor(x)", "double", "1|-2|NA|0|1e+05|3"),
        Golden("ceiling(x / 4)", "double", "1|0|NA|0|25000|1"),
        Golden("trunc(x / 4)", "double", "0|0|NA|0|25000|0"),
        Golden("round(x / 4)", "double", "0|0|NA|0|25000|1"),
        Golden("round(x / 3, 2)", "double", "0.5|-0.67|NA|0|33333.33|1"),
        Golden("round(x, -2)", "double", "0|0|NA|0|1e+05|0"),
        Golden("round(0.15, 1) + 0 * i", "double", "0.1|0.1|0.1|NA|0.1|0.1"),
        Golden("round(2.675, 2) + 0 * i", "double", "2.67|2.67|2.67|NA|2.67|2.67"),
        Golden("round(-0.5) + 0 * i", "double", "0|0|0|NA|0|0"),
        Golden("round(2.5) + 0 * i", "double", "2|2|2|NA|2|2"),
        Golden(
            "round(1234567.891, digits = 1) + 0 * i", "double", "1234567.9|1234567.9|1234567.9|NA|1234567.9|1234567.9"),
        Golden("round(0.285, 2) + 0 * i", "double", "0.28|0.28|0.28|NA|0.28|0.28"),
        Golden("round(1e300, 2) + 0 * i", "double", "1e+300|1e+300|1e+300|NA|1e+300|1e+300"),
        Golden("round(5.015, 2) + 0 * i", "double", "5.02|5.02|5.02|NA|5.02|5.02"),
        Golden("signif(x / 3, 3)", "double", "0.5|-0.667|NA|0|33300|1"),
        Golden("signif(123456.789) + 0 * i", "double", "123457|123457|123457|NA|123457|123457"),
        Golden("signif(-0.00012345, 2) + 0 * i", "double", "-0.00012|-0.00012|-0.00012|NA|-0.00012|-0.00012"),
        Golden("floor(i)", "double", "1|2|-3|NA|5|0"),
        Golden("round(i, 1)", "double", "1|2|-3|NA|5|0"),
        Golden("I(x * 2)", "double", "3|-4|NA|0|2e+05|6"),
        Golden("is.na(x)", "logical", "FALSE|FALSE|TRUE|FALSE|FALSE|FALSE"),
        Golden("is.na(g)", "logical", "FALSE|FALSE|TRUE|FALSE|FALSE|FALSE"),
        Golden("is.na(f) | is.na(b)", "logical", "FALSE|FALSE|TRUE|TRUE|FALSE|TRUE"),
        Golden("is.finite(x / 0)", "logical", "FALSE|FALSE|FALSE|FALSE|FALSE|FALSE"),
        Golden("is.infinite(1 / x)", "logical", "FALSE|FALSE|FALSE|TRUE|FALSE|FALSE"),
        Golden("ifelse(x > 0, \"pos\", \"neg\")", "character", "pos|neg|NA|neg|pos|pos"),
        Golden("ifelse(b, x, i)", "double", "1.5|2|NA|0|5|NA"),
        Golden("ifelse(b, i, 0L)", "integer", "1|0|NA|NA|0|NA"),
        Golden("ifelse(b, 1L, x)", "double", "1|-2|NA|1|1e+05|NA"),
        Golden("ifelse(is.na(g), \"none\", g)", "character", "b|a|none|C|b|a"),
        Golden("ifelse(x > 1, NA, x)", "double", "NA|-2|NA|0|NA|NA"),
        Golden("ifelse(b, TRUE, NA)", "logical", "TRUE|NA|NA|TRUE|NA|NA"),
        Golden("ifelse(x > 0, ifelse(x > 2, \"high\", \"low\"), \"none\")", "character", "low|none|NA|none|high|high"),
        Golden("as.numeric(f)", "double", "1|3|1|NA|2|3"),
        Golden("as.numeric(n)", "double", "1|2|10|NA|2|1"),
        Golden("as.numeric(g)", "double", "NA|NA|NA|NA|NA|NA"),
        Golden("as.numeric(b)", "double", "1|0|NA|1|0|NA"),
        Golden("as.numeric(as.character(factor(n)))", "double", "1|2|10|NA|2|1"),
        Golden("as.integer(x)", "integer", "1|-2|NA|0|100000|3"),
        Golden("as.integer(-x)", "integer", "-1|2|NA|0|-100000|-3"),
        Golden("as.integer(n)", "integer", "1|2|10|NA|2|1"),
        Golden("as.integer(b)", "integer", "1|0|NA|1|0|NA"),
        Golden("as.integer(f)", "integer", "1|3|1|NA|2|3"),
        Golden("as.character(x)", "character", "1.5|-2|NA|0|1e+05|3"),
        Golden("as.character(i)", "character", "1|2|-3|NA|5|0"),
        Golden("as.character(b)", "character", "TRUE|FALSE|NA|TRUE|FALSE|NA"),
        Golden("as.character(f)", "character", "lo|hi|lo|NA|mid|hi"),
        Golden("as.character(x / 3)", "character", "0.5|-0.666666666666667|NA|0|33333.3333333333|1"),
        Golden("as.character(x * 1e10)", "character", "1.5e+10|-2e+10|NA|0|1e+15|3e+10"),
        Golden(
            "as.character(c(100000, 123456, 1e15, 1e-4, 0.0001234, 1e-5))", "character",
            "1e+05|123456|1e+15|1e-04|0.0001234|1e-05"),
        Golden("as.logical(x)", "logical", "TRUE|TRUE|NA|FALSE|TRUE|TRUE"),
        Golden("as.logical(i)", "logical", "TRUE|TRUE|TRUE|NA|TRUE|FALSE"),
        Golden(
            "as.logical(c(\"TRUE\", \"T\", \"true\", \"no\", NA, \"FALSE\"))", "logical", "TRUE|TRUE|TRUE|NA|NA|FALSE"),
    ]

    @Test(arguments: goldens) func agreesWithR(_ golden: Golden) throws { try golden.check() }
}
