// The summary of a fitted model, in every format.

internal import MixedDesign
public import LinearMixedModels
public import MixedInference

/// What there is to say about a fit: for people as text, for papers as tables, for programs as JSON and CSV.
///
///     print(FitReport(fit).text())
public struct FitReport: Sendable {
    public let fit: LinearMixedModelFit
    /// How the tests of the coefficients get their degrees of freedom.
    public var degreesOfFreedom: DegreesOfFreedomMethod { inference.method }
    /// What the tests of the coefficients are made of.
    let inference: FixedEffectsInference
    /// The level of the confidence intervals.
    public let level: Double
    /// What happened on the way to the fit that a reader should know, one sentence each.
    public let warnings: [String]
    /// How long it took to read the data and to fit the model.
    public let seconds: (read: Double, fit: Double)?
    /// The tests of the coefficients that were estimated.
    let tests: [CoefficientTest]

    /// A report of a fit.
    ///
    /// - Parameters:
    ///   - inference: What the tests of the coefficients are made of; Satterthwaite's degrees of freedom otherwise.
    ///   - level: The level of the confidence intervals, between 0 and 1.
    ///   - warnings: Sentences to be shown with the results, such as remarks on the data.
    ///   - seconds: How long it took to read the data and to fit the model.
    /// - Complexity: That of the tests; nothing depends on the number of rows.
    public init(
        _ fit: LinearMixedModelFit, inference: FixedEffectsInference? = nil, level: Double = 0.95,
        warnings: [String] = [], seconds: (read: Double, fit: Double)? = nil
    ) {
        self.fit = fit
        self.inference = inference ?? fit.inference()
        self.level = level
        self.warnings = warnings
        self.seconds = seconds
        tests = self.inference.coefficientTests(level: level)
    }

    /// The report in a format, ending in a newline.
    public func rendered(as format: ReportFormat) -> String {
        switch format {
        case .text: text()
        case .json: json().text(.pretty) + "\n"
        case .csv: tidy.csv(lineEnding: "\n")
        case .markdown: markdown()
        case .html: html()
        case .latex: latex()
        }
    }
}

extension FitReport {
    /// Whether the model has random terms; a report of one without reads differently.
    var isMixed: Bool { fit.hasRandomEffects }

    /// The columns of the fixed effects in R's order, each with its test; an aliased column has none.
    var coefficientRows: [(name: String, test: CoefficientTest?)] {
        var next = 0
        return fit.design.fixedColumnNames.map { name in
            guard next < tests.count, tests[next].term == name else { return (name, nil) }
            next += 1
            return (name, tests[next - 1])
        }
    }

    /// The notes of the design, except that rows were left out, which is said with the number of rows.
    var noteSentences: [String] {
        fit.design.notes.compactMap { note in
            if case .droppedRows = note { nil } else { note.sentence }
        }
    }

    /// The warnings that were given, without those that repeat a note.
    var warningSentences: [String] {
        var seen = Set(fit.design.notes.map(\.sentence))
        return warnings.filter { seen.insert($0).inserted }
    }
}
