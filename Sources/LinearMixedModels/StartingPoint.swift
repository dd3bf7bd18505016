// Variance parameters for a search to begin at: those of a fit that was interrupted, or of a related model.

package import MixedDesign
internal import MixedLinearAlgebra

/// The variance parameters of a fit, for the search of another to begin at.
///
///     let best = try model.fit(monitor: WorkMonitor(stop: stop))        // stopped before it converged
///     let fit = try model.fit(startingFrom: best.startingPoint)         // goes on from there
///
/// It belongs to models with the same random terms, whatever their fixed effects and rows; their order does not matter.
public struct StartingPoint: Hashable, Sendable {
    /// The parameters of a random term.
    struct Term: Hashable, Sendable {
        let group: String
        let columnNames: [String]
        /// The lower triangle of the relative factor, column by column, in the units of the data.
        let theta: [Double]

        var name: String { RandomTermLayout.label(columnNames, of: group) }
    }

    let terms: [Term]

    /// Cuts lme4's θ of a design into terms.
    init(_ design: ModelDesign, theta: [Double]) {
        var offset = 0
        terms = design.randomTerms.map { term in
            let count = term.columnCount * (term.columnCount + 1) / 2
            defer { offset += count }
            return Term(
                group: design.groupingFactors[term.factorIndex].name, columnNames: term.columnNames,
                theta: Array(theta[offset..<offset + count]))
        }
    }

    /// The random terms, as a formula has them.
    public var termNames: [String] { terms.map(\.name) }

    /// The relative factors of a model's terms in the units of its cross-products.
    ///
    /// - Throws: `FitError.otherRandomTerms` where the model has other terms.
    func relativeFactors(_ design: ModelDesign, _ products: CrossProducts) throws(FitError) -> [Matrix] {
        var free = terms
        var missing: [String] = []
        var result: [Matrix] = []
        for term in design.randomTerms {
            let group = design.groupingFactors[term.factorIndex].name
            guard let place = free.firstIndex(where: { $0.group == group && $0.columnNames == term.columnNames })
            else {
                missing.append(RandomTermLayout.label(term.columnNames, of: group))
                continue
            }
            let own = free.remove(at: place)
            let scales = products.factors[term.factorIndex].columnScales
            var factor = Matrix(rows: term.columnCount, columns: term.columnCount)
            var index = 0
            for column in 0..<term.columnCount {
                for row in column..<term.columnCount {
                    factor[row, column] = own.theta[index] * scales[term.columnOffset + row]
                    index += 1
                }
            }
            result.append(factor)
        }
        guard missing.isEmpty, free.isEmpty else {
            throw .otherRandomTerms(StartMismatch(missing: missing, unexpected: free.map(\.name)))
        }
        return result
    }
}

/// In which random terms a model and the starting point that it was given differ.
public struct StartMismatch: Hashable, Sendable, CustomStringConvertible {
    /// Terms of the model that the starting point knows nothing of.
    public let missing: [String]
    /// Terms of the starting point that the model does not have.
    public let unexpected: [String]

    public var description: String {
        var parts: [String] = []
        if !missing.isEmpty { parts.append("it has nothing for \(missing.joined(separator: ", "))") }
        if !unexpected.isEmpty { parts.append("it has \(unexpected.joined(separator: ", ")), which the model has not") }
        return "the starting point is of a model with other random terms: \(parts.joined(separator: "; "))"
    }
}

extension LinearMixedModelFit {
    /// The variance parameters of this fit, for another search to begin at.
    public var startingPoint: StartingPoint { StartingPoint(design, theta: theta) }
}

extension StoredOptimum {
    /// The variance parameters, without computing the fit again.
    package func startingPoint(_ design: ModelDesign, _ products: CrossProducts) -> StartingPoint {
        let theta = zip(design.randomTerms, relativeFactors).flatMap { term, relative -> [Double] in
            let scales = products.factors[term.factorIndex].columnScales
            let lower = PivotedLQ(relative, pivoting: false).lower
            return (0..<term.columnCount).flatMap { column in
                (column..<term.columnCount).map { lower[$0, column] / scales[term.columnOffset + $0] }
            }
        }
        return StartingPoint(design, theta: theta)
    }
}
