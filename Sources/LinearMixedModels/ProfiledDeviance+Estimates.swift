// What the factored equations say about coefficients and random effects, in the units of the data.

internal import MixedDesign
internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension ProfiledDeviance {
    /// The coefficients of the kept columns as mapped, after `solveResponse`.
    var mappedCoefficients: [Double] {
        (0..<plan.fixedCount).map { factorization.borderSolution.pointer[plan.borderEffectCount + $0] }
    }

    /// *β̂* for all columns, zero for aliased ones, after `solveResponse`.
    func coefficients() -> [Double] { coefficients(fromMapped: mappedCoefficients) }

    /// *(X'V⁻¹X)⁻¹* of the kept columns.
    func unitCoefficientCovariance() -> Matrix { mappedBack(mappedUnitCovariance()) }

    /// *(X̃'V⁻¹X̃)⁻¹* of the mapped columns.
    func mappedUnitCovariance() -> Matrix {
        let count = plan.fixedCount
        var factor = Matrix(rows: count, columns: count)
        for column in 0..<count {
            for row in column..<count {
                factor[row, column] = factorization.border.lower(
                    plan.borderEffectCount + row, plan.borderEffectCount + column)
            }
        }
        factor.storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            _ = DenseKernel.inverseFromCholesky(base, size: count, leadingDimension: count)
        }
        factor.symmetrizeFromLower()
        return factor
    }

    /// For each symmetric direction *Σ_i C_i' S C_i* with the blocks *C_i* of *C⁻¹* between random and fixed effects:
    /// the derivatives of *(X'V⁻¹X)⁻¹*, in the units of the data.
    ///
    /// - Complexity: One solve with *p* right-hand sides; with a single grouping factor one pass over its levels.
    func coefficientSensitivity() -> [Matrix] {
        let count = plan.fixedCount
        guard count > 0, !directions.isEmpty else { return directions.map { _ in Matrix(rows: count, columns: count) } }
        if plan.hasSingleFactor { return singleFactorSensitivity() }
        return coefficientSensitivity(fixedEffectsSolution())
    }

    /// The blocks of *C⁻¹* between random and fixed effects, *−M⁻¹Λ'Z'X (X'V⁻¹X)⁻¹*, of the mapped columns.
    ///
    /// - **Shape:** For each grouping factor *p* columns of its effects, in the units of *u*.
    func fixedEffectsSolution() -> [Storage<Double>] {
        let count = plan.fixedCount
        let sides = products.factors.map {
            Storage<Double>(zeros: $0.levelCount * $0.columnCount * count)
        }
        let fixed = Storage<Double>(zeros: count * count)
        for index in 0..<count { fixed.pointer[index + index * count] = 1 }
        factorization.solve(random: sides, fixed: fixed, count: count)
        return sides
    }

    /// The same from what `fixedEffectsSolution` has returned.
    func coefficientSensitivity(_ sides: [Storage<Double>]) -> [Matrix] {
        let count = plan.fixedCount
        return directions.map { direction in
            let factor = products.factors[direction.factor]
            let size = factor.levelCount * factor.columnCount
            let solution = sides[direction.factor].pointer
            var result = Matrix(rows: count, columns: count)
            for column in 0..<count {
                for row in column..<count {
                    var sum = 0.0
                    for (left, right) in direction.elements {
                        var index = 0
                        while index < size {
                            sum += solution[row * size + index + left] * solution[column * size + index + right]
                            index += factor.columnCount
                        }
                    }
                    result[row, column] = sum
                }
            }
            result.symmetrizeFromLower()
            return mappedBack(result)
        }
    }

    /// *b̂ = Λû* of each grouping factor in the units of the data, after `solveResponse`.
    func effectValues() -> [Matrix] {
        let scale = products.transform.responseScale
        return products.factors.indices.map { index in
            let factor = products.factors[index]
            let width = factor.columnCount
            var values = Matrix(rows: factor.levelCount, columns: width)
            let relative = factorization.relativeFactors[index].pointer
            let effects = factorization.effects[index].pointer
            for level in 0..<factor.levelCount {
                for row in 0..<width {
                    var sum = 0.0
                    for column in 0..<width { sum += relative[row + column * width] * effects[level * width + column] }
                    values[level, row] = sum * scale / factor.columnScales[row]
                }
            }
            return values
        }
    }

    /// The conditional standard deviations of *u* of every level turned to those of *b*, relative to σ.
    ///
    /// - **Shape:** For each factor one row a level, one column an effect.
    func conditionalDeviations() -> [Matrix] {
        let inverse = factorization.selectedInverse(.randomEffectsOnly)
        var result = products.factors.map { Matrix(rows: $0.levelCount, columns: $0.columnCount) }
        for factor in plan.border {
            let inverse = factorization.borderInverse
            for level in 0..<factor.levelCount {
                let start = Int(factor.columns.pointer[level])
                setVariances(&result[factor.factor], factor.factor, level: Int(factor.levels.pointer[level])) {
                    inverse.element(start + $0, start + $1)
                }
            }
        }
        for (position, factor) in plan.chain.enumerated() {
            let width = factor.width
            let block = Storage<Double>(zeros: width * width)
            for level in 0..<factor.levelCount {
                SmallBlock.inverse(
                    fromCholesky: factorization.lower[position].pointer + level * width * width, size: width,
                    into: block.pointer)
                let correction = inverse.corrections[position].pointer + level * width * width
                setVariances(&result[factor.factor], factor.factor, level: Int(factor.levels.pointer[level])) {
                    block.pointer[$0 + $1 * width] + correction[$0 + $1 * width]
                }
            }
        }
        for (index, factor) in products.factors.enumerated() {
            for column in 0..<factor.columnCount {
                for level in 0..<factor.levelCount {
                    result[index][level, column] =
                        max(result[index][level, column], 0).squareRoot() / factor.columnScales[column]
                }
            }
        }
        return result
    }

    /// Writes the diagonal of *λĈ_iiλ'* of a level.
    private func setVariances(
        _ result: inout Matrix, _ factor: Int, level: Int, block: (_ row: Int, _ column: Int) -> Double
    ) {
        let width = result.columnCount
        let relative = factorization.relativeFactors[factor].pointer
        for column in 0..<width {
            var sum = 0.0
            for left in 0..<width {
                for right in 0..<width {
                    sum += relative[column + left * width] * relative[column + right * width] * block(left, right)
                }
            }
            result[level, column] = sum
        }
    }
}
