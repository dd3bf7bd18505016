// New responses of a fitted model, drawn as cross-products with the design, exactly and without rows.
//
// With GG' = [Z X̃]'W[Z X̃] and v = (b*, β̃), the response y* = Zb* + X̃β̃ + e* has
//
//     [Z X̃]'Wy* = G η,   y*'Wy* = |η|² + σ² χ²_{n − rank},   η = G'v + σξ,   ξ ~ N(0, I)
//
// because √W y* has the coordinates η in the column space of √W[Z X̃], and nothing but error outside it.

internal import MixedDesign
internal import MixedLinearAlgebra
package import MixedNumerics

/// Draws responses from a linear mixed model with given parameters.
package final class ResponseSimulator: Sendable {
    private let root: DesignRoot
    /// λ of each term, in the units of the cross-products.
    private let relativeFactors: [Matrix]
    private let terms: [RandomTermLayout]
    /// The coefficients of the mapped columns that are not aliased.
    private let coefficients: [Double]
    /// The residual standard deviation of the mapped response.
    private let sigma: Double
    /// Random effects that every draw has, in the units of the cross-products; `nil` to draw them.
    private let effects: [[Double]]?
    /// Rows beyond the rank of the design.
    private let freeRows: Int

    init(
        root: DesignRoot, terms: [RandomTermLayout], relativeFactors: [Matrix], coefficients: [Double], sigma: Double,
        effects: [[Double]]?, rowCount: Int
    ) {
        self.root = root
        self.terms = terms
        self.relativeFactors = relativeFactors
        self.coefficients = coefficients
        self.sigma = sigma
        self.effects = effects
        freeRows = max(0, rowCount - root.rank)
    }

    /// Memory for one draw.
    package struct Workspace {
        fileprivate let parameters: DesignRoot.Vector
        fileprivate let coordinates: DesignRoot.Vector
        fileprivate let normals: Storage<Double>

        fileprivate init(_ plan: EliminationPlan, widest: Int) {
            parameters = DesignRoot.Vector(plan)
            coordinates = DesignRoot.Vector(plan)
            normals = Storage(zeros: widest)
        }
    }

    package func workspace() -> Workspace {
        Workspace(root.plan, widest: terms.map(\.columnCount).max() ?? 1)
    }

    /// Draws a response.
    ///
    /// The stream gives first the random effects, factor by factor, then the errors along the plan.
    /// - Complexity: Linear in the size of the cross-products; allocates nothing.
    package func draw(_ stream: inout RandomStream, _ workspace: Workspace, into response: ResponseProducts) {
        let plan = root.plan
        drawEffects(&stream, workspace)
        for index in 0..<plan.fixedCount {
            workspace.parameters.border.pointer[plan.borderEffectCount + index] = coefficients[index]
        }
        let coordinates = workspace.coordinates
        root.multiplyTransposed(workspace.parameters, into: coordinates)
        var square = 0.0
        for (position, factor) in plan.chain.enumerated() {
            let k = factor.width
            for level in 0..<factor.levelCount {
                let own = coordinates.chain[position].pointer + level * k
                for element in 0..<Int(root.ranks[position].pointer[level]) {
                    own[element] += sigma * stream.nextNormal()
                    square += own[element] * own[element]
                }
            }
        }
        for index in 0..<root.border.rank {
            let value = coordinates.border.pointer[index] + sigma * stream.nextNormal()
            coordinates.border.pointer[index] = value
            square += value * value
        }
        square += sigma * sigma * stream.nextChiSquared(degreesOfFreedom: freeRows)
        // The parameters have served; their memory takes the products.
        root.multiply(coordinates, into: workspace.parameters)
        for (position, factor) in plan.chain.enumerated() {
            let target = response.effects[factor.factor].pointer
            let source = workspace.parameters.chain[position].pointer
            for level in 0..<factor.levelCount {
                let own = target + Int(factor.levels.pointer[level]) * factor.width
                for element in 0..<factor.width { own[element] = source[level * factor.width + element] }
            }
        }
        for factor in plan.border {
            let target = response.effects[factor.factor].pointer
            for level in 0..<factor.levelCount {
                let own = target + Int(factor.levels.pointer[level]) * factor.width
                let source = workspace.parameters.border.pointer + Int(factor.columns.pointer[level])
                for element in 0..<factor.width { own[element] = source[element] }
            }
        }
        response.fixed.pointer.update(
            from: workspace.parameters.border.pointer + plan.borderEffectCount, count: plan.fixedCount)
        response.square = square
    }

    /// Fills in *b\** of every factor: *σλz* with *z* normal, or the given effects.
    private func drawEffects(_ stream: inout RandomStream, _ workspace: Workspace) {
        let plan = root.plan
        let widths = root.effectWidths
        for (index, term) in terms.enumerated() {
            let codes = plan.places[term.factor].codes
            let chain = workspace.parameters.chain
            let border = workspace.parameters.border.pointer
            let width = widths[term.factor]
            let levelCount = codes.count
            let position = plan.places[term.factor].position
            // Where the effects of a level, by the factor's own number, are among the parameters.
            func target(_ level: Int) -> UnsafeMutablePointer<Double> {
                let code = Int(codes.pointer[level])
                return code < 0 ? chain[position].pointer + (-1 - code) * width : border + code
            }
            if let effects {
                for level in 0..<levelCount {
                    let own = target(level)
                    for element in 0..<width { own[element] = effects[term.factor][level * width + element] }
                }
                continue
            }
            let relative = relativeFactors[index]
            let size = term.columnCount
            let normals = workspace.normals.pointer
            relative.storage.withUnsafeBufferPointer { factor in
                for level in 0..<levelCount {
                    for element in 0..<size { normals[element] = sigma * stream.nextNormal() }
                    let own = target(level) + term.columnOffset
                    for row in 0..<size {
                        var sum = 0.0
                        for column in 0..<size { sum += factor[row + column * size] * normals[column] }
                        own[row] = sum
                    }
                }
            }
        }
    }
}
