// What a fit will take, as tables.

public import LinearMixedModels
internal import MixedSyntax

extension ResultsReport {
    /// The plan of a fit: `rows` has a row for each way to solve the equations (`solver, seconds, bytes, fits, taken`),
    /// `groups` one for each grouping factor, `pairs` one for each two of them.
    ///
    /// - Parameter formula: The model's formula.
    public init(_ plan: FitPlan, formula: String) {
        let groups = ReportTable(
            title: "Grouping factors",
            columns: [
                .init("group", header: "Group", format: .text), .init("levels", header: "Levels", format: .integer),
                .init("effects", header: "Effects of each", format: .integer),
                .init("nested", header: "Nested in", format: .text), .init("solved", header: "Solved", format: .text),
            ],
            rows: plan.factors.map { factor in
                [
                    .text(factor.name), .integer(factor.levelCount), .integer(factor.columnCount),
                    .text(factor.nestedIn.joined(separator: ", ")),
                    .text(factor.isEliminated ? "level by level" : "in the border"),
                ]
            })
        let pairs = ReportTable(
            title: "Levels that occur together",
            columns: [
                .init("first", header: "Group", format: .text), .init("second", header: "With", format: .text),
                .init("pairs", header: "Pairs", format: .integer),
            ], rows: plan.pairs.map { [.text($0.first), .text($0.second), .integer($0.count)] })
        let ways = ReportTable(
            columns: [
                .init("solver", header: "Solver", format: .text), .init("seconds", header: "Seconds", format: .estimate()),
                .init("bytes", header: "Bytes", format: .integer), .init("fits", header: "Fits in memory", format: .text),
                .init("taken", header: "Taken", format: .text),
            ],
            rows: plan.ways.map { way in
                [
                    .text(way.computation.rawValue), .number(way.seconds), .integer(Int(min(way.bytes, 1e18))),
                    .text(way.fits ? "yes" : "no"), .text(way.isTaken ? "yes" : "no"),
                ]
            })
        let shown = ReportTable(
            title: "Ways to fit it",
            columns: [
                .init("solver", header: "Way", format: .text), .init("seconds", header: "Time", format: .text),
                .init("bytes", header: "Memory", format: .text), .init("taken", header: "", format: .text),
            ],
            rows: plan.ways.map { way in
                [
                    .text(way.computation.words), .text(MeasureText.duration(way.seconds)),
                    .text(MeasureText.bytes(way.bytes) + (way.fits ? "" : ": does not fit")),
                    .text(way.isTaken ? "<- will be taken" : ""),
                ]
            })
        var sections = [Section("rows", ways, shown: shown)]
        if !plan.factors.isEmpty { sections.append(Section("groups", groups)) }
        if !plan.pairs.isEmpty { sections.append(Section("pairs", pairs)) }
        self.init(
            title: "Plan of \(formula)",
            introduction: [
                "\(MeasureText.grouped(plan.rowCount)) rows and \(plan.fixedColumnCount) fixed-effects columns leave \(MeasureText.bytes(plan.crossProductBytes)) of cross-products."
            ], sections: sections, notes: plan.sentences,
            details: [
                .init("nobs", .integer(plan.rowCount)), .init("columns", .integer(plan.fixedColumnCount)),
                .init("border", .integer(plan.borderSize)), .init("peeled", .integer(plan.peeledEffectCount)),
                .init("fill", .number(plan.pairUpdates)),
                .init("crossProductBytes", .integer(Int(min(plan.crossProductBytes, 1e18)))),
            ])
    }
}

extension FitPlan {
    /// What the numbers mean, and what would be cheaper.
    fileprivate var sentences: [String] {
        var notes: [String] = []
        if factors.contains(where: { !$0.isEliminated }) {
            notes.append(
                "Eliminating the other levels leaves \(MeasureText.grouped(borderSize)) equations that all depend on each other (the border); forming them takes \(MeasureText.rounded(pairUpdates)) multiplications for each evaluation."
            )
            if peeledEffectCount > 0 {
                notes.append(
                    "\(MeasureText.grouped(peeledEffectCount)) levels occur with a single level of another factor and cost next to nothing."
                )
            }
        } else if !factors.isEmpty {
            notes.append("The groups are nested or stand alone: nothing fills in, and the time grows with the levels.")
        }
        if let taken, !taken.fits {
            let other = ways.first { $0.fits }
            notes.append(
                other.map { "The way that would be taken does not fit in memory; --solver \($0.solver.rawValue) does." }
                    ?? "No way to fit the model fits in memory: leave out a random term, or its slopes.")
        } else if let taken, taken.computation != .iterative, taken.seconds > 60,
            let quick = ways.first(where: { $0.computation == .iterative })
        {
            notes.append(
                "With --solver iterative it takes about \(MeasureText.duration(quick.seconds)): the variances then carry a small Monte Carlo error, which is stated."
            )
        }
        if factors.contains(where: { !$0.isEliminated && $0.columnCount > 1 }) {
            notes.append(
                "Random slopes of a factor in the border multiply its equations; a model without them is cheaper by their number to the third power."
            )
        }
        notes.append("Times are estimates for this machine, reading not included; several models of the same rows are cheapest from a cube (mixed cube).")
        return notes
    }
}

extension FitPlan.Way.Kind {
    /// What people read.
    fileprivate var words: String {
        switch self {
        case .exact: "exact (--solver exact)"
        case .iterativeThenExact: "iterative, then exact"
        case .iterative: "iterative (--solver iterative)"
        }
    }
}
