// Hypotheses of type III, from the algebra of the over-parameterised coding.
//
// Let X be the columns under treatment contrasts and X_rd those with an indicator for every level and combination of
// levels. Then X_rd = X T, and T says how every effect that could be asked for is made of coefficients. Each term's part
// of T' is made orthogonal to that of the terms that contain it, so that it does not depend on how often the levels of
// those occur, and the rows that belong to coefficients are kept.

internal import MixedDesign
internal import MixedLinearAlgebra

/// The type III hypotheses of a design, as lmerTest defines them.
///
/// lmerTest finds *T* from all rows, as *X⁺X_rd*. Written as products of parts of variables both sets of columns are the
/// same functions of a row, so that *T* follows from the formula and the codings alone; the cross-products are needed
/// where columns are aliased, for what an empty cell or a linear dependence takes away.
struct BalancedHypotheses {
    private let design: ModelDesign
    private let containment: TermContainment
    private let geometry: FixedEffectsGeometry

    init(_ design: ModelDesign, _ containment: TermContainment, _ geometry: FixedEffectsGeometry) {
        self.design = design
        self.containment = containment
        self.geometry = geometry
    }

    /// lmerTest's tolerances: for a row without effect, and for a column in the span of others.
    private static let smallestRow = 1e-8
    private static let smallestResidual = 1e-7
    /// Below this share of what it was summed up from a column is rounding.
    private static let smallestShare = 1e-11

    /// *L* of each term.
    func matrices() throws(HypothesisError) -> [Matrix] {
        let terms = CodedTerms(design, codings: treatmentCodings())
        let columns = try treatmentColumns(terms)
        // T' by terms: for each raw column its combination of the independent columns.
        var effects: [[Double]] = []
        var effectOfColumn = [Int?](repeating: nil, count: terms.columnCount)
        let rank = columns.kept.count
        for term in terms.terms.indices {
            for product in terms.products(ofTerm: term) {
                guard let weights = terms.combination(product, before: term + 1) else {
                    throw .notSpanned(term: terms.terms[term].label)
                }
                if weights.count == 1, let only = weights.first, only.value == 1 {
                    effectOfColumn[only.key] = effectOfColumn[only.key] ?? effects.count
                }
                var row = [Double](repeating: 0, count: rank)
                for (column, weight) in weights {
                    for index in 0..<rank { row[index] += weight * columns.reduction[index, column] }
                }
                effects.append(row)
            }
        }
        var table = Matrix(rows: effects.count, columns: rank)
        for (row, effect) in effects.enumerated() {
            for column in 0..<rank { table[row, column] = effect[column] }
        }
        let offset = terms.terms.count - containment.terms.count
        let places = containment.terms.indices.map { term in
            let own = terms.columns(ofTerm: term + offset)
            return columns.kept.indices.filter { own.contains(columns.kept[$0]) }
        }
        orthogonalize(&table, places: places)
        let rows = columns.kept.map { effectOfColumn[$0] ?? 0 }
        return places.map { own in
            let transposed = Matrix(
                rows: rank, columns: own.count, columnMajor: own.flatMap { column in rows.map { table[$0, column] } })
            let used = own.indices.filter { column in
                transposed.column(column).reduce(0) { $0 + abs($1) } > Self.smallestRow
            }
            let all = Array(0..<rank)
            return transposed.selecting(rows: all, columns: used).transposed * columns.toModel
        }
    }

    /// Replaces each term's columns by their residuals on those of the terms that contain it, longest terms first.
    private func orthogonalize(_ table: inout Matrix, places: [[Int]]) {
        let lengths = containment.terms.map(\.variables.count)
        let order = lengths.indices.sorted { lengths[$0] != lengths[$1] ? lengths[$0] > lengths[$1] : $0 < $1 }
        for term in order {
            let containing = containment.containing(term).flatMap { places[$0] }
            guard !containing.isEmpty else { continue }
            var basis: [[Double]] = []
            for column in containing {
                let values = table.column(column)
                let length = Self.length(values)
                let rest = Self.residual(values, on: basis)
                let remaining = Self.length(rest)
                if remaining > Self.smallestResidual * length { basis.append(rest.map { $0 / remaining }) }
            }
            for column in places[term] {
                let values = table.column(column)
                let length = Self.length(values)
                for (row, value) in Self.residual(values, on: basis).enumerated() {
                    table[row, column] = abs(value) < 1e-12 * length ? 0 : value
                }
            }
        }
    }

    private static func length(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    /// What is left of a vector outside the span of orthonormal ones, projected twice against rounding.
    private static func residual(_ values: [Double], on basis: [[Double]]) -> [Double] {
        var rest = values
        for _ in 0..<2 {
            for vector in basis {
                let overlap = zip(rest, vector).reduce(0) { $0 + $1.0 * $1.1 }
                for index in rest.indices { rest[index] -= overlap * vector[index] }
            }
        }
        return rest
    }

    // MARK: The columns under treatment contrasts

    /// The columns under treatment contrasts that are independent, and their relation to all and to the model's own.
    private struct TreatmentColumns {
        let kept: [Int]
        /// What each column is in the independent ones.
        let reduction: Matrix
        /// What the model's columns are in the independent ones.
        let toModel: Matrix
    }

    /// Each variable's own reference level where it has treatment contrasts, and the first level otherwise.
    private func treatmentCodings() -> [Int: CodedTerms.Coding] {
        var result: [Int: CodedTerms.Coding] = [:]
        for (index, variable) in design.variables.enumerated() {
            guard case .categorical(let levels, let contrasts) = variable.kind else { continue }
            var reference = 0
            if case .treatment(let name?) = contrasts { reference = levels.firstIndex(of: name) ?? 0 }
            result[index] = .treatment(levelCount: levels.count, reference: reference)
        }
        return result
    }

    /// The variables that some term codes by contrasts other than treatment's, and levels as combinations of these; `nil`
    /// where some do not tell all levels apart.
    private func ownCodings() -> [Int: CodedTerms.Coding]? {
        var result: [Int: CodedTerms.Coding] = [:]
        for term in design.fixedTerms {
            for (index, coding) in zip(term.variables, term.codings) where coding == .contrasts && result[index] == nil
            {
                guard case .categorical(let levels, let contrasts) = design.variables[index].kind else { continue }
                if case .treatment = contrasts { continue }
                guard let matrix = try? contrasts.matrix(levels: levels), matrix.columnNames.count == levels.count - 1
                else { return nil }
                var full = Matrix(rows: levels.count, columns: levels.count)
                for (row, values) in matrix.rows.enumerated() {
                    full[row, 0] = 1
                    for (column, value) in values.enumerated() { full[row, column + 1] = value }
                }
                // A level's indicator as a function of the level: the weights w with [1 C] w = e_level.
                var weights: [[Double]] = []
                for level in levels.indices {
                    let unit = levels.indices.map { $0 == level ? 1.0 : 0.0 }
                    guard let solution = full.solving(unit) else { return nil }
                    weights.append(solution)
                }
                result[index] = CodedTerms.Coding(
                    constant: weights.map { $0[0] }, contrasts: weights.map { Array($0.dropFirst()) })
            }
        }
        return result
    }

    private func treatmentColumns(_ terms: CodedTerms) throws(HypothesisError) -> TreatmentColumns {
        let rank = geometry.kept.count
        guard let own = ownCodings() else { return try columnsOverCells() }
        var coordinates = geometry.coordinates
        // What each column is summed up from, against which a column of zeros is told from rounding.
        var sizes = [Double](repeating: 0, count: terms.columnCount)
        if !own.isEmpty {
            let model = CodedTerms(design, codings: treatmentCodings().merging(own) { $1 })
            coordinates = Matrix(rows: rank, columns: terms.columnCount)
            let lengths = (0..<geometry.coordinates.columnCount).map { Self.length(geometry.coordinates.column($0)) }
            for term in terms.terms.indices {
                for product in terms.products(ofTerm: term) {
                    guard let target = terms.combination(product, before: term + 1), target.count == 1,
                        let (column, weight) = target.first, weight == 1, terms.columns(ofTerm: term).contains(column)
                    else { continue }
                    guard let weights = model.combination(product, before: term + 1) else {
                        throw .notSpanned(term: terms.terms[term].label)
                    }
                    for (other, weight) in weights {
                        sizes[column] += abs(weight) * lengths[other]
                        for row in 0..<rank { coordinates[row, column] += weight * geometry.coordinates[row, other] }
                    }
                }
            }
        }
        let kept = own.isEmpty ? geometry.kept : Self.independentColumns(coordinates, sizes: sizes)
        let all = Array(0..<rank)
        let basis = coordinates.selecting(rows: all, columns: kept)
        let reduction = Self.solution(basis, coordinates, kept: kept)
        let toModel = own.isEmpty ? Matrix.identity(rank) : Self.solution(basis, geometry.keptCoordinates, kept: [])
        guard kept.count == rank, let reduction, let toModel else {
            throw .notSpanned(term: terms.terms.last?.label ?? "")
        }
        return TreatmentColumns(kept: kept, reduction: reduction, toModel: toModel)
    }

    /// The columns where the model's own do not span them: its tests are then of what is left of the hypotheses, as
    /// lmerTest maps them.
    ///
    /// Which of the columns are independent cannot be told from the cross-products of others, and is found from the cells.
    private func columnsOverCells() throws(HypothesisError) -> TreatmentColumns {
        let unspanned = HypothesisError.notSpanned(term: design.fixedTerms.last?.label ?? "")
        guard let columns = design.cellColumns(contrasts: contrastValues(asTreatment: true)),
            let own = design.cellColumns(contrasts: contrastValues(asTreatment: false)),
            let last = geometry.kept.last, last < own.columnCount
        else { throw unspanned }
        let kept = Self.independentColumns(columns, sizes: [Double](repeating: 0, count: columns.columnCount))
        let all = Array(0..<columns.rowCount)
        let transposed = columns.selecting(rows: all, columns: kept).transposed
        let products = transposed * transposed.transposed
        guard let reduction = Self.solution(products, transposed * columns, kept: kept),
            let toModel = Self.solution(
                products, transposed * own.selecting(rows: all, columns: geometry.kept), kept: [])
        else { throw unspanned }
        return TreatmentColumns(kept: kept, reduction: reduction, toModel: toModel)
    }

    /// The values of each categorical variable's contrasts, its own or treatment's with its own reference.
    private func contrastValues(asTreatment: Bool) -> [Int: [[Double]]] {
        var result: [Int: [[Double]]] = [:]
        for (index, variable) in design.variables.enumerated() {
            guard case .categorical(let levels, let contrasts) = variable.kind else { continue }
            var coding = contrasts
            if asTreatment {
                if case .treatment = contrasts {} else { coding = .treatment }
            }
            result[index] = (try? coding.matrix(levels: levels))?.rows
        }
        return result
    }

    /// The columns that are not combinations of earlier ones, by R's tolerance.
    private static func independentColumns(_ coordinates: Matrix, sizes: [Double]) -> [Int] {
        var basis: [[Double]] = []
        var kept: [Int] = []
        for column in 0..<coordinates.columnCount where basis.count < coordinates.rowCount {
            let values = coordinates.column(column)
            let rest = residual(values, on: basis)
            let remaining = length(rest)
            guard remaining > max(smallestResidual * length(values), smallestShare * sizes[column]) else { continue }
            basis.append(rest.map { $0 / remaining })
            kept.append(column)
        }
        return kept
    }

    /// *A⁻¹B*, with exact unit columns where columns of *B* are those of *A*; small weights are rounding.
    private static func solution(_ basis: Matrix, _ columns: Matrix, kept: [Int]) -> Matrix? {
        var result = Matrix(rows: basis.rowCount, columns: columns.columnCount)
        for column in 0..<columns.columnCount {
            if let place = kept.firstIndex(of: column) {
                result[place, column] = 1
                continue
            }
            guard let weights = basis.solving(columns.column(column)) else { return nil }
            for (row, weight) in weights.enumerated() { result[row, column] = abs(weight) < 1e-9 ? 0 : weight }
        }
        return result
    }
}
