// The parameters of a model as confidence intervals show them: names, estimates, and their values in a refit.

internal import LinearMixedModels
internal import MixedLinearAlgebra

/// Names and values of the parameters, in the order of R's `confint(fit, oldNames = FALSE)`.
struct BootstrapParameters: Sendable {
    private(set) var names: [String] = []
    private(set) var kinds: [BootstrapSample.ParameterKind] = []
    /// The estimates of the fit itself.
    private(set) var original: [Double] = []
    private let coefficientCount: Int

    init(_ fit: LinearMixedModelFit) {
        coefficientCount = fit.coefficientNames.count
        for component in fit.varianceComponents {
            let deviations = component.standardDeviations
            let correlations = component.correlations
            let columns = component.columnNames
            for column in columns.indices {
                add("sd_\(columns[column])|\(component.group)", .standardDeviation, deviations[column])
                for row in column + 1..<max(columns.count, column + 1) {
                    add(
                        "cor_\(columns[row]).\(columns[column])|\(component.group)", .correlation,
                        correlations[row, column])
                }
            }
        }
        add("sigma", .residualStandardDeviation, fit.residualStandardDeviation)
        for (name, value) in zip(fit.coefficientNames, fit.coefficients) { add(name, .coefficient, value) }
    }

    private mutating func add(_ name: String, _ kind: BootstrapSample.ParameterKind, _ value: Double) {
        names.append(name)
        kinds.append(kind)
        original.append(value)
    }

    /// Passes on the parameters of a refit by their index; NaN where it failed.
    func write(_ refit: Refit, to target: (Int, Double) -> Void) {
        guard refit.outcome != .notConverged else {
            for index in names.indices { target(index, .nan) }
            return
        }
        let sigma = refit.residualStandardDeviation
        var index = 0
        for relative in refit.relativeFactors {
            let size = relative.rowCount
            for column in 0..<size {
                let length = Self.dot(relative, column, column).squareRoot()
                target(index, sigma * length)
                index += 1
                for row in column + 1..<max(size, column + 1) {
                    let other = Self.dot(relative, row, row).squareRoot()
                    let isDefined = length > 0 && other > 0
                    let correlation = Self.dot(relative, row, column) / (length * other)
                    target(index, isDefined ? min(1, max(-1, correlation)) : .nan)
                    index += 1
                }
            }
        }
        target(index, sigma)
        for (offset, value) in refit.coefficients.enumerated() { target(index + 1 + offset, value) }
    }

    /// The product of two rows of a relative factor: an element of *λλ'*.
    private static func dot(_ relative: Matrix, _ left: Int, _ right: Int) -> Double {
        var sum = 0.0
        for column in 0..<relative.columnCount { sum += relative[left, column] * relative[right, column] }
        return sum
    }
}
