// What a model's offset adds to a mean when the rows are gone.

internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedSyntax

/// The offset at the points of a grid: of the values given for its columns, or its own mean.
struct OffsetAverage {
    private let fit: LinearMixedModelFit

    init(_ fit: LinearMixedModelFit) { self.fit = fit }

    /// The sum of the offsets at each point.
    ///
    /// - Throws: `MarginalMeansError.unknownOffset` for a model with weights and an offset of columns without a value.
    func values(
        at points: DesignEvaluator.Values, count: Int, evaluator: DesignEvaluator
    ) throws(MarginalMeansError) -> [Double] {
        guard fit.design.hasOffset else { return [Double](repeating: 0, count: count) }
        let names = fit.design.formula.offsets.flatMap(\.variableNames)
        let known = Set(points.map(\.variable.name))
        if !names.isEmpty, names.allSatisfy(known.contains) { return try evaluator.offsets(points, count: count) }
        guard let mean else { throw .unknownOffset(columns: names.filter { !known.contains($0) }) }
        return [Double](repeating: mean, count: count)
    }

    /// The mean of the offset over the rows used: that of the response less that of what the cross-products were made of.
    ///
    /// With *X a = 1* and *X̃ = X B* the sum of the mapped response is *1'ỹ = (B⁻¹a)'X̃'ỹ*. With weights the cross-products
    /// hold another mean than the one that is remembered.
    private var mean: Double? {
        let products = fit.products
        let transform = products.transform
        let size = products.fixedColumnCount
        guard !fit.design.hasWeights, let constant = transform.constantCombination, size > 0,
            let weights = transform.basis.solving(constant)
        else { return nil }
        var sum = 0.0
        for column in 0..<size { sum += weights[column] * products.fixed[size, column] }
        let mapped = sum / Double(products.rowCount)
        return fit.design.data.response.mean - (mapped * transform.responseScale + transform.responseShift)
    }
}
