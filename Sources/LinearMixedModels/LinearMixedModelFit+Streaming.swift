// Fitting a model to a file in one pass over its rows, which are never held.

public import MixedDesign
public import MixedSyntax
public import MixedTables

extension LinearMixedModelFit {
    /// Fits a model to a delimited text that may be larger than memory.
    ///
    /// - Parameters:
    ///   - inspected: Columns that `prepare` looks at.
    ///   - prepare: Steps that each part of the rows goes through before it is used; what they do with a row must depend on
    ///     that row only.
    ///   - threads: How many threads read and compute.
    /// - Returns: `nil` where the rows must be held: for a short text, a formula that needs all rows at once, and a text that is
    ///   not a file.
    /// - Complexity: One pass over the text as a rule; memory grows with levels and pairs of levels that occur together.
    /// - Throws: `TableError`, `DesignError`, `FitError`, and what `prepare` throws.
    public static func streaming(
        _ formula: ModelFormula, from path: String, reading: ReadingOptions = ReadingOptions(),
        method: EstimationMethod = .restrictedLikelihood, options: DesignOptions = DesignOptions(),
        inspecting inspected: Set<String> = [], threads: Int = 2,
        prepare: @escaping (DataTable) throws -> DataTable = { $0 }
    ) throws -> LinearMixedModelFit? {
        let stream = try TableStream(contentsOf: path, options: reading)
        guard !stream.isShort else { return nil }
        guard
            let streamed = try ModelDesign.stream(
                formula, from: stream, options: options, inspecting: inspected, prepare: prepare)
        else { return nil }
        return try LinearMixedModelFit(
            design: streamed.design, products: streamed.products, method: method, threads: threads)
    }
}
