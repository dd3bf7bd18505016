// Reading a reference result from the JSON that R's jsonlite wrote.

import Foundation

extension ReferenceCase {
    /// Reads a file; throws where it is not a linear (mixed) model or lacks what every case has.
    init(file: URL) throws {
        do {
            try self.init(json: ReferenceJSON(parsing: String(contentsOf: file, encoding: .utf8)))
        } catch {
            throw ReferenceError(message: "\(file.lastPathComponent): \(error)")
        }
    }

    init(json: ReferenceJSON) throws {
        func text(_ key: String) throws -> String {
            guard let value = json[key]?.string else { throw ReferenceError(message: "'\(key)' is missing") }
            return value
        }
        func table(_ key: String) throws -> ReferenceTable? { try json[key].map(ReferenceTable.init) }
        func numbers(_ key: String) -> [Double] { (json[key]?.elements ?? []).compactMap(\.double) }

        name = try text("name")
        guard let kind = Kind(rawValue: try text("kind")) else {
            throw ReferenceError(message: "a \(try text("kind")) is not read here")
        }
        self.kind = kind
        data = try text("data")
        formula = try text("formula")
        factors = (json["factors"]?.members ?? []).map { ($0.key, $0.value.elements.compactMap(\.string)) }
        isREML = json["reml"]?.boolean
        observationCount = json["nobs"]?.double.flatMap { Int(exactly: $0) }
        groups = (json["groups"]?.members ?? []).map { ($0.key, $0.value.double.flatMap { Int(exactly: $0) } ?? 0) }
        criterion = json["criterion"]?.double
        logLikelihood = json["logLik"]?.double
        aic = json["AIC"]?.double
        bic = json["BIC"]?.double
        sigma = json["sigma"]?.double
        rSquared = json["r2"]?.double
        theta = numbers("theta")
        isSingular = json["singular"]?.boolean
        guard let coefficients = try table("coefficients") else {
            throw ReferenceError(message: "'coefficients' is missing")
        }
        self.coefficients = coefficients
        coefficientsKenwardRoger = try table("coefficients_kr")
        covariance = (json["vcov"]?.elements ?? []).map { $0.elements.compactMap(\.double) }
        varianceComponents = try (json["varcorr"]?.elements ?? []).map(VarianceComponent.init)
        randomEffects = try (json["ranef"]?.members ?? []).map { try RandomEffects(group: $0.key, $0.value) }
        var anova: [String: ReferenceTable] = [:]
        for member in json.members where member.key.hasPrefix("anova") {
            anova[member.key] = try ReferenceTable(member.value)
        }
        self.anova = anova
        waldIntervals = try table("wald_ci")
        profileIntervals = try table("profile_ci")
        performance = Dictionary(
            (json["performance"]?.members ?? []).compactMap { member in member.value.double.map { (member.key, $0) } },
            uniquingKeysWith: { first, _ in first })
        fittedHead = numbers("fitted_head")
        populationHead = numbers("population_head")
    }
}

extension ReferenceCase.VarianceComponent {
    init(_ json: ReferenceJSON) throws {
        guard let group = json["grp"]?.string, let covariance = json["vcov"]?.double, let second = json["sdcor"]?.double
        else { throw ReferenceError(message: "a variance component lacks 'grp', 'vcov' or 'sdcor'") }
        self.init(
            group: group, first: json["var1"]?.string, second: json["var2"]?.string, covariance: covariance,
            standardDeviationOrCorrelation: second)
    }
}

extension ReferenceCase.RandomEffects {
    init(group: String, _ json: ReferenceJSON) throws {
        let levels = (json["level"]?.elements ?? []).compactMap(\.string)
        let deviations = (json["condsd"]?.elements ?? []).map { $0.elements.compactMap(\.double) }
        let columns = (json["mode"]?.members ?? []).enumerated().map { index, member in
            Column(
                name: member.key, modes: member.value.elements.compactMap(\.double),
                conditionalStandardDeviations: index < deviations.count ? deviations[index] : [])
        }
        guard !levels.isEmpty, columns.allSatisfy({ $0.modes.count == levels.count }) else {
            throw ReferenceError(message: "the random effects of '\(group)' do not match their levels")
        }
        self.init(group: group, levels: levels, columns: columns)
    }
}
