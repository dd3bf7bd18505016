// A plan in words: what people read of it.

internal import LinearMixedModels

/// The sentences and tables of a plan.
struct FitPlanWords {
    private let plan: FitPlan
    private let formula: String
    private let pass: DataPass?

    init(_ plan: FitPlan, formula: String, pass: DataPass?) {
        self.plan = plan
        self.formula = formula
        self.pass = pass
    }

    // MARK: Before the tables

    var introduction: [String] {
        var size =
            "\(MeasureText.count(plan.rowCount, "row")), \(MeasureText.count(plan.coefficientCount, "coefficient"))"
        if !plan.factors.isEmpty { size += ", \(MeasureText.count(plan.randomEffectCount, "random effect"))" }
        size += "."
        if plan.droppedRowCount > 0 {
            size +=
                " Another \(MeasureText.count(plan.droppedRowCount, "row")) \(plan.droppedRowCount == 1 ? "lacks" : "lack") values and \(plan.droppedRowCount == 1 ? "is" : "are") not used."
        }
        guard let pass else { return [size] }
        let sums = MeasureText.bytes(plan.crossProductBytes)
        if pass.isCube { return [size, "The cube's sums take \(sums)."] }
        return [
            size,
            "Reading them took \(MeasureText.duration(pass.seconds)) and \(MeasureText.bytes(pass.bytes)) of memory; the sums that a fit is made of take \(sums).",
        ]
    }

    // MARK: Tables

    var groups: ReportTable {
        let isNested = plan.factors.contains { !$0.nestedIn.isEmpty }
        var columns: [ReportTable.Column] = [
            .init("group", header: "Group", format: .text),
            .init("levels", header: "Levels", format: .text, alignment: .trailing),
            .init("effects", header: "Effects of each", format: .integer),
            .init("eliminated", header: "Solved for", format: .text),
        ]
        if isNested { columns.insert(.init("nested", header: "Nested in", format: .text), at: 3) }
        return ReportTable(
            title: "Groups", columns: columns,
            rows: plan.factors.map { factor in
                var row: [ReportTable.Cell] = [
                    .text(factor.name), .text(MeasureText.grouped(factor.levelCount)), .integer(factor.columnCount),
                    .text(factor.isEliminated ? "level by level" : "all levels at once"),
                ]
                if isNested { row.insert(.text(factor.nestedIn.joined(separator: ", ")), at: 3) }
                return row
            })
    }

    var ways: ReportTable {
        ReportTable(
            title: "What a fit will take",
            columns: [
                .init("path", header: "Way", format: .text), .init("option", header: "Option", format: .text),
                .init("seconds", header: "Time", format: .text, alignment: .trailing),
                .init("bytes", header: "Memory", format: .text, alignment: .trailing),
                .init("taken", header: "", format: .text),
            ],
            rows: plan.ways.map { way in
                var remarks: [String] = []
                if way.isTaken { remarks.append("<- taken") }
                if !way.fitsInMemory { remarks.append("does not fit") }
                return [
                    .text(way.path.words), .text("--solver \(way.path.solver.rawValue)"),
                    .text(MeasureText.duration(way.seconds + (pass?.residualSeconds ?? 0))),
                    .text(MeasureText.bytes(way.bytes)),
                    .text(remarks.joined(separator: ", ")),
                ]
            })
    }

    var pairs: ReportTable {
        ReportTable(
            title: "Levels that occur together",
            columns: [
                .init("first", header: "Group", format: .text), .init("second", header: "With", format: .text),
                .init("pairs", header: "Pairs", format: .text, alignment: .trailing),
            ],
            rows: plan.pairs.map { [.text($0.first), .text($0.second), .text(MeasureText.grouped($0.count))] })
    }

    var smallerModels: ReportTable {
        ReportTable(
            title: "Models with fewer random slopes, which answer another question",
            columns: [
                .init("group", header: "Intercepts only for", format: .text),
                .init("seconds", header: "Time", format: .text, alignment: .trailing),
                .init("bytes", header: "Memory", format: .text, alignment: .trailing),
            ],
            rows: plan.smallerModels.map {
                [.text($0.factor), .text(MeasureText.duration($0.seconds)), .text(MeasureText.bytes($0.bytes))]
            })
    }

    // MARK: After the tables

    var notes: [String] { [reason] + [fillIn, memory, quicker, cube].compactMap { $0 } + [accuracy] }

    private var reason: String {
        switch plan.reason {
        case .nothingCrossed:
            if plan.factors.isEmpty { return "There are no random effects: a linear model, solved in one step." }
            let levels =
                plan.factors.count == 1
                ? "The levels of \(plan.factors[0].name)" : "The groups are nested in each other. Their levels"
            return "\(levels) are solved for one by one: the time grows with their number, and no faster."
        case .asked:
            return "\(whatIsLeft) These are solved in the way that you asked for (\(plan.taken.path.words))."
        case .smallBorder: return "\(whatIsLeft) So few are solved as a whole, exactly."
        case .middlingBorder:
            return
                "\(whatIsLeft) Between \(MeasureText.grouped(SolverChoice.largestExactBorder)) and \(MeasureText.grouped(SolverChoice.largestPolishedBorder)) levels, auto solves them as a whole only at the end of a search that does without: the answer is exact."
        case .largeBorder:
            return
                "\(whatIsLeft) These are too many to be solved as a whole. From \(MeasureText.grouped(SolverChoice.largestPolishedBorder)) levels on auto takes the iterative way: its variances carry a small random error, which the summary of the fit states."
        }
    }

    /// What the border is.
    private var whatIsLeft: String {
        let solved = Self.list(plan.factors.filter(\.isEliminated).map(\.name))
        let others = Self.list(plan.factors.filter { !$0.isEliminated }.map(\.name))
        return
            "Once the levels of \(solved) are solved for one by one, \(MeasureText.grouped(plan.borderSize)) equations are left that all depend on each other: the levels of \(others), and the coefficients."
    }

    /// Names as in a sentence.
    private static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }

    private var fillIn: String? {
        guard plan.factors.contains(where: { !$0.isEliminated }), plan.taken.path != .iterative else { return nil }
        var text =
            "To set them up takes \(MeasureText.rounded(plan.pairUpdates)) multiplications for each set of variances that is tried."
        if plan.peeledEffectCount > 0 {
            text +=
                " Another \(MeasureText.count(plan.peeledEffectCount, "effect belongs", "effects belong")) to levels that occur with a single level of another group, and cost next to nothing."
        }
        return text
    }

    private var memory: String? {
        guard let limit = plan.memoryLimit, !plan.taken.fitsInMemory else { return nil }
        let room = "\(MeasureText.bytes(limit)) of memory can be had"
        if let other = plan.ways.first(where: { $0.fitsInMemory }) {
            return
                "Only \(room), so that the fit would be refused; with --solver \(other.path.solver.rawValue) it can be done."
        }
        return
            "Only \(room), so that the fit would be refused: leave out random slopes or one of the crossed groups, or use a larger machine."
    }

    /// A way is worth mentioning where it saves so many seconds, and half of them.
    private static let worthwhileSeconds = 1.0

    private var quicker: String? {
        guard plan.taken.fitsInMemory, plan.taken.path != .iterative,
            let way = plan.ways.first(where: { $0.path == .iterative }),
            way.seconds < 0.5 * plan.taken.seconds, plan.taken.seconds - way.seconds > Self.worthwhileSeconds
        else { return nil }
        return
            "Cheaper, for the same model: --solver iterative. Its variances carry a small random error, which the summary of the fit states, and likelihood-ratio tests cannot be had."
    }

    private var cube: String? {
        guard let pass, !pass.isCube, pass.seconds > 0.2 else { return nil }
        return
            "Several models of these rows? Keep their sums: mixed cube '\(formula)' \(pass.name) -o rows.cube reads them once, and mixed fit FORMULA rows.cube fits each smaller model without reading them."
    }

    private var accuracy: String {
        let estimate = "Times are estimates for this machine, good to a factor of two"
        guard let pass, !pass.isCube else { return "\(estimate)." }
        return pass.residualSeconds > 0
            ? "\(estimate). Reading comes on top; a second look at the rows, for the residuals, is included."
            : "\(estimate). Reading comes on top."
    }
}

extension SolutionPath {
    /// What people read.
    var words: String {
        switch self {
        case .exact: "exact"
        case .iterativeThenExact: "iterative, then exact"
        case .iterative: "iterative"
        }
    }
}
