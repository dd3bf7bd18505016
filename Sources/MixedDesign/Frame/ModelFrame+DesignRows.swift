// A model frame as the source of the one pass over its rows.

/// The rows of a model together with what its design knows of their columns.
package struct FrameRows: DesignRows {
    package let frame: ModelFrame
    package let constantCombination: [Double]?
    package let factorShapes: [FactorShape]

    package init(_ design: ModelDesign, _ frame: ModelFrame) {
        self.frame = frame
        constantCombination = design.constantCombination
        factorShapes = design.groupingFactors.map {
            FactorShape(levelCount: $0.levels.count, columnCount: $0.columnCount)
        }
    }

    init(_ frame: ModelFrame, constantCombination: [Double]?, factorShapes: [FactorShape]) {
        self.frame = frame
        self.constantCombination = constantCombination
        self.factorShapes = factorShapes
    }

    package var rowCount: Int { frame.rowCount }
    package var fixedColumnCount: Int { frame.fixedColumnCount }
    package var response: [Double] { frame.response }
    package var weights: [Double]? { frame.weights }
    package var offset: [Double]? { frame.offset }

    package func codes(factor: Int) -> [Int32] { frame.codes(factor: factor) }

    package func fillFixed(
        rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int
    ) {
        frame.fillFixed(rows: rows, into: destination, leadingDimension: leadingDimension)
    }

    package func fillRandom(
        factor: Int, rows: Range<Int>, into destination: UnsafeMutablePointer<Double>, leadingDimension: Int
    ) {
        frame.fillRandom(factor: factor, rows: rows, into: destination, leadingDimension: leadingDimension)
    }
}

extension ModelDesign {
    /// Coefficients *a* with *X a = 1*: the intercept's unit vector, or ones over the indicators of a whole factor.
    package var constantCombination: [Double]? { Self.constantCombination(terms: fixedTerms, columns: fixedColumns) }

    static func constantCombination(terms: [DesignTerm], columns: [DesignColumn]) -> [Double]? {
        if columns.first?.isIntercept ?? false { return columns.indices.map { $0 == 0 ? 1 : 0 } }
        let whole = terms.first { term in
            !term.codings.isEmpty && term.codings.allSatisfy { $0 == .indicators }
        }
        guard let whole else { return nil }
        return columns.indices.map { whole.columns.contains($0) ? 1 : 0 }
    }
}
