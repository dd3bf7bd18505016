// Where along a moderator a slope differs from zero: the Johnson-Neyman interval.

public import LinearMixedModels
internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedNumerics

/// The regions of a moderator in which the slope of a variable is significant.
public struct JohnsonNeyman: Sendable {
    /// The variable whose slope it is, and the variable along which it changes.
    public let variable: String
    public let moderator: String
    public let group: [GridValue]
    /// Values of the moderator at which the slope's p-value is the threshold, ascending; also outside the data.
    public let bounds: [Double]
    /// Stretches of the moderator within the range of the data, ascending.
    public let regions: [Region]
    /// The range of the moderator in the rows used.
    public let range: ClosedRange<Double>
    /// 1 less the level: the p-value below which a slope is significant.
    public let threshold: Double
    /// Whether the degrees of freedom are the same everywhere, so that the bounds are roots of a quadratic.
    public let isQuadratic: Bool

    /// A stretch of the moderator.
    public struct Region: Hashable, Sendable {
        public let from: Double
        public let to: Double
        public let isSignificant: Bool
        /// The slope in the middle of the stretch.
        public let slope: Double
    }
}

extension LinearMixedModelFit {
    /// Where along a moderator the slope of a variable differs from zero.
    ///
    /// The slope *c(z)'β̂* is *a + bz* for a product with the moderator *z*; with constant degrees of freedom the bounds are
    /// the roots of *(a + bz)² = t² (V_aa + 2zV_ab + z²V_bb)*. Johnson & Neyman (1936), Statistical Research Memoirs 1,
    /// 57-93. Otherwise, with Satterthwaite's degrees of freedom that change with *z* or a slope that is not linear in it,
    /// the sign changes of *|t| − t_crit* are searched over three times the range of the data and bisected.
    ///
    /// - Parameters:
    ///   - groups: variables for whose combinations there is an answer each.
    ///   - level: 0.95 for slopes that are significant at 0.05.
    /// - Returns: one answer for each group.
    /// - Complexity: a few hundred estimates for each group.
    /// - Throws: `MarginalMeansError` for a moderator that has levels or is the variable itself.
    public func johnsonNeyman(
        of variable: String, along moderator: String, by groups: [String] = [],
        at settings: [String: [GridSetting]] = [:], weights: MarginalWeights = .equal,
        inference: FixedEffectsInference? = nil, level: Double = 0.95
    ) throws(MarginalMeansError) -> [JohnsonNeyman] {
        guard level > 0, level < 1 else { throw .level(level) }
        var plan = try ReferenceGrid.variables(self, at: settings)
        let own = try Self.slopeIndex(of: variable, in: &plan, self)
        let along = try ReferenceGrid.index(of: moderator, among: plan, self)
        let name = plan[along].name
        guard plan[along].role != .factor else {
            throw .moderator(name: name, reason: "has levels; the interval is along a variable of numbers")
        }
        guard along != own else { throw .moderator(name: name, reason: "is the variable whose slope is asked for") }
        guard let summary = plan[along].summary, summary.minimum < summary.maximum else {
            throw .nothingRemembered(variable: name)
        }
        let width = summary.maximum - summary.minimum
        plan[along].values = [summary.minimum, summary.minimum + width / 2, summary.maximum].map(GridValue.number)
        plan[along].isSet = true
        let grid = try ReferenceGrid(self, variables: plan)
        let (kept, _) = try Self.kept(grid, [name], groups, self)
        let cells = CellWeights(grid)
        let derivative = try GridDerivative(self, grid: grid, variable: own).rows()
        let average = MarginalAverage(
            ReferenceGrid(grid, rows: derivative), keeping: kept, weights: weights, cells: cells)
        let source = EstimateSource(self, inference)
        var result: [JohnsonNeyman] = []
        for group in 0..<average.combinations.count / 3 {
            let rows = Array(average.combinations[3 * group..<3 * group + 3])
            let values = zip(average.kept, average.values[3 * group]).dropFirst()
                .map { grid.variables[$0].values[$1] }
            let path: SlopePath
            if let line = SlopePath(linear: rows, from: summary.minimum, to: summary.maximum, source, level: level) {
                path = line
            } else {
                path = try curvedPath(
                    grid, own: own, along: along, kept: kept, group: group, weights: weights, cells: cells,
                    range: summary.minimum...summary.maximum, source, level: level)
            }
            let found = path.bounds()
            result.append(
                JohnsonNeyman(
                    variable: grid.variables[own].name, moderator: name, group: Array(values), bounds: found.bounds,
                    regions: path.regions(found.bounds), range: summary.minimum...summary.maximum,
                    threshold: 1 - level, isQuadratic: found.isQuadratic))
        }
        return result
    }

    /// The slope at many values of a moderator along which it is not a straight line.
    private func curvedPath(
        _ grid: ReferenceGrid, own: Int, along: Int, kept: [Int], group: Int, weights: MarginalWeights,
        cells: CellWeights, range: ClosedRange<Double>, _ source: EstimateSource, level: Double
    ) throws(MarginalMeansError) -> SlopePath {
        var plan = grid.variables
        let steps = SlopePath.sampleCount
        plan[along].values = (0...steps).map {
            .number(range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(steps))
        }
        let fine = try ReferenceGrid(self, variables: plan)
        let derivative = try GridDerivative(self, grid: fine, variable: own).rows()
        let average = MarginalAverage(
            ReferenceGrid(fine, rows: derivative), keeping: kept, weights: weights, cells: cells)
        let rows = Array(average.combinations[(steps + 1) * group..<(steps + 1) * (group + 1)])
        return SlopePath(sampled: rows, range: range, source, level: level)
    }
}

/// The slope along a moderator: a straight line of combinations, or samples between which it is taken as straight.
private struct SlopePath {
    /// How many stretches a curve is sampled in.
    static let sampleCount = 400

    private let knots: [Double]
    private let combinations: [[Double]]
    private let source: EstimateSource
    private let level: Double
    private let range: ClosedRange<Double>
    private let isLine: Bool

    /// - Returns: `nil` when the middle one of three combinations is not the mean of the others.
    init?(linear rows: [[Double]], from lower: Double, to upper: Double, _ source: EstimateSource, level: Double) {
        guard rows.count == 3 else { return nil }
        for column in rows[0].indices {
            let size = max(rows[0][column].magnitude, rows[2][column].magnitude)
            let middle = (rows[0][column] + rows[2][column]) / 2
            guard (rows[1][column] - middle).magnitude <= 1e-9 * max(size, 1e-300) else { return nil }
        }
        knots = [lower, upper]
        combinations = [rows[0], rows[2]]
        self.source = source
        self.level = level
        range = lower...upper
        isLine = true
    }

    init(sampled rows: [[Double]], range: ClosedRange<Double>, _ source: EstimateSource, level: Double) {
        let steps = max(rows.count - 1, 1)
        knots = rows.indices.map {
            range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(steps)
        }
        combinations = rows
        self.source = source
        self.level = level
        self.range = range
        isLine = false
    }

    private func combination(at value: Double) -> [Double] {
        var place = 0
        while place + 2 < knots.count, knots[place + 1] < value { place += 1 }
        let share = (value - knots[place]) / (knots[place + 1] - knots[place])
        return zip(combinations[place], combinations[place + 1]).map { $0 + share * ($1 - $0) }
    }

    private func slope(at value: Double) -> Double { source.estimate(combination(at: value)).estimate }

    /// The t-statistic's size less its critical value.
    private func excess(at value: Double) -> Double {
        let (estimate, error, freedom) = source.estimate(combination(at: value))
        return estimate.magnitude / error - StudentTDistribution(degreesOfFreedom: freedom).quantile(0.5 + level / 2)
    }

    /// Where the slope's p-value is the threshold.
    func bounds() -> (bounds: [Double], isQuadratic: Bool) {
        let width = range.upperBound - range.lowerBound
        if isLine, let roots = quadraticRoots() { return (roots, true) }
        let margin = isLine ? width : 0
        let start = range.lowerBound - margin
        let steps = isLine ? 600 : Self.sampleCount
        let step = (width + 2 * margin) / Double(steps)
        var found: [Double] = []
        var before = excess(at: start)
        for index in 1...steps {
            let upper = start + Double(index) * step
            let value = excess(at: upper)
            if before.isFinite, value.isFinite, (before > 0) != (value > 0) {
                found.append(bisect(upper - step, upper, isAbove: before > 0))
            }
            before = value
        }
        return (found, false)
    }

    private func bisect(_ from: Double, _ to: Double, isAbove: Bool) -> Double {
        var lower = from
        var upper = to
        for _ in 0..<80 {
            let middle = (lower + upper) / 2
            guard middle > lower, middle < upper else { break }
            if (excess(at: middle) > 0) == isAbove { lower = middle } else { upper = middle }
        }
        return (lower + upper) / 2
    }

    /// The roots in closed form; `nil` when the degrees of freedom change along the moderator.
    private func quadraticRoots() -> [Double]? {
        let degrees = [range.lowerBound, (range.lowerBound + range.upperBound) / 2, range.upperBound]
            .map { source.estimate(combination(at: $0)).degreesOfFreedom }
        guard let freedom = degrees.first, !freedom.isNaN,
            degrees.allSatisfy({ $0 == freedom || ($0 - freedom).magnitude <= 1e-12 * freedom })
        else { return nil }
        let critical = StudentTDistribution(degreesOfFreedom: freedom).quantile(0.5 + level / 2)
        // In u from 0 at the lower to 1 at the upper end of the data: slope a + b u.
        let first = source.estimability.restricted(combinations[0])
        let second = source.estimability.restricted(combinations[1])
        let change = zip(first, second).map { $1 - $0 }
        let covariance = source.inference.covariance
        let a = source.inference.estimate(of: first)
        let b = source.inference.estimate(of: change)
        let image = covariance * change
        let square = critical * critical
        let quadratic = b * b - square * dot(change, image)
        let half = a * b - square * dot(first, image)
        let constant = a * a - square * dot(first, covariance * first)
        let width = range.upperBound - range.lowerBound
        return Self.roots(quadratic, half, constant).map { range.lowerBound + width * $0 }
    }

    /// The real roots of *q u² + 2h u + c*, ascending.
    private static func roots(_ q: Double, _ h: Double, _ c: Double) -> [Double] {
        let discriminant = h * h - q * c
        guard discriminant > 0 else { return [] }
        let sum = -(h + (h < 0 ? -1 : 1) * discriminant.squareRoot())
        return [sum / q, c / sum].filter(\.isFinite).sorted()
    }

    /// The stretches between the bounds within the range of the data.
    func regions(_ bounds: [Double]) -> [JohnsonNeyman.Region] {
        let inside = bounds.filter { $0 > range.lowerBound && $0 < range.upperBound }
        let ends = [range.lowerBound] + inside + [range.upperBound]
        return zip(ends, ends.dropFirst()).map { from, to in
            let middle = (from + to) / 2
            return JohnsonNeyman.Region(
                from: from, to: to, isSignificant: excess(at: middle) > 0, slope: slope(at: middle))
        }
    }
}
