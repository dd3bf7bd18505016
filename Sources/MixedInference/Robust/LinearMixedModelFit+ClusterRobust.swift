// Cluster-robust covariance of a fit's coefficients, from what each cluster contributes to its cross-products.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

/// The most columns that a cluster may have for CR2.
private let largestCluster = 3000

extension LinearMixedModelFit {
    /// The coefficients with a cluster-robust covariance, the clusters being the levels of a grouping factor.
    ///
    /// Every other grouping factor must be nested in it. Nothing but the cross-products is needed.
    /// - Complexity: O(levels × (k + p)³) for *k* random effects in a cluster and *p* coefficients.
    /// - Throws: `GroupingError`.
    public func clusterRobust(
        by cluster: String, type: ClusterRobustType = .CR2, threads: Int = 2
    ) throws(GroupingError) -> ClusterRobustInference {
        guard let factor = design.groupingFactors.firstIndex(where: { $0.name == cluster }) else {
            throw .unknownGroup(name: cluster, known: design.groupingFactors.map(\.name))
        }
        guard design.groupingFactors[factor].levels.count > 1 else { throw .singleGroup(cluster) }
        let groups: IndependentGroups
        do throws(IndependentGroups.Obstacle) {
            groups = try IndependentGroups(products, levelsOf: factor)
        } catch {
            throw clusterError(error, cluster: cluster)
        }
        return try clusterRobust(
            groups, name: cluster, levels: design.groupingFactors[factor].levels, type: type, threads: threads)
    }

    /// The coefficients with a cluster-robust covariance, the clusters being given by a column of the data.
    ///
    /// The random effects must be nested in the clusters; a linear model has none, so any column will do. With precision
    /// weights the working model is that of the fit, residual variances *σ²/w*, as with clubSandwich's `inverse_var = TRUE`;
    /// but CR2's adjustment is symmetric for rows multiplied by the roots of their weights, clubSandwich's for rows as they
    /// are, so that the two differ a little.
    /// - Complexity: One pass over the rows, then as from the cross-products.
    /// - Throws: `GroupingError`.
    public func clusterRobust(
        by clusters: RowGroups, type: ClusterRobustType = .CR2, threads: Int = 2
    ) throws(GroupingError) -> ClusterRobustInference {
        let groups: IndependentGroups
        do throws(IndependentGroups.Obstacle) {
            groups = try IndependentGroups(
                products, rows: FrameRows(design, clusters.frame), codes: clusters.codes, count: clusters.levels.count)
        } catch {
            throw clusterError(error, cluster: clusters.name)
        }
        return try clusterRobust(
            groups, name: clusters.name, levels: clusters.levels, type: type, threads: threads)
    }

    private func clusterError(_ obstacle: IndependentGroups.Obstacle, cluster: String) -> GroupingError {
        switch obstacle {
        case .crossed(let factor):
            .randomEffectsNotNested(cluster: cluster, factor: design.groupingFactors[factor].name)
        case .needsRows: .groupNeedsRows(group: cluster)
        }
    }

    private func clusterRobust(
        _ groups: IndependentGroups, name: String, levels: [String], type: ClusterRobustType, threads: Int
    ) throws(GroupingError) -> ClusterRobustInference {
        do throws(FitError) { try requireFactorization(for: .robustErrors) } catch { throw .fit(error) }
        guard let information = information(of: groups, threads: threads) else { throw .notSolvable }
        let total = information.total()
        guard let decomposition = CholeskyDecomposition(total.precision) else { throw .notSolvable }
        let unitCovariance = decomposition.inverse
        let mappedCoefficients = decomposition.solve(total.response)
        let size = mappedCoefficients.count
        let contributions = ClusterContributions(
            size: size, clusterCount: groups.count, unitCovariance: unitCovariance, basis: information.basis)
        let isFound: [Bool]
        if type == .CR2 {
            let grams = GroupGrams(self, groups, columns: information.columns)
            let largest = grams.effectCounts.max() ?? 0
            guard largest + size <= largestCluster else {
                throw .clusterTooLarge(cluster: name, size: largest, limit: largestCluster)
            }
            guard let root = CholeskyDecomposition(unitCovariance)?.lower else { throw .notSolvable }
            isFound = parallelMap(
                groups.count, threads: threads,
                state: {
                    BiasReducedAdjustment(
                        largest: largest, coefficients: mappedCoefficients, unitCovariance: unitCovariance,
                        unitRoot: root)
                },
                { adjustment, cluster in
                    adjustment.contribute(
                        grams.gram(cluster), effects: grams.effectCounts[cluster], to: contributions, cluster)
                })
        } else {
            isFound = parallelMap(groups.count, threads: threads) { cluster in
                contributions.set(
                    cluster, information.precision(cluster), score: information.score(cluster, at: mappedCoefficients),
                    total: total.precision, isJackknife: type == .CR3)
            }
        }
        if let cluster = isFound.firstIndex(of: false) {
            throw .inestimableWithout(cluster: name, level: levels[cluster])
        }
        let scale = information.responseScale
        let factor = scale * scale * type.factor(clusters: groups.count, rows: rowCount, coefficients: size)
        let bread = information.basis * unitCovariance
        var covariance = factor * (bread * contributions.meat() * bread.transposed)
        covariance.symmetrizeFromLower()
        return ClusterRobustInference(
            type: type, cluster: name, clusterCount: groups.count, coefficientNames: coefficientNames,
            coefficients: coefficients, covariance: covariance, residualStandardDeviation: residualStandardDeviation,
            contributions: contributions)
    }
}

extension ClusterRobustType {
    /// What the sum over clusters is multiplied by.
    fileprivate func factor(clusters: Int, rows: Int, coefficients: Int) -> Double {
        let count = Double(clusters)
        return switch self {
        case .CR0, .CR2, .CR3: 1
        case .CR1: count / (count - 1)
        case .CR1p: count / (count - Double(coefficients))
        case .CR1S: count * Double(rows - 1) / ((count - 1) * Double(rows - coefficients))
        }
    }
}

extension ClusterContributions {
    /// The contribution of a cluster without an adjustment, or with that of the jackknife, *A = V(V − XMX')⁻¹*.
    ///
    /// The latter needs no matrix of the size of the cluster: *X'(V − XMX')⁻¹ = (I − SM)⁻¹X'V⁻¹* with *S = X'V⁻¹X*.
    /// - Returns: Whether all coefficients can be estimated without the cluster.
    fileprivate func set(
        _ cluster: Int, _ precision: Matrix, score plain: [Double], total: Matrix, isJackknife: Bool
    ) -> Bool {
        guard isJackknife else {
            let image = precision * unitCovariance
            set(cluster, score: plain, image: image, variance: unitCovariance * image)
            return true
        }
        guard let rest = CholeskyDecomposition(total - precision), rest.isEstimable(comparedTo: total) else {
            return false
        }
        let adjusted = total * rest.inverse * precision
        let image = adjusted * unitCovariance
        set(
            cluster, score: total * rest.solve(plain), image: image,
            variance: unitCovariance * (adjusted + image * adjusted) * unitCovariance)
        return true
    }
}
