// Making factors and changing their levels.

import MixedSyntax

enum FactorFunctions {
    static let all: [TableFunction] = [
        TableFunction("factor", ["x", "levels", "labels", "exclude", "ordered"]) { (call) throws(Diagnostic) in
            .categorical(try factor(call, isOrdered: call.flag("ordered", default: false)))
        },
        TableFunction("ordered", ["x", "levels", "labels"]) { (call) throws(Diagnostic) in
            .categorical(try factor(call, isOrdered: true))
        },
        TableFunction("as.factor", ["x"]) { (call) throws(Diagnostic) in .categorical(try call.factor("x")) },
        TableFunction("as.ordered", ["x"]) { (call) throws(Diagnostic) in
            var values = try call.factor("x")
            values.kind = .ordered
            return .categorical(values)
        },
        TableFunction("relevel", ["x", "ref"], relevel),
        TableFunction("droplevels", ["x"]) { (call) throws(Diagnostic) in
            .categorical(try call.factor("x").droppingUnusedLevels())
        },
        TableFunction("interaction", ["...", "drop", "sep", "lex.order"], interaction),
    ]

    /// `factor(x, levels, labels)`: values that are not among the levels become missing; equal labels merge levels.
    private static func factor(_ call: FunctionCall, isOrdered: Bool) throws(Diagnostic) -> CategoricalValues {
        let values = try call.values("x")
        var source = values.asCategorical()
        let wasOrdered: Bool
        if case .categorical(let given) = values { wasOrdered = given.kind == .ordered } else { wasOrdered = false }
        let kind: CategoricalValues.Kind =
            isOrdered || (wasOrdered && call.argument("ordered") == nil) ? .ordered : .factor
        if let excluded = try call.texts("exclude"), !excluded.isEmpty {
            let order = source.levels.indices.filter { !excluded.contains(source.levels[$0]) }
            source = source.recoded(order: order, kind: kind)
        }
        if let levels = try call.texts("levels") {
            try checkDistinct(levels, call)
            source = source.withLevels(levels, kind: kind)
        } else {
            source = source.droppingUnusedLevels()
            source.kind = kind
        }
        guard let labels = try call.texts("labels") else { return source }
        if labels.count == 1, source.levels.count > 1 {
            source.levels = (1...source.levels.count).map { labels[0] + String($0) }
            return source
        }
        guard labels.count == source.levels.count else {
            throw call.error(
                "'\(call.function.name)' is given \(labels.count) labels for \(source.levels.count) levels",
                at: "labels",
                hint: "the levels are \(source.levels.prefix(8).joined(separator: ", "))"
                    + (source.levels.count > 8 ? ", ..." : ""))
        }
        return merging(source, labels)
    }

    private static func checkDistinct(_ levels: [String], _ call: FunctionCall) throws(Diagnostic) {
        var seen: Set<String> = []
        for level in levels where !seen.insert(level).inserted {
            throw call.error("the level \"\(level)\" is given twice", at: "levels")
        }
    }

    /// Renames the levels; those with the same label become one.
    private static func merging(_ values: CategoricalValues, _ labels: [String]) -> CategoricalValues {
        var distinct: [String] = []
        let translation = labels.map { label -> Int32 in
            if let position = distinct.firstIndex(of: label) { return Int32(truncatingIfNeeded: position) }
            distinct.append(label)
            return Int32(truncatingIfNeeded: distinct.count - 1)
        }
        return CategoricalValues(
            codes: values.codes.map { $0 < 0 ? $0 : translation[Int($0)] }, levels: distinct, kind: values.kind)
    }

    /// `relevel(x, ref)`: the reference level first, the others in their order.
    private static func relevel(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let values = try call.factor("x")
        guard let reference = try call.texts("ref")?.first else {
            throw call.error("'relevel' needs the level that comes first: relevel(x, ref = \"...\")")
        }
        guard values.kind != .ordered else {
            throw call.error("'relevel' has no meaning for an ordered factor", at: "x")
        }
        guard let position = values.levels.firstIndex(of: reference) else {
            let near = NameSuggestion.nearest(to: reference, among: values.levels)
            let shown = values.levels.prefix(8).joined(separator: ", ") + (values.levels.count > 8 ? ", ..." : "")
            throw call.error(
                "there is no level \"\(reference)\"", at: "ref",
                hint: near.map { "did you mean \"\($0)\"?" } ?? "the levels are \(shown)")
        }
        let others = values.levels.indices.filter { $0 != position }
        return .categorical(values.recoded(order: [position] + others, kind: .factor))
    }

    /// `interaction(a, b)`: all pairs of levels, those of `a` changing fastest unless `lex.order` is set.
    private static func interaction(_ call: FunctionCall) throws(Diagnostic) -> ColumnValues {
        let separator = try call.texts("sep")?.first ?? "."
        let isLexical = try call.flag("lex.order", default: false)
        var result: CategoricalValues?
        for operand in try call.restOperands() {
            let values = operand.values.asCategorical()
            guard values.codes.count == result?.codes.count ?? values.codes.count else {
                throw call.error("the arguments of 'interaction' differ in length")
            }
            guard let first = result else {
                result = values
                continue
            }
            result = pairs(first, values, separator, firstIsSlow: isLexical)
        }
        guard let result else { throw call.error("'interaction' needs at least one factor") }
        return .categorical(try call.flag("drop", default: false) ? result.droppingUnusedLevels() : result)
    }

    private static func pairs(
        _ first: CategoricalValues, _ second: CategoricalValues, _ separator: String, firstIsSlow: Bool
    ) -> CategoricalValues {
        if firstIsSlow { return .crossing(first, second, separator: separator) }
        // Crossed the other way round, with the names put together in the order as written.
        let marked = CategoricalValues.crossing(second.numbered, first.numbered, separator: ":")
        let levels = marked.levels.map { level -> String in
            let parts = level.split(separator: ":").compactMap { Int($0) }
            guard parts.count == 2 else { return level }
            return first.levels[parts[1]] + separator + second.levels[parts[0]]
        }
        return CategoricalValues(codes: marked.codes, levels: levels, kind: .factor)
    }
}

extension CategoricalValues {
    /// The same codes with the levels "0", "1", ...
    fileprivate var numbered: CategoricalValues {
        CategoricalValues(codes: codes, levels: levels.indices.map(String.init), kind: .factor)
    }
}
