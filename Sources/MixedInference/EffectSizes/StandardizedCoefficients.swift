// Coefficients in standard deviations, from the fit as it is.

internal import MixedDesign
public import LinearMixedModels
internal import MixedLinearAlgebra
internal import MixedNumerics

/// In what units standardized coefficients are.
public enum Standardization: String, Hashable, Sendable, Codable, CaseIterable {
    /// As if the response and every numeric variable had been centred and divided by their standard deviations before the fit:
    /// effectsize's "refit". Factors stay as they are.
    case variables = "refit"
    /// Each coefficient times its column's standard deviation over the response's, indicator columns too: effectsize's "basic".
    case columns = "basic"
}

/// A standardized coefficient with its confidence interval.
public struct StandardizedCoefficient: Hashable, Sendable {
    /// R's name of the coefficient.
    public let term: String
    /// Standard deviations of the response per standard deviation of the variable.
    public let estimate: Double
    public let standardError: Double
    public let lowerLimit: Double
    public let upperLimit: Double
}

extension LinearMixedModelFit {
    /// The standardized coefficients, without fitting again.
    ///
    /// With *x = m + s z* a product of numeric variables is a sum of products of *z*, so that every coefficient of the standardized
    /// model is a linear combination of the coefficients of this one: with *N* the numeric variables of a column and *I* its other parts
    ///
    ///     γ(N, I) = 1/s_y Σ_{N' ⊇ N} β(N', I) Π_{N} s Π_{N' \ N} m
    ///
    /// (Gelman 2008, Statistics in Medicine 27, 2865, on why). Standard deviations are those of the rows used. Columns of splines and
    /// polynomials do not change under scaling. Where a model lacks a product of lower order, variables are scaled and not centred.
    /// By columns, the intercept is 0.
    /// - Parameter level: The level of the intervals, between 0 and 1.
    public func standardizedCoefficients(
        _ standardization: Standardization = .variables, inference: FixedEffectsInference? = nil, level: Double = 0.95
    ) -> [StandardizedCoefficient] {
        let inference = inference ?? self.inference()
        let response = design.data.response
        let columns = keptColumns
        let combinations =
            standardization == .columns ? columnCombinations(columns) : variableCombinations(columns)
        return columns.indices.map { index in
            let combination = combinations[index].map { $0 / response.standardDeviation }
            var estimate = inference.estimate(of: combination)
            if columns[index].isIntercept, standardization == .variables {
                estimate -= response.mean / response.standardDeviation
            }
            let error = inference.standardError(of: combination)
            let student = StudentTDistribution(
                degreesOfFreedom: error > 0 ? inference.degreesOfFreedom(of: combination) : .infinity)
            let margin = student.centralQuantile(level: level) * error
            return StandardizedCoefficient(
                term: coefficientNames[index], estimate: estimate, standardError: error,
                lowerLimit: estimate - margin, upperLimit: estimate + margin)
        }
    }

    /// The columns of the coefficients that were estimated.
    private var keptColumns: [DesignColumn] {
        coefficientNames.compactMap { name in design.fixedColumns.first { $0.name == name } }
    }

    /// The standard deviations of the columns, from their cross-products without weights.
    private func columnCombinations(_ columns: [DesignColumn]) -> [[Double]] {
        let deviations = fixedColumnStandardDeviations
        let all = design.fixedColumns
        return columns.indices.map { index in
            var row = [Double](repeating: 0, count: columns.count)
            if let place = all.firstIndex(of: columns[index]) { row[index] = deviations[place] }
            return row
        }
    }

    private func variableCombinations(_ columns: [DesignColumn]) -> [[Double]] {
        let keys = columns.map { column -> ColumnKey in ColumnKey(column) }
        // Centring a variable moves its products into those without it, all of which the model must have.
        let isHierarchical = keys.allSatisfy { key in
            key.numbers.allSatisfy { number in
                keys.contains { $0.others == key.others && $0.numbers == key.numbers.filter { $0 != number } }
            }
        }
        return keys.map { key in
            keys.map { larger in
                guard larger.others == key.others, Set(key.numbers).isSubset(of: larger.numbers),
                    isHierarchical || larger.numbers == key.numbers
                else { return 0 }
                return larger.numbers.reduce(1) { product, variable in
                    guard case .numeric(let summary)? = design.data.variables[design.variables[variable].name] else {
                        return product
                    }
                    return product * (key.numbers.contains(variable) ? summary.standardDeviation : summary.mean)
                }
            }
        }
    }

    /// A column's numeric variables and its other parts.
    private struct ColumnKey {
        var numbers: [Int] = []
        var others: Set<DesignColumn.Part> = []

        init(_ column: DesignColumn) {
            for part in column.parts {
                if case .value(let variable) = part { numbers.append(variable) } else { others.insert(part) }
            }
            numbers.sort()
        }
    }

    /// The standard deviation of every fixed-effects column over the rows.
    private var fixedColumnStandardDeviations: [Double] {
        let transform = products.transform
        let size = transform.columnCount
        let moments = products.moments
        let count = Double(products.rowCount)
        // In the mapped columns; the map is undone by solving with it, column by column of the identity.
        var covariance = Matrix(rows: size, columns: size)
        for column in 0..<size {
            for row in 0..<size {
                covariance[row, column] =
                    (moments.fixed[row, column] - moments.fixedSums[row] * moments.fixedSums[column] / count)
                    / max(count - 1, 1)
            }
        }
        let basis = transform.basis
        return (0..<size).map { column in
            // X̃ = X B, so that x_j = X̃ B⁻¹ e_j.
            let unit = (0..<size).map { $0 == column ? 1.0 : 0 }
            guard let weights = basis.solving(unit) else { return .nan }
            return max(quadraticForm(covariance, weights), 0).squareRoot()
        }
    }
}
