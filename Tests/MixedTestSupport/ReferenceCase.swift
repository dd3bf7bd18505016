// A model fitted by R's established packages, with everything they say about it.

import Foundation

/// The results of lme4, lmerTest, pbkrtest and performance for one model.
///
/// What a file does not hold is `nil`, or an empty list or table.
public struct ReferenceCase: Sendable {
    public enum Kind: String, Sendable {
        case linearMixedModel = "linear mixed model"
        case linearModel = "linear model"
    }

    /// A row of `as.data.frame(VarCorr(fit))`: a variance where `second` is `nil`, else a covariance.
    public struct VarianceComponent: Sendable {
        public let group: String
        public let first: String?
        public let second: String?
        /// R's `vcov`.
        public let covariance: Double
        /// R's `sdcor`: a standard deviation where `second` is `nil`, else a correlation.
        public let standardDeviationOrCorrelation: Double
    }

    /// The first levels of a grouping factor with their conditional modes.
    public struct RandomEffects: Sendable {
        public let group: String
        public let levels: [String]
        public let columns: [Column]

        public struct Column: Sendable {
            public let name: String
            /// One for each of `levels`.
            public let modes: [Double]
            /// One for each of `levels`, or empty where R gives none.
            public let conditionalStandardDeviations: [Double]
        }
    }

    public let name: String
    public let kind: Kind
    /// The data file, to be found by `ReferenceFolder.dataPath`.
    public let data: String
    public let formula: String
    /// The columns to be made factors, with their levels in order.
    public let factors: [(name: String, levels: [String])]
    public let isREML: Bool?
    public let observationCount: Int?
    /// The number of levels of each grouping factor, in lme4's order.
    public let groups: [(name: String, levelCount: Int)]
    /// The REML criterion, or -2 log-likelihood.
    public let criterion: Double?
    public let logLikelihood: Double?
    public let aic: Double?
    public let bic: Double?
    public let sigma: Double?
    public let rSquared: Double?
    public let theta: [Double]
    public let isSingular: Bool?
    public let coefficients: ReferenceTable
    public let coefficientsKenwardRoger: ReferenceTable?
    /// The covariance matrix of the coefficients, by rows.
    public let covariance: [[Double]]
    public let varianceComponents: [VarianceComponent]
    public let randomEffects: [RandomEffects]
    /// By the file's names: `anova_I_satterthwaite`, `anova_II_satterthwaite`, `anova_III_satterthwaite`, `anova_III_kr`, and
    /// `anova_I` of a linear model.
    public let anova: [String: ReferenceTable]
    public let waldIntervals: ReferenceTable?
    public let profileIntervals: ReferenceTable?
    /// `AIC`, `AICc`, `BIC`, `R2_conditional`, `R2_marginal`, `ICC`, `RMSE`, `Sigma`; NaN where R has `NA`.
    public let performance: [String: Double]
    /// The first six fitted values, with random effects.
    public let fittedHead: [Double]
    /// The first six predictions without random effects.
    public let populationHead: [Double]
}

extension ReferenceCase {
    /// The names of the linear mixed models on data that the package holds.
    public static let bundledNames: [String] = names(in: ReferenceFolder.bundled, dataPrefix: "standard/")

    /// The names of the models on course data; none where the shared folder is absent.
    public static let courseNames: [String] =
        ReferenceFolder.shared.map { names(in: $0.appendingPathComponent("reference"), dataPrefix: "courses/") } ?? []

    /// The case of that name, from the package or from the shared folder.
    public static func load(_ name: String) throws -> ReferenceCase {
        var folders = [ReferenceFolder.bundled]
        if let shared = ReferenceFolder.shared { folders.append(shared.appendingPathComponent("reference")) }
        for folder in folders {
            let file = folder.appendingPathComponent(name + ".json")
            if FileManager.default.fileExists(atPath: file.path) { return try ReferenceCase(file: file) }
        }
        throw ReferenceError(message: "there is no reference result '\(name)'")
    }

    private static func names(in folder: URL, dataPrefix: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted().filter { name in
            let file = folder.appendingPathComponent(name + ".json")
            guard let json = try? ReferenceJSON(parsing: String(contentsOf: file, encoding: .utf8)) else { return true }
            let isKnown = json["kind"]?.string.flatMap(Kind.init(rawValue:)) != nil
            return isKnown && json["data"]?.string?.hasPrefix(dataPrefix) == true
        }
    }
}
