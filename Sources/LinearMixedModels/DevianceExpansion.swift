// Value, gradient and Hessian of the profiled deviance at a point, in a form that every chart of λ can contract.

internal import MixedDesign
internal import MixedLinearAlgebra

/// The second-order expansion of the profiled deviance, free of any parametrisation of λ.
///
/// For a curve λ(t) with *X = λ⁻¹λ̇* and *S = X + X'* in each term, the derivative is *⟨Ĝ, S⟩*, and second derivatives
/// are contractions of the matrices here with the coefficients of *S* in the symmetric unit directions.
struct DevianceExpansion {
    var value: ProfiledDeviance.Value
    /// *Ĝ* of each term.
    var scores: [Matrix]
    /// The directions that index the matrices below, term by term.
    var directions: [SymmetricDirection]
    /// The first column of each term among its factor's columns.
    var columnOffsets: [Int]
    /// *tr(T̃ S_d T̃ S_e)* with *T̃ = I − Ĉ*, when it was asked for.
    var traces: Matrix?
    /// What each group of probes says of the traces, where these are estimated: their mean.
    var traceSamples: [Matrix] = []
    /// *û'S_d T̃ S_e û*, with the fixed effects always profiled out.
    var averageInformation: Matrix
    /// *Σ_i û_i'S_d û_i*.
    var quadraticForms: [Double]
    /// The divisor *ν* of *r²*.
    var residualRows: Double
    /// *1/σ²*: *ν/r²*, or that of a σ that is held.
    var precision: Double
    /// Whether σ is held rather than profiled out.
    var holdsScale = false

    /// How the expected-information part of the Hessian is obtained.
    enum Curvature {
        /// The exact Hessian.
        case exact
        /// The trace term to a thousandth or so, where its exact value would cost several factorisations.
        case estimatedTraces
        /// Average information in place of the trace term: as good far from the optimum of a large design.
        case averageInformation
    }
}

extension ProfiledDeviance {
    /// Expands the objective at one θ.
    ///
    /// - Complexity: Three to four factorisations; with exact curvature one symmetric product of the border's size for
    ///   each covariance parameter of the eliminated factors in addition.
    func expansion(at relativeFactors: [Matrix], curvature: DevianceExpansion.Curvature) -> DevianceExpansion? {
        guard let value = value(at: relativeFactors) else { return nil }
        if plan.hasSingleFactor { return singleFactorExpansion(value, isExact: curvature != .averageInformation) }
        return generalExpansion(value, curvature: curvature)
    }

    /// The expansion at the θ that has just been factored, for any plan.
    ///
    /// - Returns: `nil` where it was stopped.
    func generalExpansion(_ value: Value, curvature: DevianceExpansion.Curvature) -> DevianceExpansion? {
        factorization.solveResponse()
        let inverse = factorization.selectedInverse(inverseKind)
        if factorization.isStopped { return nil }
        let rows = Double(residualRows)
        let precision = rows / value.residualSumOfSquares
        let squares = effectSquares()
        var scores: [Matrix] = []
        for term in terms {
            var score = Matrix(rows: term.columnCount, columns: term.columnCount)
            let levels = Double(products.factors[term.factor].levelCount)
            for column in 0..<term.columnCount {
                for row in 0..<term.columnCount {
                    let place = (term.columnOffset + row, term.columnOffset + column)
                    score[row, column] =
                        (row == column ? levels : 0) - inverse.sums[term.factor][place.0, place.1]
                        - squares[term.factor][place.0, place.1] * precision
                }
            }
            scores.append(score)
        }
        let traces = complementTraces(inverse, curvature: curvature)
        if factorization.isStopped { return nil }
        return DevianceExpansion(
            value: value, scores: scores, directions: directions, columnOffsets: terms.map(\.columnOffset),
            traces: traces.mean, traceSamples: traces.samples,
            averageInformation: averageInformation(),
            quadraticForms: directions.map { direction in
                direction.elements.reduce(0) { $0 + squares[direction.factor][$1.0, $1.1] }
            }, residualRows: rows, precision: precision)
    }

    /// *Σ_i û_i û_i'* of each grouping factor.
    private func effectSquares() -> [Matrix] {
        products.factors.indices.map { factor in
            let width = products.factors[factor].columnCount
            let effects = factorization.effects[factor].pointer
            var result = Matrix(rows: width, columns: width)
            for level in 0..<products.factors[factor].levelCount {
                let own = effects + level * width
                for column in 0..<width {
                    for row in 0..<width { result.storage[row + column * width] += own[row] * own[column] }
                }
            }
            return result
        }
    }

    /// The traces, and where they are estimated what groups of probes say.
    private func complementTraces(
        _ inverse: BlockFactorization.SelectedInverse, curvature: DevianceExpansion.Curvature
    ) -> (mean: Matrix?, samples: [Matrix]) {
        if curvature == .averageInformation { return (nil, []) }
        if curvature == .estimatedTraces,
            let samples = factorization.estimatedInverseTraces(directions, inverse: inverse, kind: inverseKind)
        {
            let complements = samples.map { complementTraces(inverse, ofInverse: $0) }
            let zero = Matrix(rows: directions.count, columns: directions.count)
            return ((1 / Double(complements.count)) * complements.reduce(zero, +), complements)
        }
        return (complementTraces(inverse, ofInverse: factorization.inverseTraces(directions, inverse: inverse)), [])
    }

    /// *tr(T̃ S_d T̃ S_e) = tr(S_d S_e) − 2 tr(Ĉ S_d S_e) + tr(Ĉ S_d Ĉ S_e)*.
    private func complementTraces(
        _ inverse: BlockFactorization.SelectedInverse, ofInverse inverseTraces: Matrix
    ) -> Matrix {
        var traces = inverseTraces
        for (first, left) in directions.enumerated() {
            for (second, right) in directions.enumerated() where left.term == right.term {
                let levels = Double(products.factors[left.factor].levelCount)
                var sum = 0.0
                for (a, b) in left.elements {
                    for (c, d) in right.elements {
                        // S_d S_e = Σ e_a (e_b·e_c) e_d'
                        guard b == c else { continue }
                        sum += (a == d ? levels : 0) - 2 * inverse.sums[left.factor][d, a]
                    }
                }
                traces[first, second] += sum
            }
        }
        return traces
    }

    /// *û'S_d (I − C⁻¹) S_e û* by one solve with a right-hand side for each direction.
    private func averageInformation() -> Matrix {
        let count = directions.count
        var result = Matrix(rows: count, columns: count)
        guard count > 0 else { return result }
        let sides = products.factors.map {
            Storage<Double>(zeros: $0.levelCount * $0.columnCount * count)
        }
        for (side, direction) in directions.enumerated() {
            let factor = products.factors[direction.factor]
            let width = factor.columnCount
            let effects = factorization.effects[direction.factor].pointer
            let target = sides[direction.factor].pointer + side * factor.levelCount * width
            for level in 0..<factor.levelCount {
                for (left, right) in direction.elements {
                    target[level * width + left] = effects[level * width + right]
                }
            }
        }
        let original = sides.map { side in
            let copy = Storage<Double>(zeros: side.count)
            copy.copy(from: side)
            return copy
        }
        let fixed = Storage<Double>(zeros: plan.fixedCount * count)
        factorization.solve(random: sides, fixed: fixed, count: count)
        for (column, direction) in directions.enumerated() {
            // A direction's right-hand side is zero outside its own factor.
            let size = products.factors[direction.factor].levelCount * products.factors[direction.factor].columnCount
            let own = original[direction.factor].pointer + column * size
            for row in 0..<count {
                let other = original[direction.factor].pointer + row * size
                let solution = sides[direction.factor].pointer + row * size
                var sum = 0.0
                for index in 0..<size { sum += own[index] * (other[index] - solution[index]) }
                result[row, column] = sum
            }
        }
        // Rounding leaves the two triangles apart in the last digits.
        for column in 0..<count {
            for row in 0..<column {
                let mean = 0.5 * (result[row, column] + result[column, row])
                result[row, column] = mean
                result[column, row] = mean
            }
        }
        return result
    }
}

extension DevianceExpansion {
    /// A tangent of the relative factors: *X = λ⁻¹λ̇* of one term.
    struct Tangent {
        let term: Int
        let logarithmic: Matrix
    }

    /// The derivatives along some tangents, each the derivative of λ by one parameter that enters λ linearly.
    ///
    /// - Parameter profiledScale: Whether σ is profiled out, as for estimation; with it held fixed the Hessian is that
    ///   of the deviance in (θ, σ), which Satterthwaite's degrees of freedom need.
    func derivatives(along tangents: [Tangent], profiledScale: Bool = true) -> (gradient: [Double], hessian: Matrix) {
        let coefficients = tangents.map { self.coefficients(of: $0) }
        var gradient = [Double](repeating: 0, count: tangents.count)
        var hessian = Matrix(rows: tangents.count, columns: tangents.count)
        let ratio = precision
        let forms = coefficients.map { pairs in pairs.reduce(0) { $0 + $1.weight * quadraticForms[$1.direction] } }
        for (first, left) in tangents.enumerated() {
            gradient[first] = 2 * scores[left.term].inner(left.logarithmic)
            for (second, right) in tangents.enumerated() where second <= first {
                var information = 0.0
                var trace = 0.0
                for a in coefficients[first] {
                    for b in coefficients[second] {
                        let weight = a.weight * b.weight
                        information += weight * averageInformation[a.direction, b.direction]
                        if let traces { trace += weight * traces[a.direction, b.direction] }
                    }
                }
                information *= ratio
                var sum = traces == nil ? information : 2 * information - trace
                if profiledScale, !holdsScale {
                    sum -= ratio / value.residualSumOfSquares * forms[first] * forms[second]
                }
                if left.term == right.term {
                    let product = left.logarithmic * right.logarithmic.transposed
                    sum += scores[left.term].inner(product) + scores[left.term].inner(product.transposed)
                }
                hessian[first, second] = sum
                hessian[second, first] = sum
            }
        }
        return (gradient, hessian)
    }

    /// The expansion of the deviance in θ with σ² held at a value instead of profiled out.
    func holdingScale(variance: Double) -> DevianceExpansion {
        var result = self
        result.holdsScale = true
        result.precision = 1 / variance
        let change = precision - result.precision
        for (direction, form) in zip(directions, quadraticForms) {
            let first = direction.first - columnOffsets[direction.term]
            let second = direction.second - columnOffsets[direction.term]
            if first == second {
                result.scores[direction.term][first, first] += change * form
            } else {
                // The form of an off-diagonal direction has its product twice.
                result.scores[direction.term][first, second] += 0.5 * change * form
                result.scores[direction.term][second, first] += 0.5 * change * form
            }
        }
        return result
    }

    /// *X + X'* in the symmetric unit directions of its term.
    func coefficients(of tangent: Tangent) -> [(direction: Int, weight: Double)] {
        let offset = directions.firstIndex { $0.term == tangent.term } ?? 0
        var result: [(direction: Int, weight: Double)] = []
        var index = offset
        let size = tangent.logarithmic.rowCount
        for second in 0..<size {
            for first in second..<size {
                let weight = tangent.logarithmic[first, second] + tangent.logarithmic[second, first]
                if weight != 0 { result.append((index, weight)) }
                index += 1
            }
        }
        return result
    }

    /// *Σ_i û_i'(X + X')û_i*.
    func quadraticForm(along tangent: Tangent) -> Double {
        coefficients(of: tangent).reduce(0) { $0 + $1.weight * quadraticForms[$1.direction] }
    }
}
