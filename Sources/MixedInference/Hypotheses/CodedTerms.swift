// A design's terms under some coding of the categorical variables, and how products of raw parts are written in them.

internal import MixedDesign

/// A product of one raw part of each of some variables: a level of a categorical one, the value or a basis column of another.
struct RawProduct: Hashable {
    /// The part of each variable, by the variables' indices: a level, a basis column, or zero for a value.
    var parts: [Int: Int]
}

/// The columns of a design's fixed terms under one coding, and the algebra that writes raw products in them.
///
/// A level's indicator is *b₀ + Σ_c b_c × (contrast c)*. For a product this leaves the term's own columns, and products
/// with some of the variables left out, which stand in the terms before: R codes by contrasts only where they do.
struct CodedTerms {
    /// How one variable is coded where it is coded by contrasts.
    struct Coding {
        /// *b₀* of each level.
        let constant: [Double]
        /// *b_c* of each level, one row a level.
        let contrasts: [[Double]]
    }

    let terms: [DesignTerm]
    private let variables: [DesignVariable]
    /// For each categorical variable its coding by contrasts.
    private let codings: [Int: Coding]
    /// For each term the number of parts of each of its variables.
    private let widths: [[Int]]
    /// The first column of each term.
    private let starts: [Int]
    let columnCount: Int

    init(_ design: ModelDesign, codings: [Int: Coding]) {
        terms = design.fixedTerms
        variables = design.variables
        self.codings = codings
        var widths: [[Int]] = []
        var starts: [Int] = []
        var next = 0
        for term in terms {
            let own = zip(term.variables, term.codings).map { variable, coding in
                Self.width(design.variables[variable], coding, codings[variable])
            }
            widths.append(own)
            starts.append(next)
            next += own.reduce(1, *)
        }
        self.widths = widths
        self.starts = starts
        columnCount = next
    }

    private static func width(_ variable: DesignVariable, _ coding: VariableCoding, _ contrasts: Coding?) -> Int {
        switch variable.kind {
        case .numeric: 1
        case .basis(let basis): basis.columnCount
        case .categorical(let levels, _):
            coding == .indicators ? levels.count : contrasts?.contrasts.first?.count ?? 0
        }
    }

    /// The columns of a term.
    func columns(ofTerm term: Int) -> Range<Int> { starts[term]..<starts[term] + widths[term].reduce(1, *) }

    // MARK: Writing products in the columns

    /// The product as a combination of the columns of the terms before one, or `nil` when it is not in their span.
    ///
    /// - Returns: The weights of the columns that have one.
    func combination(_ product: RawProduct, before limit: Int) -> [Int: Double]? {
        let own = Set(product.parts.keys)
        if let term = terms[..<limit].firstIndex(where: { Set($0.variables) == own }) {
            return combination(product, inTerm: term)
        }
        // Summing over all levels of the further variables of a term leaves the product.
        let candidate = terms[..<limit].firstIndex { term in
            own.isSubset(of: term.variables)
                && term.variables.allSatisfy { own.contains($0) || variables[$0].isCategorical }
        }
        guard let candidate else { return nil }
        var products = [product]
        for variable in terms[candidate].variables where !own.contains(variable) {
            guard let levels = variables[variable].levels else { return nil }
            products = products.flatMap { product in
                levels.indices.map { level in
                    var longer = product
                    longer.parts[variable] = level
                    return longer
                }
            }
        }
        var sum: [Int: Double] = [:]
        for product in products {
            guard let part = combination(product, inTerm: candidate) else { return nil }
            sum.merge(part, uniquingKeysWith: +)
        }
        return sum
    }

    /// The product in the columns of its own term and of those before: with *U* over the sets of variables coded by
    /// contrasts, *Π(1_l) = Π(1_l − b₀) − Σ_{U ≠ ∅} (−1)^|U| Π_U b₀ × (the product without U)*.
    private func combination(_ product: RawProduct, inTerm term: Int) -> [Int: Double]? {
        var result = ownColumns(product, term)
        let coded = zip(terms[term].variables, terms[term].codings)
            .filter { $0.1 == .contrasts && variables[$0.0].isCategorical }.map(\.0)
        let present = coded.filter { (codings[$0]?.constant[product.parts[$0] ?? 0] ?? 0) != 0 }
        for subset in 1..<(1 << min(present.count, 30)) {
            var weight = -1.0
            var rest = product
            for (bit, variable) in present.enumerated() where subset >> bit & 1 == 1 {
                weight *= -(codings[variable]?.constant[product.parts[variable] ?? 0] ?? 0)
                rest.parts[variable] = nil
            }
            guard let part = combination(rest, before: term) else { return nil }
            for (column, value) in part { result[column, default: 0] += weight * value }
        }
        return result
    }

    /// The share of the term's own columns, each indicator without its constant.
    private func ownColumns(_ product: RawProduct, _ term: Int) -> [Int: Double] {
        var result = [starts[term]: 1.0]
        var stride = 1
        for (position, variable) in terms[term].variables.enumerated() {
            let part = product.parts[variable] ?? 0
            let weights: [(Int, Double)]
            if terms[term].codings[position] == .contrasts, let coding = codings[variable] {
                weights = coding.contrasts[part].enumerated().filter { $0.element != 0 }.map { ($0.offset, $0.element) }
            } else {
                weights = [(part, 1)]
            }
            var next: [Int: Double] = [:]
            for (column, value) in result {
                for (index, weight) in weights { next[column + index * stride] = value * weight }
            }
            result = next
            stride *= widths[term][position]
        }
        return result
    }

    /// All raw products of a term, the parts of the first variable varying fastest.
    func products(ofTerm term: Int) -> [RawProduct] {
        var result = [RawProduct(parts: [:])]
        for variable in terms[term].variables {
            let count: Int
            switch variables[variable].kind {
            case .numeric: count = 1
            case .basis(let basis): count = basis.columnCount
            case .categorical(let levels, _): count = levels.count
            }
            result = (0..<count).flatMap { part in
                result.map { product in
                    var longer = product
                    longer.parts[variable] = part
                    return longer
                }
            }
        }
        return result
    }
}

extension CodedTerms.Coding {
    /// Each level but the reference against it.
    static func treatment(levelCount: Int, reference: Int) -> CodedTerms.Coding {
        let others = (0..<levelCount).filter { $0 != reference }
        return CodedTerms.Coding(
            constant: (0..<levelCount).map { $0 == reference ? 1 : 0 },
            contrasts: (0..<levelCount).map { level in
                others.map { level == reference ? -1 : ($0 == level ? 1 : 0) }
            })
    }
}
