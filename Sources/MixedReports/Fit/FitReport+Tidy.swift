// The rows of a fit as broom.mixed names and orders them.

internal import MixedLinearAlgebra
internal import MixedInference
internal import LinearMixedModels

extension FitReport {
    /// One row for each coefficient and each standard deviation and correlation, as R's `broom.mixed::tidy`.
    ///
    /// Fixed effects stand in R's order, aliased ones without an estimate. Random terms follow in lme4's order: for each
    /// effect its standard deviation, then its correlations with the later ones. A linear model has no such rows.
    public var tidy: ReportTable {
        var table = ReportTable(
            columns: [
                .init("effect", format: .text), .init("component", format: .text), .init("group", format: .text),
                .init("term", format: .text), .init("estimate", format: .estimate()),
                .init("std.error", format: .estimate()), .init("df", format: .estimate()),
                .init("statistic", format: .estimate()), .init("p.value", format: .pValue()),
                .init("conf.low", format: .estimate()), .init("conf.high", format: .estimate()),
            ])
        for (name, test) in coefficientRows {
            let start: [ReportTable.Cell] = ["fixed", "cond", .missing, .text(name)]
            let numbers = test.map {
                [
                    $0.estimate, $0.standardError, $0.degreesOfFreedom, $0.statistic, $0.pValue, $0.lowerLimit,
                    $0.upperLimit,
                ]
            }
            table.rows.append(
                start + (numbers.map { $0.map(ReportTable.Cell.number) } ?? Array(repeating: .missing, count: 7)))
        }
        for (group, term, estimate) in fit.varianceParameters {
            table.rows.append(["ran_pars", "cond", .text(group), .text(term), .number(estimate)])
        }
        return table
    }
}

extension LinearMixedModelFit {
    /// The group names that lme4's `VarCorr` gives the random terms: a group that comes again gets `.1`, `.2`, ...
    var uniqueGroupNames: [String] {
        var used: Set<String> = []
        return varianceComponents.map { component in
            var name = component.group
            var number = 0
            while !used.insert(name).inserted {
                number += 1
                name = "\(component.group).\(number)"
            }
            return name
        }
    }

    /// The standard deviations and correlations of the random terms and the residuals, named as in broom.mixed.
    var varianceParameters: [(group: String, term: String, estimate: Double)] {
        guard hasRandomEffects else { return [] }
        var result: [(group: String, term: String, estimate: Double)] = []
        for (group, component) in zip(uniqueGroupNames, varianceComponents) {
            let names = component.columnNames
            let deviations = component.standardDeviations
            let correlations = component.correlations
            for first in names.indices {
                result.append((group, "sd__\(names[first])", deviations[first]))
                for second in names.indices where second > first {
                    result.append((group, "cor__\(names[first]).\(names[second])", correlations[second, first]))
                }
            }
        }
        return result + [("Residual", "sd__Observation", residualStandardDeviation)]
    }
}
