// The report as tables for documents: Markdown, HTML and LaTeX.

internal import MixedInference
internal import MixedDesign
internal import MixedSyntax
internal import LinearMixedModels

extension FitReport {
    /// The tables of a paper: coefficients with their intervals, then variances.
    private var documentTables: [ReportTable] {
        var coefficients = coefficientTable
        coefficients.title = "\(title): \(fit.design.formula.description)"
        coefficients.columns[0].header = "Term"
        let percent = ColumnFormatter(.estimate(digits: 3), numbers: [100 * level]).text(100 * level)
        let format = coefficients.columns[1].format
        coefficients.columns.insert(
            contentsOf: [
                .init("conf.low", header: "\(percent)% from", format: format),
                .init("conf.high", header: "to", format: format),
            ], at: 3)
        for (row, (_, test)) in coefficientRows.enumerated() {
            coefficients.rows[row].insert(
                contentsOf: [.number(test?.lowerLimit ?? .nan), .number(test?.upperLimit ?? .nan)], at: 3)
        }
        guard isMixed else { return [coefficients] }
        var variances = randomEffectsTable()
        variances.title = "Random effects"
        return [coefficients, variances]
    }

    private var documentNotes: [String] {
        [dataSentence + ".", droppedSentence].compactMap { $0 } + leastSquaresSentences.map { $0 + "." }
            + ([explainedSentence].compactMap { $0 }) + statusSentences + rowSentences
            + computationSentences
            + ([aliasedSentence].compactMap { $0 })
            + noteSentences + warningSentences
    }

    func markdown() -> String {
        (documentTables.map { $0.markdown() } + documentNotes.map { ReportTable.escapedForMarkdown($0) + "\n" })
            .joined(separator: "\n")
    }

    func html() -> String {
        documentTables.map { $0.html() }.joined()
            + documentNotes.map { "<p>\(ReportTable.escapedForHTML($0))</p>\n" }.joined()
    }

    func latex() -> String {
        (documentTables.map { $0.latex() } + documentNotes.map { ReportTable.escapedForLaTeX($0) + "\n" })
            .joined(separator: "\n")
    }
}
