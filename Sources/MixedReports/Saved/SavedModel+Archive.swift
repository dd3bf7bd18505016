// What the file of a saved model holds: a header for people and programs, and the parts of the fit.

internal import MixedSyntax
internal import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension SavedModel {
    /// What the header says the file is.
    static let content = "linear mixed model"

    /// The parts of the file.
    ///
    /// The design and the optimum are JSON texts of their own, because the design may hold whole numbers that `JSONValue`
    /// would round.
    func archive() throws(ModelArchiveError) -> ModelArchive {
        let products = ArchivedProducts(fit.products)
        let header: JSONValue = [
            "content": .string(Self.content),
            "formula": .string(fit.design.formula.description),
            "kind": fit.hasRandomEffects ? "lmm" : "lm",
            "method": .string(fit.method.rawValue),
            "createdBy": .string("swift-mixed-models, format \(ModelArchive.formatVersion)"),
            "nobs": .integer(fit.rowCount),
            "notes": .array(notes.map(JSONValue.string)),
            "products": products.header,
        ]
        var sections = [
            ModelArchive.Section("design", .bytes(try Self.encoded(fit.design))),
            ModelArchive.Section("optimum", .bytes(try Self.encoded(fit.optimum))),
        ]
        if let residuals = fit.residuals {
            sections.append(ModelArchive.Section("residuals", .bytes(try Self.encoded(residuals))))
        }
        return ModelArchive(header: header, sections: sections + products.sections)
    }

    /// The model that the parts of a file make.
    init(_ archive: ModelArchive) throws(ModelArchiveError) {
        let parts = try Parts(archive)
        let residuals = try Self.residuals(archive)
        do throws(FitError) {
            fit = try LinearMixedModelFit(
                design: parts.design, products: parts.products, method: parts.method, optimum: parts.optimum,
                residuals: residuals, threads: 2)
        } catch {
            throw ModelArchiveError(.malformed("its numbers do not make a model: \(error)"))
        }
        // An iterative search that was interrupted has not come to its criterion.
        let hasCriterion = fit.criterion.isFinite || (fit.status == .interrupted && fit.computation.isIterative)
        guard hasCriterion, fit.coefficients.allSatisfy(\.isFinite) else {
            throw ModelArchiveError(.malformed("its numbers do not make a model"))
        }
        notes = parts.notes
    }

    /// What a file holds of a model, before anything is computed.
    struct Parts: Sendable {
        let design: ModelDesign
        let products: CrossProducts
        let method: EstimationMethod
        let optimum: StoredOptimum
        let notes: [String]

        init(_ archive: ModelArchive) throws(ModelArchiveError) {
            let header = archive.header
            if header["content"]?.string == DataCube.archiveContent { throw ModelArchiveError(.holdsCube) }
            guard header["content"]?.string == SavedModel.content else {
                throw ModelArchiveError(.malformed("it does not hold a linear mixed model"))
            }
            guard let method = header["method"]?.string.flatMap(EstimationMethod.init(rawValue:)) else {
                throw ModelArchiveError(.malformed("it does not say how the model was fitted"))
            }
            self.method = method
            design = try SavedModel.decoded(archive, "design")
            if let problem = design.inconsistency {
                throw ModelArchiveError(.malformed("its design is no design: \(problem)"))
            }
            optimum = try SavedModel.decoded(archive, "optimum")
            products = try CrossProducts(archive)
            if let problem = products.inconsistency {
                throw ModelArchiveError(.malformed("its cross-products do not fit together: \(problem)"))
            }
            try SavedModel.check(optimum, products, fit: design)
            notes = header["notes"]?.elements?.compactMap(\.string) ?? []
        }
    }
}

extension SavedModel {
    static func encoded(_ value: some Encodable) throws(ModelArchiveError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Inf", negativeInfinity: "-Inf", nan: "NaN")
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw ModelArchiveError(.malformed("the model cannot be written as JSON"))
        }
    }

    static func decoded<Value: Decodable>(
        _ archive: ModelArchive, _ name: String
    ) throws(ModelArchiveError) -> Value {
        let bytes = try archive.bytes(name)
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Inf", negativeInfinity: "-Inf", nan: "NaN")
        do {
            return try decoder.decode(Value.self, from: Data(bytes))
        } catch {
            throw ModelArchiveError(.malformed("its section '\(name)' cannot be understood"))
        }
    }

    private static func residuals(_ archive: ModelArchive) throws(ModelArchiveError) -> ResidualSummary? {
        guard archive.contains("residuals") else { return nil }
        let summary: ResidualSummary = try decoded(archive, "residuals")
        guard summary.scaledQuantiles.count == 5, summary.scaledQuantiles.allSatisfy(\.isFinite),
            summary.rootMeanSquare.isFinite
        else { throw ModelArchiveError(.malformed("its summary of the residuals is none")) }
        return summary
    }

    private static func demand(_ condition: Bool, _ problem: String) throws(ModelArchiveError) {
        guard condition else { throw ModelArchiveError(.malformed(problem)) }
    }

    /// Whether cross-products are those of a design.
    static func check(_ products: CrossProducts, fit design: ModelDesign) throws(ModelArchiveError) {
        try demand(products.rowCount == design.data.rowCount, "its numbers of rows differ")
        try demand(
            products.fixedColumnCount == design.fixedColumns.count, "its numbers of fixed-effects columns differ")
        try demand(
            products.factors.count == design.groupingFactors.count, "its numbers of grouping factors differ")
        for (factor, group) in zip(products.factors, design.groupingFactors) {
            try demand(
                factor.levelCount == group.levels.count && factor.columnCount == group.columnCount,
                "its numbers of levels or effects of '\(group.name)' differ")
        }
    }

    /// Whether the parts are of the same model.
    fileprivate static func check(
        _ optimum: StoredOptimum, _ products: CrossProducts, fit design: ModelDesign
    ) throws(ModelArchiveError) {
        try check(products, fit: design)
        let widths = design.randomTerms.map(\.columnCount)
        for factors in [optimum.relativeFactors, optimum.expansionPoint] {
            try demand(
                factors.count == widths.count
                    && zip(factors, widths).allSatisfy { matrix, width in
                        matrix.rowCount == width && matrix.columnCount == width && matrix.storage.count == width * width
                            && matrix.storage.allSatisfy(\.isFinite)
                    }, "its covariance parameters are not those of its random terms")
        }
        try demand(optimum.evaluations >= 0, "its number of evaluations is negative")
    }
}
