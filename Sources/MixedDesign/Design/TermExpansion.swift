// From terms to columns, by R's rules for coding, naming and order.

import MixedSyntax

/// Makes the columns of a set of terms, as R's `model.matrix` does.
struct TermExpansion {
    /// The most columns a design may have; beyond, its cross-products would not fit into memory.
    static let columnLimit = 10_000
    /// The most levels of a factor whose contrasts are not plain indicators.
    static let contrastLevelLimit = 2_000

    private(set) var columns: [DesignColumn] = []
    private(set) var terms: [DesignTerm] = []

    /// Expands `model`; `indices` gives for each of its variables the index among the design's `variables`.
    ///
    /// The columns of a term are all products of its variables' columns, those of the first variable varying fastest.
    init(_ model: ModelTerms, variables: [DesignVariable], indices: [Int]) throws(DesignError) {
        if model.hasIntercept {
            columns.append(.intercept)
            terms.append(DesignTerm(label: DesignColumn.intercept.name, variables: [], codings: [], columns: 0..<1))
        }
        let isCategorical: (Int) -> Bool = { variables[indices[$0]].isCategorical }
        for (number, term) in model.terms.enumerated() {
            var products = [DesignColumn(name: "", parts: [])]
            var codings: [VariableCoding] = []
            for position in term.variables {
                let index = indices[position]
                let coding: VariableCoding
                if isCategorical(position) {
                    switch model.coding(ofVariable: position, inTerm: number, isCategorical: isCategorical) {
                    case .contrasts: coding = .contrasts
                    case .indicators: coding = .indicators
                    }
                } else {
                    coding = .numeric
                }
                codings.append(coding)
                let count = variables[index].partCount(coding: coding)
                let total = columns.count + products.count * count
                guard total <= Self.columnLimit else { throw Self.tooManyColumns(total) }
                let parts = try variables[index].parts(index: index, coding: coding)
                var next: [DesignColumn] = []
                next.reserveCapacity(parts.count * products.count)
                for part in parts {
                    for product in products {
                        let name = product.parts.isEmpty ? part.name : product.name + ":" + part.name
                        next.append(DesignColumn(name: name, parts: product.parts + [part.part]))
                    }
                }
                products = next
            }
            terms.append(
                DesignTerm(
                    label: model.label(of: term), variables: term.variables.map { indices[$0] }, codings: codings,
                    columns: columns.count..<(columns.count + products.count)))
            columns += products
        }
    }

    private static func tooManyColumns(_ count: Int) -> DesignError {
        DesignError(
            .tooManyColumns(count: count, limit: columnLimit),
            "The formula makes at least \(count) columns; at most \(columnLimit) are possible",
            hint: "a variable with so many levels belongs into a random term, (1 | variable)")
    }
}

extension DesignVariable {
    /// How many columns the variable contributes to a term.
    fileprivate func partCount(coding: VariableCoding) -> Int {
        switch kind {
        case .numeric: return 1
        case .basis(let basis): return basis.columnCount
        case .categorical(let levels, let contrasts):
            if coding == .indicators { return levels.count }
            if levels.count > 1, case .custom(let rows, _) = contrasts { return rows.first?.count ?? 0 }
            return max(levels.count - 1, 0)
        }
    }

    /// The columns that the variable contributes to a term, with their names.
    fileprivate func parts(
        index: Int, coding: VariableCoding
    ) throws(DesignError) -> [(name: String, part: DesignColumn.Part)] {
        switch kind {
        case .numeric:
            return [(name, .value(variable: index))]
        case .basis(let basis):
            return basis.suffixes.enumerated().map { (name + $1, .basis(variable: index, column: $0)) }
        case .categorical(let levels, let contrasts):
            if coding == .indicators {
                return levels.enumerated().map { (name + $1, .indicator(variable: index, level: $0)) }
            }
            if case .treatment(let reference) = contrasts {
                let base = reference.flatMap { levels.firstIndex(of: $0) } ?? 0
                return levels.enumerated().filter { $0.offset != base }
                    .map { (name + $1, .indicator(variable: index, level: $0)) }
            }
            return try contrastMatrix(levels: levels, coding: contrasts).columnNames.enumerated()
                .map { (name + $1, .contrast(variable: index, column: $0)) }
        }
    }

    /// The contrast matrix of a categorical variable.
    ///
    /// A single level, which a part of the data may have, leaves nothing to compare and has no columns.
    func contrastMatrix(levels: [String], coding: ContrastCoding) throws(DesignError) -> ContrastMatrix {
        if levels.count == 1 { return ContrastMatrix(rows: [[]], columnNames: []) }
        do {
            return try coding.matrix(levels: levels)
        } catch {
            throw DesignError(.contrasts(variable: name, error), "The factor '\(name)': \(error.sentence)")
        }
    }
}
