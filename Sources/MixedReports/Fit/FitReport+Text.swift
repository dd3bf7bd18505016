// The report as plain text, in the order of R's summary.

internal import MixedDesign
internal import LinearMixedModels

extension FitReport {
    /// The most coefficients whose correlations are shown.
    private static let largestCorrelationTable = 12

    /// The summary for a terminal; no line is wider than `width`, which counts as 40 at least.
    public func text(width: Int = 80) -> String {
        var page = TextPage(width: width)
        page.paragraph(title)
        page.paragraph(formulaSentence, indent: 2)
        page.paragraph(dataSentence, indent: 2)
        if let droppedSentence { page.paragraph(droppedSentence, indent: 2) }
        page.blankLine()
        page.paragraph(criterionSentence, indent: 2)
        if let residualTable {
            page.blankLine()
            page.table(fits(residualTable, page) ? residualTable : Self.withShortHeaders(residualTable))
        }
        if isMixed { addRandomEffects(to: &page) }
        if !fit.design.fixedColumnNames.isEmpty {
            page.blankLine()
            page.paragraph(testsHeading)
            page.table(coefficientTable)
        }
        if isMixed { addCorrelations(to: &page) }
        page.blankLine()
        for sentence in leastSquaresSentences { page.paragraph(sentence, indent: 2) }
        if let explainedSentence { page.paragraph(explainedSentence, indent: 2) }
        for sentence in statusSentences + rowSentences { page.paragraph(sentence, indent: 2) }
        for sentence in computationSentences { page.paragraph(sentence, indent: 2) }
        if let aliasedSentence { page.paragraph(aliasedSentence, indent: 2) }
        for sentence in noteSentences { page.paragraph("Note: \(sentence)", indent: 2) }
        for sentence in warningSentences { page.paragraph("Note: \(sentence)", indent: 2) }
        return page.text
    }

    private var criterionSentence: String {
        func text(_ value: Double) -> String { NumberText.fixed(value, decimals: 2) }
        let name = isMixed && fit.method == .restrictedLikelihood ? "REML criterion" : "-2 log-likelihood"
        guard fit.criterion.isFinite else { return "\(name), AIC and BIC are not known" }
        return
            "\(name) \(text(fit.criterion)), AIC \(text(fit.akaikeInformation)), BIC \(text(fit.bayesianInformation))"
    }

    private func addRandomEffects(to page: inout TextPage) {
        page.blankLine()
        page.paragraph("Random effects:")
        let table = randomEffectsTable()
        guard !fits(table, page) else { return page.table(table) }
        page.table(randomEffectsTable(withCorrelations: false))
        for table in randomCorrelationTables {
            page.blankLine()
            page.table(table)
        }
    }

    private func addCorrelations(to page: inout TextPage) {
        guard (2...Self.largestCorrelationTable).contains(fit.coefficientNames.count) else { return }
        let table = coefficientCorrelationTable
        guard fits(table, page) else { return }
        page.blankLine()
        page.table(table)
    }

    /// Whether a table has its place on the page in one block.
    private func fits(_ table: ReportTable, _ page: TextPage) -> Bool {
        table.text().split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= page.width }
    }

    /// The table of quantiles with R's short names for them.
    private static func withShortHeaders(_ table: ReportTable) -> ReportTable {
        var short = table
        for (index, header) in ["Min", "1Q", "Median", "3Q", "Max"].enumerated() where index < short.columns.count {
            short.columns[index].header = header
        }
        return short
    }
}
