// The grid of values at which a model is evaluated before it is averaged: all combinations of levels and chosen numbers.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedSyntax

/// All combinations of the values of the fixed effects' variables, with the model's design at each.
public struct ReferenceGrid: Sendable {
    /// The variables, the first of which varies fastest.
    public let variables: [GridVariable]
    /// The design at each point, aliased columns included.
    ///
    /// - **Shape:** one row a point, one column a column of the design.
    let rows: Matrix
    /// The sum of the offsets at each point.
    let offsets: [Double]
    let design: ModelDesign

    /// How many points the grid has.
    public var pointCount: Int { rows.rowCount }

    /// The most numbers that a grid may hold.
    static let sizeLimit = 20_000_000

    /// Evaluates a fit's design on the combinations of some values.
    init(_ fit: LinearMixedModelFit, variables: [GridVariable]) throws(MarginalMeansError) {
        let design = fit.design
        for variable in variables where variable.values.isEmpty {
            throw .nothingRemembered(variable: variable.name)
        }
        let count = try Self.pointCount(variables, columns: design.fixedColumns.count)
        let inDesign = Set(Set(design.fixedTerms.flatMap(\.variables)).flatMap { design.variables[$0].columnNames })
        let points = Self.points(variables, count: count)
        let evaluator = DesignEvaluator(design: design)
        rows = try evaluator.rows(points.filter { inDesign.contains($0.variable.name) }, count: count)
        offsets = try OffsetAverage(fit).values(at: points, count: count, evaluator: evaluator)
        self.variables = variables
        self.design = design
    }

    /// The values of each variable at every point.
    private static func points(_ variables: [GridVariable], count: Int) -> DesignEvaluator.Values {
        var stride = 1
        return variables.map { variable in
            let size = variable.values.count
            defer { stride *= size }
            return (variable, (0..<count).map { variable.values[$0 / stride % size] })
        }
    }

    private static func pointCount(_ variables: [GridVariable], columns: Int) throws(MarginalMeansError) -> Int {
        var count = 1
        for variable in variables {
            let (product, overflow) = count.multipliedReportingOverflow(by: variable.values.count)
            guard !overflow, product <= sizeLimit / max(columns, 1) else {
                let largest = variables.max { $0.values.count < $1.values.count } ?? variable
                let total = variables.reduce(1.0) { $0 * Double($1.values.count) }
                throw .tooManyPoints(
                    count: Int(exactly: min(total, 1e18).rounded()) ?? .max, largest: largest.name,
                    levels: largest.values.count)
            }
            count = product
        }
        return count
    }

    /// The index of a variable's value at a point.
    func valueIndex(ofVariable index: Int, at point: Int) -> Int {
        var stride = 1
        for earlier in 0..<index { stride *= variables[earlier].values.count }
        return point / stride % variables[index].values.count
    }
}

extension ReferenceGrid {
    /// The variables with the values that are asked for.
    ///
    /// - Throws: `MarginalMeansError` for a name that the fixed effects do not have, an unknown level, or a text for a
    ///   number.
    static func variables(
        _ fit: LinearMixedModelFit, at settings: [String: [GridSetting]]
    ) throws(MarginalMeansError) -> [GridVariable] {
        var variables = try GridVariable.standard(fit.design)
        for name in settings.keys.sorted() {
            guard let values = settings[name], !values.isEmpty else { continue }
            if !variables.contains(where: { $0.name == name }),
                fit.design.formula.offsets.contains(where: { $0.variableNames.contains(name) })
            {
                let offset = GridVariable(
                    name: name, role: .covariate, values: [], isSet: false, summary: nil, isNumeric: true)
                variables.append(try offset.setting(values))
                continue
            }
            let index = try index(of: name, among: variables, fit)
            variables[index] = try variables[index].setting(values)
        }
        return variables
    }

    /// The index of the variable that a name means: a column, or an expression of the formula over one column.
    static func index(
        of name: String, among variables: [GridVariable], _ fit: LinearMixedModelFit
    ) throws(MarginalMeansError) -> Int {
        if let index = variables.firstIndex(where: { $0.name == name }) { return index }
        let design = fit.design
        if let variable = design.variables.first(where: { $0.name == name }), variable.columnNames.count == 1,
            let index = variables.firstIndex(where: { $0.name == variable.columnNames[0] })
        {
            return index
        }
        let known = variables.map(\.name)
        let grouping = design.formula.random.flatMap(\.grouping).flatMap(\.variableNames)
        if grouping.contains(name) || design.groupingFactors.contains(where: { $0.name == name }) {
            throw .groupingFactor(name: name, known: known)
        }
        if design.data.columns[name] != nil { throw .randomOnly(name: name, known: known) }
        throw .unknownVariable(
            name: name, suggestion: NameSuggestion.nearest(to: name, among: known), known: known)
    }
}
