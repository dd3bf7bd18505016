// Tables in every format, as exact text.

import MixedReports
import MixedTestSupport
import Testing

@Suite struct ReportTableTests {
    static let coefficients = ReportTable(
        title: "Fixed effects",
        columns: [
            .init("term", header: "", format: .text), .init("estimate", header: "Estimate", format: .estimate()),
            .init("std.error", header: "Std. Error", format: .estimate()), .init("df", format: .fixed(decimals: 1)),
            .init("p.value", header: "Pr(>|t|)", format: .pValue()),
        ],
        rows: [
            ["(Intercept)", 251.4051048485, 6.824596695, 16.9997262885, 1.1715581112e-17],
            ["Days", 10.4672859596, 1.5457896439, 16.9999837256, 3.2638244699e-06],
            ["x_1*z", -0.5, .number(.nan), nil, 0.0141],
        ],
        notes: ["REML & <certified>"])

    @Test func text() {
        let expected = """
            Fixed effects
                         Estimate  Std. Error    df   Pr(>|t|)
            (Intercept)    251.41       6.825  17.0  <2e-16
            Days            10.47       1.546  17.0   3.26e-06
            x_1*z           -0.50          NA         0.0141
            REML & <certified>

            """
        #expect(Self.coefficients.text() == expected)
    }

    @Test func textBrokenIntoBlocks() {
        let text = Self.coefficients.text(width: 40)
        let expected = """
            Fixed effects
                         Estimate  Std. Error    df
            (Intercept)    251.41       6.825  17.0
            Days            10.47       1.546  17.0
            x_1*z           -0.50          NA

                          Pr(>|t|)
            (Intercept)  <2e-16
            Days          3.26e-06
            x_1*z         0.0141
            REML & <certified>

            """
        #expect(text == expected)
        // However narrow, every column is there.
        let narrow = Self.coefficients.text(width: 1)
        for column in Self.coefficients.columns { #expect(narrow.contains(column.header)) }
        #expect(!Self.coefficients.text(width: -5).isEmpty)
    }

    @Test func textOfWideCharacters() {
        let table = ReportTable(
            columns: [.init("species", format: .text), .init("n", format: .integer)],
            rows: [["桜桜", 1], ["cafe\u{301}", 12], ["a\tb\r\nc", 3], ["🙂", 4]])
        #expect(table.text() == "species   n\n桜桜      1\ncafe\u{301}     12\na b c     3\n🙂        4\n")
    }

    @Test func markdown() {
        let expected = """
            **Fixed effects**

            |  | Estimate | Std. Error | df | Pr(\\>\\|t\\|) |
            | :--- | ---: | ---: | ---: | ---: |
            | (Intercept) | 251.41 | 6.825 | 17.0 | \\<2e-16 |
            | Days | 10.47 | 1.546 | 17.0 | 3.26e-06 |
            | x\\_1\\*z | -0.50 | NA |  | 0.0141 |

            REML \\& \\<certified\\>

            """
        #expect(Self.coefficients.markdown() == expected)
    }

    @Test func latex() {
        let expected = """
            \\begin{table}[htbp]
            \\centering
            \\caption{Fixed effects}
            \\begin{tabular}{lrrrr}
            \\toprule
             & Estimate & Std. Error & df & Pr(\\textgreater{}\\textbar{}t\\textbar{}) \\\\
            \\midrule
            (Intercept) & 251.41 & 6.825 & 17.0 & $<2 \\times 10^{-16}$ \\\\
            Days & 10.47 & 1.546 & 17.0 & $3.26 \\times 10^{-6}$ \\\\
            x\\_1*z & $-0.50$ & NA &  & 0.0141 \\\\
            \\bottomrule
            \\multicolumn{5}{l}{\\footnotesize REML \\& \\textless{}certified\\textgreater{}} \\\\
            \\end{tabular}
            \\end{table}

            """
        #expect(Self.coefficients.latex() == expected)
    }

    @Test func html() throws {
        let html = Self.coefficients.html()
        #expect(html.hasPrefix("<table style="))
        #expect(html.contains("<caption style=\"text-align:left\">Fixed effects</caption>"))
        #expect(html.contains(">Pr(&gt;|t|)</th>"))
        #expect(html.contains(">&lt;2e-16</td>"))
        #expect(html.contains("REML &amp; &lt;certified&gt;"))
        func count(_ tag: String) -> Int { html.components(of: tag) }
        #expect(count("<th scope=\"col\"") == 5)
        #expect(count("<th scope=\"row\"") == 3)
        for tag in ["table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"] {
            #expect(count("<\(tag) ") + count("<\(tag)>") == count("</\(tag)>"), "\(tag)")
        }
        let hostile = ReportTable(columns: [.init("<script>", format: .text)], rows: [["'\"><b>"]]).html()
        #expect(!hostile.contains("<script>") && !hostile.contains("<b>") && hostile.contains("&#39;&quot;&gt;"))
    }

    @Test func csv() {
        let expected =
            "term,estimate,std.error,df,p.value\r\n"
            + "(Intercept),251.4051048485,6.824596695,16.9997262885,1.1715581112e-17\r\n"
            + "Days,10.4672859596,1.5457896439,16.9999837256,3.2638244699e-06\r\n" + "x_1*z,-0.5,NA,NA,0.0141\r\n"
        #expect(Self.coefficients.csv() == expected)
        let awkward = ReportTable(
            columns: [.init("a,b", format: .text), .init("say \"x\"", format: .text)],
            rows: [["1\r\n2", "NA"], [true, 3.0], [" x", 7]])
        #expect(
            awkward.csv(lineEnding: "\n")
                == "\"a,b\",\"say \"\"x\"\"\"\n\"1\r\n2\",\"NA\"\nTRUE,3\n\" x\",7\n")
    }

    @Test func json() {
        let rows = Self.coefficients.json()
        #expect(rows[0]?["estimate"]?.number == 251.4051048485)
        #expect(rows[2]?["std.error"]?.isNull == true)
        #expect(rows[2]?["df"]?.isNull == true)
        #expect(rows[1]?.members?.map(\.key) == ["term", "estimate", "std.error", "df", "p.value"])
    }

    @Test func emptyAndRaggedTables() {
        let none = ReportTable(columns: [])
        #expect(none.text() == "")
        #expect(none.json() == [])
        #expect(none.csv() == "\r\n")
        #expect(none.markdown() == "")
        #expect(none.latex().contains("\\end{tabular}"))
        #expect(none.html().contains("</table>"))
        let headers = ReportTable(columns: [.init("a", format: .text), .init("b", format: .integer)])
        #expect(headers.text() == "a  b\n")
        let ragged = ReportTable(columns: headers.columns, rows: [[], ["x"], ["y", 2, 3]])
        #expect(ragged.text() == "a  b\n\nx\ny  2\n")
        #expect(ragged.csv(lineEnding: "\n") == "a,b\nNA,NA\nx,NA\ny,2\n")
        #expect(ragged.json().elements?.count == 3)
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int { indices.count { self[$0...].hasPrefix(text) } }
}
