// Random effects with their uncertainty, and the coefficients of each group.

public import MixedLinearAlgebra

extension LinearMixedModelFit {
    /// The conditional standard deviations of the random effects, given the parameters, as lme4's `condVar`.
    ///
    /// - **Shape:** For each grouping factor one row a level, one column an effect.
    /// - **Scale:** As the random effects.
    /// - Complexity: One factorisation and its selected inverse.
    /// - Returns: NaN throughout for a fit that was computed iteratively.
    public func conditionalStandardDeviations() -> [Matrix] {
        guard !computation.isIterative else { return randomEffects.map { .nan * $0.values } }
        let deviance = ProfiledDeviance(
            products, terms: Self.layout(design), method: method, threads: 1)
        guard deviance.value(at: optimum.relativeFactors) != nil else { return randomEffects.map { .nan * $0.values } }
        return deviance.conditionalDeviations().map { residualStandardDeviation * $0 }
    }

    /// The coefficients of each group: the fixed effects, each with the group's own effect added where it has one.
    ///
    /// - **Shape:** One row a level; the columns are those of the fixed effects, then random effects without a fixed one.
    public func groupCoefficients() -> [GroupEffects] {
        randomEffects.map { effects in
            let extra = effects.columnNames.filter { !coefficientNames.contains($0) }
            var seen: Set<String> = []
            let names = coefficientNames + extra.filter { seen.insert($0).inserted }
            var values = Matrix(rows: effects.levels.count, columns: names.count)
            for (column, name) in names.enumerated() {
                let fixed = self[coefficient: name] ?? 0
                for level in effects.levels.indices {
                    var sum = fixed
                    for (index, own) in effects.columnNames.enumerated() where own == name {
                        sum += effects.values[level, index]
                    }
                    values[level, column] = sum
                }
            }
            return GroupEffects(group: effects.group, levels: effects.levels, columnNames: names, values: values)
        }
    }
}
