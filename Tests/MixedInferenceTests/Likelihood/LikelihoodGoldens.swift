// What `Goldens/compare.R` and `Goldens/profile.R` write.

import LinearMixedModels
import MixedTables
import MixedTestSupport

enum LikelihoodGoldens {
    /// A model of a reference data set, `Sex` with the levels in the order that nlme gives them.
    static func fit(
        _ formula: String, _ file: String, method: EstimationMethod = .restrictedLikelihood
    ) throws -> LinearMixedModelFit {
        var table = try DataTable(contentsOf: ReferenceFolder.dataPath(file))
        if file.contains("orthodont") { table = try table.convertingToFactor("Sex", levels: ["Male", "Female"]).table }
        return try LinearMixedModel(formula, data: table, method: method).fit()
    }

    /// A table of `anova()` or `ranova()`.
    struct Comparison: Decodable, Sendable {
        struct Row: Decodable, Sendable {
            let model: String?
            let term: String?
            let npar: Int
            let AIC: Double
            let BIC: Double?
            let logLik: Double
            let chisq: Double?
            let degrees: Int?
            let pValue: Double?

            enum CodingKeys: String, CodingKey {
                case model, term, npar, AIC, BIC, logLik, Chisq, LRT, Df
                case pValue = "Pr(>Chisq)"
            }

            init(from decoder: any Decoder) throws {
                let values = try decoder.container(keyedBy: CodingKeys.self)
                model = try values.decodeIfPresent(String.self, forKey: .model)
                term = try values.decodeIfPresent(String.self, forKey: .term)
                npar = try values.decode(Int.self, forKey: .npar)
                AIC = try values.decode(Double.self, forKey: .AIC)
                BIC = try values.decodeIfPresent(Double.self, forKey: .BIC)
                logLik = try values.decode(Double.self, forKey: .logLik)
                chisq =
                    try values.decodeIfPresent(Double.self, forKey: .Chisq)
                    ?? values.decodeIfPresent(Double.self, forKey: .LRT)
                degrees = try values.decodeIfPresent(Int.self, forKey: .Df)
                pValue = try values.decodeIfPresent(Double.self, forKey: .pValue)
            }
        }

        let kind: String
        let data: String
        let formulas: [String]?
        let formula: String?
        let refit: Bool?
        let reduce: Bool?
        let REML: Bool?
        let rows: [Row]
    }

    struct Comparisons: Decodable {
        let tables: [Comparison]
    }

    /// Intervals of `confint(profile(fit))`.
    struct Profile: Decodable, Sendable {
        struct Row: Decodable, Sendable {
            let term: String
            let lower: Double
            let upper: Double
        }

        let data: String
        let formula: String
        let level: Double
        let rows: [Row]
    }

    struct Profiles: Decodable {
        let cases: [Profile]
    }
}
