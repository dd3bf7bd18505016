// What is said on standard error about a fit.

import MixedModels

/// The notes and warnings that come with a fit.
enum FitNotes {
    /// Notes on the data and the design, columns left out, and how the search ended where it was not at a plain optimum.
    static func sentences(_ fit: LinearMixedModelFit, data: [String]) -> [String] {
        var sentences = data + fit.design.notes.map(\.sentence)
        if !fit.aliasedNames.isEmpty {
            let names = fit.aliasedNames.map { "'\($0)'" }.joined(separator: ", ")
            let isOne = fit.aliasedNames.count == 1
            sentences.append(
                "\(names) \(isOne ? "is" : "are") determined by the columns before \(isOne ? "it" : "them"), and left out of the model."
            )
        }
        switch fit.status {
        case .converged: break
        case .singular(let directions): sentences += directions.map { "singular fit: \($0.sentence)." }
        case .unidentified(let directions): sentences += directions.map { "\($0.sentence)." }
        case .notConverged(let reason):
            sentences.append("warning: the fit is not certified as an optimum: \(reason).")
        case .interrupted:
            sentences.append("warning: the search was interrupted; these are the best estimates so far.")
        }
        var seen: Set<String> = []
        return sentences.filter { seen.insert($0).inserted }
    }
}

extension OutputOptions {
    /// Puts out the report of a fit, with the notes that belong to it.
    func put(_ report: FitReport) throws {
        try put(notes: FitNotes.sentences(report.fit, data: report.warnings)) { format, width in
            format == .text ? report.text(width: width) : report.rendered(as: format)
        }
    }
}
