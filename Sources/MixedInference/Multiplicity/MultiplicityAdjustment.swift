// How p-values and intervals of several contrasts allow for there being several.

/// A method of adjusting for multiple tests. Raw values are the words of the command, emmeans' and `p.adjust`'s.
public enum MultiplicityAdjustment: String, Hashable, Sendable, Codable, CaseIterable {
    case none
    /// Each p-value times the number of tests.
    case bonferroni
    /// Holm (1979): Bonferroni's bound step by step, from the smallest p-value on.
    case holm
    /// Exact for independent tests, a bound for others: *1 - (1 - p)^m*.
    case sidak
    /// Scheffé (1953): for all contrasts that there are, also those not looked at.
    case scheffe
    /// Tukey (1953) and Kramer (1956): for all pairwise comparisons, by the studentized range.
    case tukey
    /// Dunnett (1955) in general: the multivariate t distribution with the contrasts' own correlations.
    case dunnett
    /// Benjamini & Hochberg (1995): controls the expected share of false discoveries.
    case falseDiscoveryRate = "fdr"

    /// The method of a word that emmeans or R's `p.adjust` knows, in small or capital letters: a raw value, `mvt` or
    /// `dunnettx` for `dunnett`, or `BH` for `fdr`.
    public init?(word: String) {
        switch word.lowercased() {
        case "mvt", "dunnettx": self = .dunnett
        case "bh": self = .falseDiscoveryRate
        case let name: self.init(rawValue: name)
        }
    }

    /// The method's name in a sentence.
    public var title: String {
        switch self {
        case .none: "no adjustment"
        case .bonferroni: "Bonferroni"
        case .holm: "Holm"
        case .sidak: "Šidák"
        case .scheffe: "Scheffé"
        case .tukey: "Tukey"
        case .dunnett: "Dunnett (multivariate t)"
        case .falseDiscoveryRate: "false discovery rate (Benjamini-Hochberg)"
        }
    }

    /// Whether there are simultaneous intervals that go with the tests.
    public var hasIntervals: Bool { self != .holm && self != .falseDiscoveryRate }
}

/// Which deviations from zero count against the hypothesis.
public enum Alternative: String, Hashable, Sendable, Codable, CaseIterable {
    case twoSided = "two-sided"
    case greater
    case less
}

/// Values of several contrasts by one method, and what to say about it.
public struct MultiplicityResult: Hashable, Sendable {
    /// Adjusted p-values, or critical values; one for each contrast, NaN where its statistic is.
    public let values: [Double]
    /// The method that was used, which is another than the one asked for where that does not apply.
    public let method: MultiplicityAdjustment
    /// What was done, for a reader: `nil` when nothing was adjusted.
    public let note: String?
    /// About three standard errors of the values; zero but for multivariate t probabilities without special structure.
    public let error: Double
}
