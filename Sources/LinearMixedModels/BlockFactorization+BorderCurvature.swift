// The border's share of the traces from which the exact Hessian follows: dense, and most of their cost.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// Adds the border's share of the traces: *tr(GṠGṠ')* with the tangents that the chain has left, and its own directions.
    ///
    /// `borderInverse` is used as scratch.
    func addBorderTraces(
        _ tangents: ChainTangents, effectsInverse: UnsafePointer<Double>, to result: inout Matrix
    ) {
        let size = plan.borderSize
        guard size > 0 else { return }
        let chainDirections = tangents.border.keys.sorted()
        var products: [Int: Storage<Double>] = [:]
        for direction in chainDirections {
            guard let tangent = tangents.border[direction] else { continue }
            scaleBorder(tangent.pointer, size: size, stride: size)
            // The inverse in the units of b has served the chain; the first product takes its place.
            let product = products.isEmpty ? borderInverse : Storage<Double>(zeros: size * size)
            TiledKernel.multiplySymmetric(
                tangent.pointer, size: size, leadingDimension: size, by: effectsInverse, columns: size,
                stride: size,
                into: product.pointer, resultStride: size, threads: threads)
            products[direction] = product
        }
        for (index, first) in chainDirections.enumerated() {
            for second in chainDirections[...index] {
                guard let left = products[first], let right = products[second] else { continue }
                result[first, second] += Self.traceOfProduct(left.pointer, right.pointer, size: size)
            }
        }
        let borderDirections = tangents.directions.indices.filter { tangents.border[$0] == nil }
        for direction in borderDirections {
            let target = tangents.directions[direction]
            guard let factor = plan.border.first(where: { $0.factor == target.factor }) else { continue }
            for chainDirection in chainDirections {
                guard let product = products[chainDirection] else { continue }
                var sum = 0.0
                for level in 0..<factor.levelCount {
                    let start = factor.offset + level * factor.width
                    for (left, right) in target.elements {
                        sum += Self.longDot(
                            product.pointer + (start + left) * size, effectsInverse + (start + right) * size, size)
                    }
                }
                result[max(direction, chainDirection), min(direction, chainDirection)] += sum
            }
            for other in borderDirections where other <= direction {
                let second = tangents.directions[other]
                guard let otherFactor = plan.border.first(where: { $0.factor == second.factor }) else { continue }
                result[direction, other] += borderTrace(
                    factor, target.elements, otherFactor, second.elements, effectsInverse: effectsInverse)
            }
        }
    }

    /// *Σ_ij tr(E G_ij F G_ij')* for two border factors.
    private func borderTrace(
        _ first: EliminationPlan.BorderFactor, _ firstElements: [(Int, Int)], _ second: EliminationPlan.BorderFactor,
        _ secondElements: [(Int, Int)], effectsInverse: UnsafePointer<Double>
    ) -> Double {
        let size = plan.borderSize
        var sum = 0.0
        for level in 0..<second.levelCount {
            let start = second.offset + level * second.width
            for (left, right) in secondElements {
                let leftColumn = effectsInverse + (start + left) * size + first.offset
                let rightColumn = effectsInverse + (start + right) * size + first.offset
                for (upper, lower) in firstElements {
                    var partial = 0.0
                    for other in 0..<first.levelCount {
                        partial += leftColumn[other * first.width + upper] * rightColumn[other * first.width + lower]
                    }
                    sum += partial
                }
            }
        }
        return sum
    }

    /// *tr(AB)* of two square matrices.
    private static func traceOfProduct(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, size: Int
    ) -> Double {
        let tile = 64
        var sum = 0.0
        for firstColumn in Swift.stride(from: 0, to: size, by: tile) {
            for firstRow in Swift.stride(from: 0, to: size, by: tile) {
                for column in firstColumn..<min(firstColumn + tile, size) {
                    for row in firstRow..<min(firstRow + tile, size) {
                        sum += left[row + column * size] * right[column + row * size]
                    }
                }
            }
        }
        return sum
    }
}
