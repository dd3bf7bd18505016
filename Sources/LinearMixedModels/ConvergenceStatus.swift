// What a fit is, as a value: an optimum, an optimum on the boundary, or not an optimum, with the numbers that show it.

/// How the search for the covariance parameters ended.
public enum ConvergenceStatus: Hashable, Sendable {
    /// An optimum inside the parameter space.
    case converged
    /// An optimum on the boundary: some combination of random effects has no variance.
    case singular([SingularDirection])
    /// An optimum that is not unique: the data do not tell some covariance parameters apart.
    case unidentified([UnidentifiedDirection])
    /// Not shown to be an optimum.
    case notConverged(reason: String)
    /// Not an optimum: the search was stopped, and this is the best point that it had come to.
    case interrupted

    /// The name of the case, as in JSON.
    public var name: String {
        switch self {
        case .converged: "converged"
        case .singular: "singular"
        case .unidentified: "unidentified"
        case .notConverged: "notConverged"
        case .interrupted: "interrupted"
        }
    }

    /// Whether the estimates are those of an optimum.
    public var isOptimum: Bool {
        switch self {
        case .converged, .singular, .unidentified: true
        case .notConverged, .interrupted: false
        }
    }
}

/// A linear combination of a term's random effects whose variance is estimated to be zero.
public struct SingularDirection: Hashable, Sendable, Codable {
    /// The grouping factor.
    public let group: String
    /// The term's place among the random terms.
    public let term: Int
    /// The term's columns.
    public let columnNames: [String]
    /// One weight for each column; *Σ weight × effect* does not vary between levels.
    public let weights: [Double]

    /// The direction in words.
    public var sentence: String {
        let used = zip(columnNames, weights).filter { $0.1 != 0 }
        if used.count == 1, let only = used.first {
            return
                "the effect of \(only.0) does not vary between levels of \(group): its variance is estimated to be zero"
        }
        if used.count == 2 {
            let relation = used[0].1 * used[1].1 < 0 ? "+1" : "-1"
            return
                "the effects of \(used[0].0) and \(used[1].0) vary together exactly between levels of \(group): their correlation is estimated to be \(relation)"
        }
        return
            "a combination of \(used.map(\.0).joined(separator: ", ")) does not vary between levels of \(group): one of these effects is determined by the others"
    }
}

/// A direction of the covariance parameters along which the likelihood is flat.
public struct UnidentifiedDirection: Hashable, Sendable, Codable {
    /// The random terms whose parameters the direction moves.
    public let terms: [Int]
    /// Their names, such as `(1 | Subject)`.
    public let names: [String]

    /// The direction in words.
    public var sentence: String {
        "the data cannot tell the variances of \(names.joined(separator: " and ")) apart: other values fit equally well"
    }
}

/// The numbers that certify an optimum.
///
/// The decrement is invariant to scaling and parametrisation: below 10⁻¹⁰ every covariance parameter is within 10⁻⁵ of
/// its own standard error of the optimum, whatever the number of rows.
public struct ConvergenceCertificate: Hashable, Sendable, Codable {
    /// *g'H⁻¹g* of the deviance.
    public let newtonDecrement: Double
    /// The smallest eigenvalue of the Hessian over the largest: not below zero at a minimum.
    public let smallestCurvature: Double
    /// For directions without variance: the smallest eigenvalue of the score over the largest; not below zero when more
    /// variance would fit worse.
    public let smallestBoundaryScore: Double?
}
