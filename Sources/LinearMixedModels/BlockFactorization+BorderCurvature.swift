// The border's share of the traces from which the exact Hessian follows: dense, and most of their cost.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// Adds the border's share of the traces: *tr(ĈṠĈṠ')* with the tangents that the chain has left, and its own directions.
    ///
    /// - Complexity: *m³* multiplications and *m²* numbers for each direction of the chain.
    func addBorderTraces(_ tangents: ChainTangents, to result: inout Matrix) {
        let size = plan.borderSize
        guard size > 0 else { return }
        let chainDirections = tangents.border.keys.sorted()
        var products: [Int: Storage<Double>] = [:]
        for direction in chainDirections where !isStopped {
            guard let tangent = tangents.border[direction] else { continue }
            addOwnLevels(tangents.directions[direction], to: tangent)
            tangent.mirrorDiagonalTiles()
            let product = Storage<Double>(zeros: size * size)
            tangent.multiply(by: borderInverse, into: product.pointer, threads: threads, stop: stop)
            products[direction] = product
        }
        for (index, first) in chainDirections.enumerated() {
            for second in chainDirections[...index] {
                guard let left = products[first], let right = products[second] else { continue }
                result[first, second] += traceOfProduct(left.pointer, right.pointer, size: size)
            }
        }
        let borderDirections = tangents.directions.indices.filter { tangents.border[$0] == nil }
        for direction in borderDirections {
            let own = tangents.directions[direction]
            for chainDirection in chainDirections {
                guard let product = products[chainDirection] else { continue }
                result[max(direction, chainDirection), min(direction, chainDirection)] += sumOverColumns(own) {
                    column, _, values in
                    Self.longDot(product.pointer + column * size, values, size)
                }
            }
            for other in borderDirections where other <= direction {
                result[direction, other] += borderTrace(own, tangents.directions[other])
            }
        }
    }

    /// Adds a direction's own blocks to its tangent, where its factor is in the chain and in the border.
    private func addOwnLevels(_ direction: SymmetricDirection, to tangent: TiledMatrix) {
        guard let factor = plan.border.first(where: { $0.factor == direction.factor }) else { return }
        for level in 0..<factor.levelCount {
            let start = Int(factor.columns.pointer[level])
            tangent.storage.pointer[tangent.place(start + direction.first, start + direction.second)] += 1
        }
    }

    /// Sums over the levels of a direction's factor and the elements *(a, b)* of the direction a function of column *a* and
    /// of the inverse's column *b*.
    private func sumOverColumns(
        _ direction: SymmetricDirection, _ term: (_ column: Int, _ partner: Int, UnsafePointer<Double>) -> Double
    ) -> Double {
        guard let factor = plan.border.first(where: { $0.factor == direction.factor }) else { return 0 }
        let ranges = min(factor.levelCount, 32)
        var sums = [Double](repeating: 0, count: ranges)
        sums.withUnsafeMutableBufferPointer { sums in
            let results = DisjointResults(sums)
            ParallelLoop.forEach(ranges, threads: plan.borderSize > 200 ? threads : 1, stop: stop) { range in
                let column = Storage<Double>(zeros: plan.borderSize)
                var sum = 0.0
                for level in factor.levelCount * range / ranges..<factor.levelCount * (range + 1) / ranges {
                    let start = Int(factor.columns.pointer[level])
                    for (left, right) in direction.elements {
                        borderInverse.copyColumn(start + right, into: column.pointer)
                        sum += term(start + left, start + right, column.pointer)
                    }
                }
                results[range] = sum
            }
        }
        return sums.reduce(0, +)
    }

    /// *Σ_ij tr(E Ĉ_ij F Ĉ_ij')* over the levels of two border factors.
    func borderTrace(_ direction: SymmetricDirection, _ other: SymmetricDirection) -> Double {
        guard let factor = plan.border.first(where: { $0.factor == other.factor }) else { return 0 }
        let elements = other.elements
        return sumOverColumns(direction) { column, partner, values in
            var sum = 0.0
            for level in 0..<factor.levelCount {
                let start = Int(factor.columns.pointer[level])
                for (upper, lower) in elements {
                    let other =
                        column == partner ? values[start + upper] : borderInverse.element(start + upper, column)
                    sum += other * values[start + lower]
                }
            }
            return sum
        }
    }

    /// *tr(AB)* of two square matrices.
    private func traceOfProduct(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, size: Int
    ) -> Double {
        let block = 64
        let blocks = (size + block - 1) / block
        var sums = [Double](repeating: 0, count: blocks)
        sums.withUnsafeMutableBufferPointer { sums in
            let results = DisjointResults(sums)
            ParallelLoop.forEach(blocks, threads: size > 500 ? threads : 1, stop: stop) { index in
                let firstColumn = index * block
                var sum = 0.0
                for firstRow in Swift.stride(from: 0, to: size, by: block) {
                    for column in firstColumn..<min(firstColumn + block, size) {
                        for row in firstRow..<min(firstRow + block, size) {
                            sum += left[row + column * size] * right[column + row * size]
                        }
                    }
                }
                results[index] = sum
            }
        }
        return sums.reduce(0, +)
    }
}
