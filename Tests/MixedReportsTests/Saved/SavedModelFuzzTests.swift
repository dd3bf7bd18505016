// A thousand damaged models whose checksums are right: each is refused with a reason, or is a model that can be used.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedReports

@Suite struct SavedModelFuzzTests {
    /// Nested and crossed factors, slopes, weights, an offset, a spline, a polynomial and contrasts in one model.
    static let original: ModelArchive? = {
        var options = DesignOptions(contrasts: ["Variety": .sum])
        options.weights = try? TableExpression(parsing: "1 + nitro")
        let fit = try? ReportedFits.fit(
            "yield ~ ns(nitro, 2) + Variety + offset(nitro) + scale(nitro) + (1 + poly(nitro, 2) | Block/Variety) + (bs(nitro) | Variety)",
            "oats", options: options)
        return fit.flatMap { try? SavedModel($0, notes: ["a note"]).archive() }
    }()

    @Test(arguments: 0..<10)
    func damagedModelsAreRefusedOrUsable(seed: UInt64) throws {
        let original = try #require(Self.original)
        let table = try ReportedFits.table("oats")
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<100 {
            var archive = original
            for _ in 0..<Int.random(in: 1...2, using: &generator) { Damage.apply(to: &archive, using: &generator) }
            do throws(ModelArchiveError) {
                let saved = try SavedModel(ModelArchive(bytes: archive.serialized()))
                Self.use(saved.fit, on: table)
            } catch {
                refused += 1
                #expect(!error.description.isEmpty && !error.description.contains("fatal"))
            }
        }
        // Most damage is to a number that means nothing by itself, or to a name.
        #expect(refused > 20)
    }

    @Test func theOriginalIsWhole() throws {
        let saved = try SavedModel(ModelArchive(bytes: try #require(Self.original).serialized()))
        #expect(saved.fit.design.groupingFactors.count == 3)
    }

    /// Asks a model for everything it knows.
    private static func use(_ fit: LinearMixedModelFit, on table: DataTable) {
        let report = FitReport(fit)
        for format in ReportFormat.allCases { _ = report.rendered(as: format) }
        _ = RandomEffectsReport(fit).rendered(as: .text)
        _ = GroupCoefficientsReport(fit).rendered(as: .text)
        for group in fit.design.groupingFactors {
            if let influence = try? fit.influence(of: group.name) {
                for format in ReportFormat.allCases {
                    _ = ResultsReport(influence, for: format).rendered(as: format)
                }
            }
            for type in ClusterRobustType.allCases {
                guard let robust = try? fit.clusterRobust(by: group.name, type: type) else { continue }
                _ = ResultsReport(robust, of: fit).rendered(as: .text)
            }
        }
        if let frame = try? fit.design.frame(for: table) { _ = fit.fittedValues(frame) }
    }
}

/// Ways in which a file can be wrong although its checksums are right.
private enum Damage {
    static func apply(to archive: inout ModelArchive, using generator: inout SeededGenerator) {
        guard !archive.sections.isEmpty else { return }
        let index = Int.random(in: archive.sections.indices, using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: archive.header = changed(archive.header, using: &generator)
        case 1: archive.sections.remove(at: index)
        case 2: archive.sections[index].name += "x"
        case 3:
            let other = Int.random(in: archive.sections.indices, using: &generator)
            let payload = archive.sections[index].payload
            archive.sections[index].payload = archive.sections[other].payload
            archive.sections[other].payload = payload
        case 4, 5, 6:
            // The design is by far the most intricate part.
            let texts = archive.sections.indices.filter { ["design", "optimum"].contains(archive.sections[$0].name) }
            guard let text = texts.randomElement(using: &generator) else { return }
            archive.sections[text].payload = changed(archive.sections[text].payload, using: &generator)
        default: archive.sections[index].payload = changed(archive.sections[index].payload, using: &generator)
        }
    }

    private static func changed(
        _ payload: ModelArchive.Payload, using generator: inout SeededGenerator
    ) -> ModelArchive.Payload {
        switch payload {
        case .doubles(let values):
            return .doubles(
                changed(
                    values, to: [0, -1, 1, 3, 1e300, -1e300, .nan, .infinity, 0.5, 1e-300, 4_294_967_296],
                    using: &generator))
        case .integers(let values):
            return .integers(changed(values, to: [0, 1, 2, 5, -1, .max, .min], using: &generator))
        case .bytes(let bytes):
            guard Int.random(in: 0..<8, using: &generator) > 0, let json = withSmallNumbers(bytes) else {
                return .bytes(changed(bytes, to: [0, 34, 44, 48, 57, 93, 125, 255], using: &generator))
            }
            return .bytes(Array(changed(json, using: &generator).text().utf8))
        }
    }

    /// The JSON with a fingerprint that `JSONValue` can hold.
    private static func withSmallNumbers(_ bytes: [UInt8]) -> JSONValue? {
        guard var json = try? JSONValue(parsing: bytes) else { return nil }
        json.setValue(at: ["data", "fingerprint", "sum"], to: 1)
        return json
    }

    private static func changed<Value>(
        _ values: [Value], to candidates: [Value], using generator: inout SeededGenerator
    ) -> [Value] {
        var values = values
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: return Array(values.dropLast())
        case 1: return values + candidates.prefix(1)
        case 2: return []
        default:
            guard let index = values.indices.randomElement(using: &generator) else { return values }
            values[index] = candidates.randomElement(using: &generator) ?? values[index]
            return values
        }
    }

    /// One value somewhere inside replaced, removed or repeated.
    private static func changed(_ json: JSONValue, using generator: inout SeededGenerator) -> JSONValue {
        switch json {
        case .object(var members) where !members.isEmpty && Int.random(in: 0..<12, using: &generator) > 0:
            let index = Int.random(in: members.indices, using: &generator)
            if Int.random(in: 0..<12, using: &generator) == 0 {
                members.remove(at: index)
            } else {
                members[index].value = changed(members[index].value, using: &generator)
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty && Int.random(in: 0..<12, using: &generator) > 0:
            let index = Int.random(in: elements.indices, using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: elements.remove(at: index)
            case 1: elements.append(elements[index])
            case 2: elements.swapAt(0, index)
            default: elements[index] = changed(elements[index], using: &generator)
            }
            return .array(elements)
        default:
            let candidates: [JSONValue] = [
                0, 1, 2, 3, 7, 40, -1, .integer(.max), .integer(.min), 1e300, -0.5, "", "Days", "(Intercept)", "y ~ x",
                nil, true, .array([]), .object([]),
            ]
            return candidates.randomElement(using: &generator) ?? json
        }
    }
}

extension JSONValue {
    /// Replaces the value under a path of keys, where there is one.
    fileprivate mutating func setValue(at path: [String], to value: JSONValue) {
        guard let key = path.first, case .object(var members) = self,
            let index = members.firstIndex(where: { $0.key == key })
        else { return }
        if path.count == 1 {
            members[index].value = value
        } else {
            members[index].value.setValue(at: Array(path.dropFirst()), to: value)
        }
        self = .object(members)
    }
}
