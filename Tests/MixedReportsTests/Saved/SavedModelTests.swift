// Saved models: what is read back is what was fitted, to the last digit that floating point keeps.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct SavedModelTests {
    struct Model: Sendable, CustomTestStringConvertible {
        let formula: String
        let data: String
        var method = EstimationMethod.restrictedLikelihood
        var weights: String?
        var testDescription: String { formula }

        func fit() throws -> LinearMixedModelFit {
            var options = DesignOptions()
            if let weights { options.weights = try TableExpression(parsing: weights) }
            return try ReportedFits.fit(formula, data, method: method, options: options)
        }
    }

    static let models = [
        Model(formula: "Reaction ~ Days + (1 + Days | Subject)", data: "sleepstudy"),
        Model(formula: "yield ~ nitro * Variety + (1 | Block/Variety)", data: "oats"),
        Model(formula: "diameter ~ 1 + (1 | plate) + (1 | sample)", data: "penicillin", method: .likelihood),
        Model(formula: "y ~ service + (1 | s) + (1 | d) + (1 | dept)", data: "insteval"),
        Model(formula: "Reaction ~ Days + (1 + Days || Subject)", data: "sleepstudy", weights: "1 + Days %% 3"),
        Model(formula: "Reaction ~ ns(Days, 3) + offset(Days / 10) + (1 | Subject)", data: "sleepstudy"),
        Model(formula: "Reaction ~ bs(Days, 4) + (1 + poly(Days, 2) | Subject)", data: "sleepstudy"),
        Model(formula: "angle ~ recipe + scale(temp) + I(2 * temp) + (1 | recipe:replicate)", data: "cake"),
        Model(formula: "log1p(count) ~ factor(spp) + log1p(DOP + 3) + cut(Wtemp, 3) + (1 | site)", data: "salamanders"),
        Model(formula: "Yield ~ 1 + (1 | Batch)", data: "dyestuff2"),
        Model(formula: "Reaction ~ Days + (1 | Subject) + (1 + Days | Subject)", data: "sleepstudy"),
        Model(formula: "Reaction ~ 0 + Days", data: "sleepstudy"),
        Model(formula: "Reaction ~ Days + I(Days^2) + I(Days^3) + I(Days^4) + (1 | Subject)", data: "sleepstudy"),
    ]

    @Test(arguments: models)
    func aModelComesBackAsItWas(model: Model) throws {
        let fit = try model.fit()
        let folder = try TemporaryFolder()
        let path = folder.file("model.mixed")
        try SavedModel(fit, notes: ["Größe ≠ \"quoted\"\n"]).write(to: path)
        let saved = try SavedModel(contentsOf: path)
        #expect(saved.notes == ["Größe ≠ \"quoted\"\n"])
        let again = saved.fit

        #expect(again.design == fit.design)
        #expect(again.optimum == fit.optimum)
        #expect(again.status == fit.status)
        #expect(again.certificate == fit.certificate)
        #expect(again.residuals == fit.residuals)
        #expect(again.coefficientNames == fit.coefficientNames && again.aliasedNames == fit.aliasedNames)
        #expect(again.evaluations == fit.evaluations && again.method == fit.method)
        var differences = Differences()
        let tolerance = 1e-12
        differences.compare("criterion", again.criterion, fit.criterion, relative: tolerance)
        differences.compare(
            "sigma", again.residualStandardDeviation, fit.residualStandardDeviation, relative: tolerance)
        differences.compare("theta", again.theta, fit.theta, relative: tolerance, absolute: tolerance)
        let scale = fit.standardErrors.max() ?? 0
        differences.compare(
            "coefficients", again.coefficients, fit.coefficients, relative: tolerance, absolute: tolerance * scale)
        differences.compare("errors", again.standardErrors, fit.standardErrors, relative: tolerance)
        for (one, other) in zip(again.randomEffects, fit.randomEffects) {
            differences.compare(
                one.group, one.values.storage, other.values.storage, relative: tolerance,
                absolute: tolerance * fit.residualStandardDeviation)
        }
        #expect(differences.isEmpty, "\(differences)")
        #expect(FitReport(again).text() == FitReport(fit).text())

        // The same numbers twice make the same file.
        let second = folder.file("second.mixed")
        try SavedModel(again, notes: saved.notes).write(to: second)
        #expect(try Data(contentsOf: URL(fileURLWithPath: second)) == Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test func newDataAreEvaluatedAsBefore() throws {
        let fit = try ReportedFits.fit("Reaction ~ ns(Days, 3) + scale(Days) + (1 | Subject)", "sleepstudy")
        let folder = try TemporaryFolder()
        let path = folder.file("model.mixed")
        try SavedModel(fit, notes: []).write(to: path)
        let again = try SavedModel(contentsOf: path).fit
        let table = try ReportedFits.table("sleepstudy")
        #expect(
            try again.fittedValues(again.design.frame(for: table)) == fit.fittedValues(fit.design.frame(for: table)))
    }

    @Test func theHeaderSaysWhatItIsInWords() throws {
        let fit = try ReportedFits.fit("Yield ~ 1 + (1 | Batch)", "dyestuff", method: .likelihood)
        let header = try SavedModel(fit, notes: []).archive().header
        #expect(header["formula"]?.string == "Yield ~ 1 + (1 | Batch)")
        #expect(header["kind"]?.string == "lmm" && header["method"]?.string == "ML")
        #expect(header["nobs"]?.integer == 30)
    }

    @Test func filesThatAreNoModels() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("model.mixed")
        func reason(_ bytes: [UInt8]) throws -> ModelArchiveError.Reason? {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            do {
                _ = try SavedModel(contentsOf: path)
                return nil
            } catch {
                #expect(error.path == path && error.description.contains("model.mixed"))
                return error.reason
            }
        }
        let fit = try ReportedFits.fit("Yield ~ 1 + (1 | Batch)", "dyestuff")
        let bytes = try SavedModel(fit, notes: []).archive().serialized()
        #expect(try reason(bytes) == nil)
        #expect(try reason(Array("a,b\n1,2\n".utf8)) == .notAModelFile)
        #expect(try reason([]) == .notAModelFile)
        #expect(try reason(Array(bytes.prefix(bytes.count / 2))) == .truncated)
        #expect(try reason(bytes + [0]) == .trailingBytes)
        var flipped = bytes
        flipped[bytes.count / 2] ^= 1
        guard case .checksumMismatch = try reason(flipped) else { throw TestFailure("a flipped bit was not noticed") }
        let other = ModelArchive(header: ["content": "a recipe"])
        guard case .malformed = try reason(other.serialized()) else { throw TestFailure("another archive was read") }
        #expect(throws: ModelArchiveError.self) { try SavedModel(contentsOf: folder.file("missing.mixed")) }
        #expect(throws: ModelArchiveError.self) {
            try SavedModel(fit, notes: []).write(to: folder.file("no/such/folder/model.mixed"))
        }
    }
}

/// A folder that is removed with the last reference to it.
final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("reports-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { url.appendingPathComponent(name).path }

    deinit { try? FileManager.default.removeItem(at: url) }
}

struct TestFailure: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
