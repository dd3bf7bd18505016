// What each independent group of rows says about the fixed effects, with its random effects integrated out.

package import MixedDesign
package import MixedLinearAlgebra

/// For each group *[X̃_i ỹ_i]'V_i⁻¹[X̃_i ỹ_i]* at the covariance parameters of a fit, and how to come back to its units.
///
/// *V_i = I + Z_iΛΛ'Z_i'* is relative to σ², rows multiplied by the roots of their weights.
package struct GroupInformation: Sendable {
    /// The mapped columns of the equations; the response is one more in `triangles`.
    package let columns: [Int]
    /// The packed lower triangle of each group.
    package let triangles: [Double]
    /// How many groups there are.
    package let count: Int
    /// *C* of *X̃ = XC*, with the columns whose coefficients are estimated.
    package let basis: Matrix
    /// Differences of mapped coefficients are multiplied by this and by *C*.
    package let responseScale: Double

    /// Columns of the triangles: those estimated, and the response.
    package var width: Int { columns.count + 1 }

    /// *X̃_i'V_i⁻¹X̃_i* of a group.
    package func precision(_ group: Int) -> Matrix {
        PackedTriangle.matrix(triangles, group: group, width: width, columns: Array(0..<columns.count))
    }

    /// *X̃_i'V_i⁻¹(ỹ_i − X̃_iβ̃)* of a group.
    package func score(_ group: Int, at coefficients: [Double]) -> [Double] {
        let start = group * PackedTriangle.count(width)
        let last = columns.count
        return (0..<last).map { row in
            var value = triangles[start + PackedTriangle.place(last, row, width: width)]
            for column in 0..<last {
                let place = PackedTriangle.place(max(row, column), min(row, column), width: width)
                value -= triangles[start + place] * coefficients[column]
            }
            return value
        }
    }

    /// The sum over all groups: *X̃'V⁻¹X̃*, and *X̃'V⁻¹ỹ*.
    package func total() -> (precision: Matrix, response: [Double]) {
        let size = PackedTriangle.count(width)
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: size)
        for group in 0..<count {
            for index in 0..<size { sums[index].add(triangles[group * size + index]) }
        }
        let totals = sums.map(\.value)
        let all = Array(0..<columns.count)
        let precision = PackedTriangle.matrix(totals, group: 0, width: width, columns: all)
        return (precision, all.map { totals[PackedTriangle.place(columns.count, $0, width: width)] })
    }
}

extension LinearMixedModelFit {
    /// What each of some independent groups says about the fixed effects.
    ///
    /// Where the grouping factors are nested in one another, a group's share is found by eliminating its levels, finest first;
    /// otherwise from the dense equations of each group.
    /// - Returns: `nil` when the equations cannot be factored.
    /// - Complexity: Linear in the number of levels for nested factors, otherwise the cube of a group's random effects.
    package func information(of groups: IndependentGroups, threads: Int) -> GroupInformation? {
        guard !computation.isIterative else { return nil }
        let deviance = ProfiledDeviance(products, terms: Self.layout(design), method: method, threads: threads)
        let columns = deviance.fixedColumns
        let triangles: [Double]?
        if deviance.plan.border.isEmpty {
            triangles = deviance.value(at: optimum.relativeFactors).map { _ in
                deviance.factorization.groupTriangles(
                    of: groups, columns: columns, width: products.fixedColumnCount + 1)
            }
        } else {
            triangles = GroupGrams(self, groups, columns: columns).triangles(threads: threads)
        }
        guard let triangles else { return nil }
        return GroupInformation(
            columns: columns, triangles: triangles, count: groups.count,
            basis: deviance.fixedBasis.matrix,
            responseScale: products.transform.responseScale)
    }
}

extension BlockFactorization {
    /// The groups' moments less *C'C* of every level that lies in them, in packed triangles.
    fileprivate func groupTriangles(of groups: IndependentGroups, columns: [Int], width: Int) -> [Double] {
        let kept = columns + [width - 1]
        let fixed = kept.count
        let fullSize = PackedTriangle.count(width)
        let size = PackedTriangle.count(fixed)
        var places: [Int] = []
        for column in 0..<fixed {
            for row in column..<fixed { places.append(PackedTriangle.place(kept[row], kept[column], width: width)) }
        }
        var triangles = [Double](repeating: 0, count: groups.count * size)
        for group in 0..<groups.count {
            for (index, place) in places.enumerated() {
                triangles[group * size + index] = groups.moments[group * fullSize + place]
            }
        }
        triangles.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for position in plan.chain.indices {
                subtractLevels(
                    position, groups: groups.groupOfLevel[plan.chain[position].factor], from: base, fixed: fixed)
            }
        }
        return triangles
    }

    private func subtractLevels(
        _ position: Int, groups: [Int32], from triangles: UnsafeMutablePointer<Double>, fixed: Int
    ) {
        let factor = plan.chain[position]
        let k = factor.width
        let size = PackedTriangle.count(fixed)
        let reduced = Storage<Double>(zeros: k * fixed)
        for level in 0..<factor.levelCount {
            let tail = solved[position].pointer + factor.rowStarts.pointer[level + 1] - k * fixed
            let block = lower[position].pointer + level * k * k
            // C = ℓ'K.
            for column in 0..<fixed {
                for row in 0..<k {
                    var sum = 0.0
                    for inner in row..<k { sum += block[inner + row * k] * tail[inner + column * k] }
                    reduced.pointer[row + column * k] = sum
                }
            }
            var target = triangles + Int(groups[Int(factor.levels.pointer[level])]) * size
            for column in 0..<fixed {
                let right = reduced.pointer + column * k
                for row in column..<fixed {
                    target.pointee -= Self.dot(reduced.pointer + row * k, right, k)
                    target += 1
                }
            }
        }
    }
}
