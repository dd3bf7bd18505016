// Leaving out one group at a time: by downdating where groups are independent, from the rows where they are crossed.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// What each level of a grouping factor contributes, from the cross-products alone.
    ///
    ///     β̂ − β̂₍₋ᵢ₎ = (X'V⁻¹X − X_i'V_i⁻¹X_i)⁻¹ X_i'V_i⁻¹(y_i − X_iβ̂)
    ///
    /// at the covariance parameters of the fit: exact generalized least squares without the group. The factor must be the
    /// coarsest of the model, with every other factor nested in it.
    /// - Parameters:
    ///   - refitting: Whether all parameters are estimated again without each group, too.
    /// - Complexity: O(levels × (k + p)³); a refit for each group where that is asked for. No pass over rows.
    /// - Throws: `GroupingError`.
    public func influence(
        of group: String, refitting: Bool = false, threads: Int = 2
    ) throws(GroupingError) -> GroupInfluence {
        guard let factor = design.groupingFactors.firstIndex(where: { $0.name == group }) else {
            throw .unknownGroup(name: group, known: design.groupingFactors.map(\.name))
        }
        guard design.groupingFactors[factor].levels.count > 1 else { throw .singleGroup(group) }
        let groups: IndependentGroups
        do throws(IndependentGroups.Obstacle) {
            groups = try IndependentGroups(products, levelsOf: factor)
        } catch {
            throw groupingError(error, group: group)
        }
        return try influence(
            of: groups, name: group, levels: design.groupingFactors[factor].levels, refitting: refitting,
            threads: threads)
    }

    /// What each group of rows contributes, for any column of the data and any random effects.
    ///
    /// Where the groups are independent given the covariance parameters this is what the cross-products say; otherwise, with
    /// *T_i* the group's rows of *[ZΛ X]*, *C* the matrix of the mixed-model equations and *e_i* the conditional residuals,
    ///
    ///     β̂ − β̂₍₋ᵢ₎ = [(C − T_i'T_i)⁻¹ T_i'e_i]_β,
    ///
    /// from the part of *C⁻¹* that belongs to the columns that the group touches.
    /// - Complexity: One pass over the rows, and the cube of the columns that a group touches.
    /// - Throws: `GroupingError`.
    public func influence(
        of groups: RowGroups, refitting: Bool = false, threads: Int = 2
    ) throws(GroupingError) -> GroupInfluence {
        let rows = FrameRows(design, groups.frame)
        if let independent = try? IndependentGroups(
            products, rows: rows, codes: groups.codes, count: groups.levels.count)
        {
            return try influence(
                of: independent, name: groups.name, levels: groups.levels, refitting: refitting, threads: threads)
        }
        return try influenceFromRows(of: groups, refitting: refitting, threads: threads)
    }

    /// The sentence for what keeps rows from being grouped.
    func groupingError(_ obstacle: IndependentGroups.Obstacle, group: String) -> GroupingError {
        switch obstacle {
        case .crossed(let factor): .crossedNeedsRows(group: group, other: design.groupingFactors[factor].name)
        case .needsRows: .groupNeedsRows(group: group)
        }
    }

    private func influence(
        of groups: IndependentGroups, name: String, levels: [String], refitting: Bool, threads: Int
    ) throws(GroupingError) -> GroupInfluence {
        do throws(FitError) { try requireFactorization(for: .influence) } catch { throw .fit(error) }
        guard let information = information(of: groups, threads: threads) else { throw .notSolvable }
        let total = information.total()
        let scale = information.responseScale
        let variance = residualStandardDeviation * residualStandardDeviation / (scale * scale)
        guard let decomposition = CholeskyDecomposition(total.precision),
            let reference = InfluenceReference(precision: total.precision, variance: variance)
        else { throw .notSolvable }
        let coefficients = decomposition.solve(total.response)
        let unitCovariance = decomposition.inverse
        let basis = scale * information.basis
        let results = parallelMap(groups.count, threads: threads) { group -> (CoefficientInfluence, Double) in
            let own = information.precision(group)
            let leverage = own.inner(unitCovariance)
            let rest = total.precision - own
            guard let deleted = CholeskyDecomposition(rest),
                deleted.isEstimable(comparedTo: total.precision)
            else { return (.inestimable(coefficients.count), leverage) }
            let change = deleted.solve(information.score(group, at: coefficients))
            return (reference.influence(change: change, covariance: deleted.inverse, basis: basis), leverage)
        }
        let refits = refitting ? refits(withoutEachOf: groups, threads: threads) : []
        return GroupInfluence(
            group: name, coefficientNames: coefficientNames, varianceNames: varianceNames,
            deletions: levels.indices.map { index in
                GroupDeletion(
                    level: levels[index], rowCount: groups.rowCounts[index], influence: results[index].0,
                    leverage: results[index].1, refit: refitting ? refits[index] : nil)
            }, isRefitted: refitting)
    }

    // MARK: Refits

    /// The names of the variance parameters, lme4's way: `var__` and `cov__` by group, then the residual variance.
    var varianceNames: [String] {
        varianceComponents.flatMap { component in
            component.columnNames.indices.flatMap { column in
                (column..<component.columnNames.count).map { row in
                    row == column
                        ? "\(component.group).var__\(component.columnNames[row])"
                        : "\(component.group).cov__\(component.columnNames[column]).\(component.columnNames[row])"
                }
            }
        } + ["Residual.var__Observation"]
    }

    private static func variances(_ terms: [Matrix], residual: Double) -> [Double] {
        terms.flatMap { term in
            (0..<term.columnCount).flatMap { column in (column..<term.rowCount).map { term[$0, column] } }
        } + [residual * residual]
    }

    /// All parameters without each of some independent groups.
    ///
    /// - Complexity: A few expansions of the deviance for each group.
    private func refits(withoutEachOf groups: IndependentGroups, threads: Int) -> [GroupRefit] {
        let deletions = GroupDeletions(self, groups: groups)
        return parallelMap(groups.count, threads: threads, state: deletions.workspace) { workspace, group in
            groupRefit(workspace.refit(without: group))
        }
    }

    /// What estimates without a group, `nil` where there are none, have changed.
    func groupRefit(_ reduced: ReducedFit?) -> GroupRefit {
        let full = Self.variances(varianceComponents.map(\.covariance), residual: residualStandardDeviation)
        let count = coefficients.count
        guard let fit = reduced, fit.coefficientNames == coefficientNames else {
            return GroupRefit(
                influence: .inestimable(count),
                relativeVarianceChanges: [Double](repeating: .nan, count: full.count), hasConverged: false)
        }
        let new = Self.variances(fit.termCovariances, residual: fit.residualStandardDeviation)
        // In units of the standard errors, so that columns of different size do not matter.
        let errors = standardErrors
        func scaled(_ matrix: Matrix, by factor: (Int, Int) -> Double) -> Matrix {
            var result = matrix
            for column in 0..<count {
                for row in 0..<count { result[row, column] *= factor(row, column) }
            }
            return result
        }
        let correlation = scaled(coefficientCovariance) { 1 / (errors[$0] * errors[$1]) }
        let influence = CholeskyDecomposition(correlation).flatMap {
            InfluenceReference(precision: $0.inverse, variance: 1)
        }?.influence(
            change: (0..<count).map { (coefficients[$0] - fit.coefficients[$0]) / errors[$0] },
            covariance: scaled(fit.covariance) { 1 / (errors[$0] * errors[$1]) }, basis: .diagonal(errors))
        return GroupRefit(
            influence: influence ?? .inestimable(count),
            relativeVarianceChanges: zip(new, full).map { $1 == 0 ? .nan : $0 / $1 - 1 },
            hasConverged: fit.hasConverged)
    }
}

extension CholeskyDecomposition {
    /// Whether every column keeps more than rounding of what it had.
    func isEstimable(comparedTo full: Matrix) -> Bool {
        lower.diagonal.enumerated().allSatisfy { $1 * $1 > 1e-11 * full[$0, $0] }
    }
}

/// The results of a function for every index below `count`, on several threads; each is computed alike whoever does it.
func parallelMap<Result>(_ count: Int, threads: Int, _ body: (Int) -> Result) -> [Result] {
    parallelMap(count, threads: threads, state: {}) { _, index in body(index) }
}

/// The same with memory that each thread makes once; the results must not depend on what it has been used for before.
func parallelMap<Result, State>(
    _ count: Int, threads: Int, state: () -> State, _ body: (State, Int) -> Result
) -> [Result] {
    guard count > 0 else { return [] }
    var results = [Result?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        ParallelLoop.forEachRange(count, smallest: 1, threads: threads) { range in
            let own = state()
            for index in range { base[index] = body(own, index) }
        }
    }
    return results.compactMap { $0 }
}
