// The tests of one family of contrasts: estimates first, then the adjustment for their number.

internal import LinearMixedModels
internal import MixedLinearAlgebra
internal import MixedNumerics

extension ContrastMethod {
    /// The adjustment that emmeans makes unless told otherwise, with the exact multivariate t for its approximation.
    public var standardAdjustment: MultiplicityAdjustment {
        switch self {
        case .pairwise: .tukey
        case .reference, .consecutive: .dunnett
        case .polynomial, .custom: .none
        }
    }
}

/// One family of contrasts, estimated and tested.
struct ContrastTests {
    let adjustment: MultiplicityAdjustment
    let limitsAdjustment: MultiplicityAdjustment
    let notes: [String]
    private let contrasts: [CustomContrast]
    private let estimates: [Estimate]

    private struct Estimate {
        var value: Double
        var error: Double
        var freedom: Double
        var probability = Double.nan
        var margin = Double.nan
        var obstacle: String?
        var combination: [Double]
    }

    init(
        _ contrasts: [CustomContrast], of means: [MarginalEstimate], source: EstimateSource, level: Double,
        adjustment: MultiplicityAdjustment, isPairwise: Bool
    ) {
        self.contrasts = contrasts
        var estimates = contrasts.map { Self.estimate($0, of: means, source) }
        // What is not estimable is no test and counts for nothing.
        let known = estimates.indices.filter { !estimates[$0].value.isNaN }
        let combinations = known.map { estimates[$0].combination }
        let family = ContrastFamily(
            statistics: known.map { estimates[$0].value / estimates[$0].error },
            degreesOfFreedom: known.map { estimates[$0].freedom }, correlation: Self.correlation(combinations, source),
            comparedMeans: isPairwise ? means.count : nil, rank: source.estimability.independentCount(combinations))
        let tests = family.adjustedPValues(adjustment)
        let limits = family.criticalValues(adjustment, level: level)
        for (place, index) in known.enumerated() {
            estimates[index].probability = tests.values[place]
            estimates[index].margin = limits.values[place] * estimates[index].error
        }
        self.adjustment = tests.method
        limitsAdjustment = limits.method
        let isReplaced = tests.method != adjustment && tests.method != .none
        notes = isReplaced ? [tests.note].compactMap { $0 } : []
        self.estimates = estimates
    }

    func rows(group: [GridValue]) -> [MarginalContrast] {
        zip(contrasts, estimates).map { contrast, estimate in
            MarginalContrast(
                contrast: contrast.name, group: group, estimate: estimate.value, standardError: estimate.error,
                degreesOfFreedom: estimate.freedom, statistic: estimate.value / estimate.error,
                pValue: estimate.probability, lowerLimit: estimate.value - estimate.margin,
                upperLimit: estimate.value + estimate.margin, obstacle: estimate.obstacle)
        }
    }

    /// A contrast of means may be estimable where the means are not: what they lack cancels.
    private static func estimate(
        _ contrast: CustomContrast, of means: [MarginalEstimate], _ source: EstimateSource
    ) -> Estimate {
        let width = means.first?.combination.count ?? 0
        var combination = [Double](repeating: 0, count: width)
        var offset = 0.0
        for (mean, weight) in zip(means, contrast.weights) where weight != 0 {
            for column in 0..<width { combination[column] += weight * mean.combination[column] }
            offset += weight * mean.offset
        }
        let (value, error, freedom) = source.estimate(combination, offset: offset)
        var obstacle: String?
        if value.isNaN {
            let missing = zip(means, contrast.weights).filter { $0.1 != 0 }.compactMap { $0.0.obstacle }
            obstacle = missing.first ?? "its means have no common basis in the data"
        }
        return Estimate(
            value: value, error: error, freedom: freedom, obstacle: obstacle, combination: combination)
    }

    private static func correlation(_ combinations: [[Double]], _ source: EstimateSource) -> Matrix {
        guard !combinations.isEmpty else { return Matrix(rows: 0, columns: 0) }
        let rows = combinations.map(source.estimability.restricted)
        let matrix = LinearHypothesis(label: "", rows: rows).matrix
        return ContrastFamily.correlation(ofCovariance: matrix * source.inference.covariance * matrix.transposed)
    }
}
