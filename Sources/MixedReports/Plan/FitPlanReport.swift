// What a fit will take, as tables.

public import LinearMixedModels
internal import MixedDesign

/// What it took to read the rows that a plan is made of.
public struct DataPass: Hashable, Sendable {
    /// Seconds of one pass.
    public var seconds: Double
    /// The most bytes that the process had.
    public var bytes: Double
    /// The data as it was named, such as `big.csv`.
    public var name: String
    /// Seconds of a second pass, in which a fit looks at its residuals; zero where there is none.
    public var residualSeconds: Double
    /// Whether it is a cube, which holds no rows.
    public var isCube: Bool

    /// - Parameter bytes: The most that the process has had so far, by what the system says, if they are not given.
    public init(
        seconds: Double, bytes: Double? = nil, name: String, residualSeconds: Double = 0, isCube: Bool = false
    ) {
        self.residualSeconds = residualSeconds
        self.seconds = seconds
        self.bytes = bytes ?? MachineMemory.peak ?? 0
        self.name = name
        self.isCube = isCube
    }
}

extension ResultsReport {
    /// The plan of a fit: `rows` has a row for each way to solve the equations (`path, option, seconds, bytes, fits, taken`;
    /// with the second pass over the rows and the memory of reading them, as a fit has them as well),
    /// `groups` one for each grouping factor, `pairs` one for each two of them, `smaller` one for each model with fewer
    /// random slopes that is much cheaper.
    ///
    /// - Parameters:
    ///   - formula: The model's formula.
    ///   - pass: What reading took, where it is known.
    ///   - notes: Remarks about the data.
    public init(_ plan: FitPlan, formula: String, pass: DataPass? = nil, notes: [String] = []) {
        let words = FitPlanWords(plan, formula: formula, pass: pass)
        var sections = [Section("rows", plan.wayTable(pass), shown: words.ways)]
        if !plan.factors.isEmpty { sections.append(Section("groups", plan.groupTable, shown: words.groups)) }
        // Of nested groups the pairs are as many as levels of the finer one.
        let isCrossed = plan.factors.contains { !$0.isEliminated }
        if isCrossed { sections.append(Section("pairs", plan.pairTable, shown: words.pairs)) }
        if !plan.smallerModels.isEmpty {
            sections.append(Section("smaller", plan.smallerTable, shown: words.smallerModels))
        }
        self.init(
            title: "Plan of \(formula)", introduction: words.introduction, sections: sections,
            notes: notes + words.notes,
            details: [
                .init("formula", .string(formula)), .init("nobs", .integer(plan.rowCount)),
                .init("dropped", .integer(plan.droppedRowCount)),
                .init("coefficients", .integer(plan.coefficientCount)),
                .init("random_effects", .integer(plan.randomEffectCount)),
                .init("reason", .string(plan.reason.rawValue)), .init("border", .integer(plan.borderSize)),
                .init("peeled", .integer(plan.peeledEffectCount)), .init("fill", .number(plan.pairUpdates)),
                .init("bytes", .integer(plan.crossProductBytes.wholeNumber)),
                .init("memory_limit", plan.memoryLimit.map { .integer($0.wholeNumber) } ?? .null),
                .init(
                    "read",
                    pass.map {
                        .object([.init("seconds", .number($0.seconds)), .init("bytes", .integer($0.bytes.wholeNumber))])
                    } ?? .null),
                .init(
                    "machine",
                    .object([
                        .init("operations_per_second", .number(plan.machine.denseOperations)),
                        .init("gathers_per_second", .number(plan.machine.gatheredNumbers)),
                    ])),
            ])
    }
}

extension FitPlan {
    fileprivate func wayTable(_ pass: DataPass?) -> ReportTable {
        ReportTable(
            columns: [
                .init("path", format: .text), .init("option", format: .text),
                .init("seconds", format: .estimate()), .init("bytes", format: .integer),
                .init("fits", format: .text), .init("taken", format: .text),
            ],
            rows: ways.map { way in
                [
                    .text(way.path.rawValue), .text(way.path.solver.rawValue),
                    .number(way.seconds + (pass?.residualSeconds ?? 0)),
                    .integer(way.bytes.wholeNumber), .boolean(way.fitsInMemory), .boolean(way.isTaken),
                ]
            })
    }

    fileprivate var groupTable: ReportTable {
        ReportTable(
            columns: [
                .init("group", format: .text), .init("levels", format: .integer),
                .init("effects", format: .integer), .init("nested", format: .text),
                .init("eliminated", format: .text),
            ],
            rows: factors.map { factor in
                [
                    .text(factor.name), .integer(factor.levelCount), .integer(factor.columnCount),
                    .text(factor.nestedIn.joined(separator: ", ")), .boolean(factor.isEliminated),
                ]
            })
    }

    fileprivate var pairTable: ReportTable {
        ReportTable(
            columns: [
                .init("first", format: .text), .init("second", format: .text), .init("pairs", format: .integer),
            ],
            rows: pairs.map { [.text($0.first), .text($0.second), .integer($0.count)] })
    }

    fileprivate var smallerTable: ReportTable {
        ReportTable(
            columns: [
                .init("group", format: .text), .init("path", format: .text),
                .init("seconds", format: .estimate()), .init("bytes", format: .integer),
            ],
            rows: smallerModels.map {
                [.text($0.factor), .text($0.path.rawValue), .number($0.seconds), .integer($0.bytes.wholeNumber)]
            })
    }
}

extension SolutionPath {
    /// The option that asks for it.
    var solver: SolverChoice {
        switch self {
        case .exact: .exact
        case .iterativeThenExact: .automatic
        case .iterative: .iterative
        }
    }
}

extension Double {
    /// The nearest whole number that there is.
    fileprivate var wholeNumber: Int { isFinite ? Int(Swift.min(Swift.max(self, 0), 0x1p62).rounded()) : Int.max }
}
