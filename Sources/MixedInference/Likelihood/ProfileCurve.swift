// The search along one parameter: points of its profile, and the ends of its interval by Newton's method on ζ.

internal import LinearMixedModels

/// Follows the profile of one parameter from the estimate to both sides.
struct ProfileCurve {
    private let profiler: LikelihoodProfiler
    private let index: Int
    private let search: ProfileSearch
    private let estimate: Double
    /// *|ζ|* at the ends of the interval.
    private let cutoff: Double
    private let minimum: Double
    /// The smallest deviance that was met.
    private(set) var lowestDeviance = Double.infinity

    /// How far the points of a profile go beyond the interval, and at least.
    private static let extent = (factor: 1.1, smallest: 3.0)
    /// Points on each side, besides those that the ends take.
    private static let pointCount = 6
    /// How exactly the ends are found, in *ζ*.
    private static let tolerance = 1e-9
    /// How near to ±1 a correlation is profiled.
    private static let largestCorrelation = 1 - 1e-8

    init(_ profiler: LikelihoodProfiler, index: Int, cutoff: Double) {
        self.profiler = profiler
        self.index = index
        self.cutoff = cutoff
        search = profiler.search(profiler.parameters[index], threads: 1)
        estimate = profiler.estimates[index]
        minimum = profiler.fit.criterion
    }

    /// The profile and its interval.
    mutating func profile() -> ParameterProfile {
        let name = profiler.parameters[index].name
        let (low, high) = range
        guard !estimate.isNaN else {
            // Whatever the correlation with an effect that does not vary, the likelihood is the same.
            return ParameterProfile(
                name: name, estimate: .nan, lower: .init(value: -1, kind: .boundary),
                upper: .init(value: 1, kind: .boundary), points: [])
        }
        let below = side(-1, end: low)
        let above = side(1, end: high)
        let center = ParameterProfile.Point(value: estimate, zeta: 0, parameters: profiler.estimates)
        let points =
            below.points.sorted { $0.value < $1.value } + [center] + above.points.sorted { $0.value < $1.value }
        return ParameterProfile(name: name, estimate: estimate, lower: below.limit, upper: above.limit, points: points)
    }

    /// The ends of the parameter's range.
    private var range: (Double, Double) {
        switch profiler.parameters[index].kind {
        case .deviation: (0, .infinity)
        case .correlation: (-1, 1)
        case .residualDeviation: (0, .infinity)
        case .coefficient: (-.infinity, .infinity)
        }
    }

    /// A point with its distance from the minimum.
    private struct Place {
        let value: Double
        /// *|ζ|*.
        let distance: Double
        /// The derivative of the value by *|ζ|*.
        let rate: Double
        let point: ProfilePoint
    }

    private mutating func place(at value: Double, from start: ProfilePoint?) -> Place? {
        guard let point = search.point(at: value, from: start), point.hasConverged, point.deviance.isFinite else {
            return nil
        }
        lowestDeviance = min(lowestDeviance, point.deviance)
        let distance = max(0, point.deviance - minimum).squareRoot()
        return Place(value: value, distance: distance, rate: 2 * distance / point.slope, point: point)
    }

    /// One side of the profile: its points and the end of the interval.
    private mutating func side(
        _ sign: Double, end: Double
    ) -> (points: [ParameterProfile.Point], limit: ParameterProfile.Limit) {
        var points: [ParameterProfile.Point] = []
        func add(_ place: Place) {
            points.append(.init(value: place.value, zeta: sign * place.distance, parameters: place.point.parameters))
        }
        if isAtEnd(end) { return ([], .init(value: end, kind: .estimateAtBoundary)) }
        // The range may end before the likelihood has fallen far enough.
        var farthest = Double.infinity
        if let last = endPlace(end) {
            farthest = last.distance
            points.append(.init(value: end, zeta: sign * last.distance, parameters: last.point.parameters))
        }
        let reach = max(Self.extent.smallest, Self.extent.factor * cutoff)
        var targets = (1...Self.pointCount).map { reach * Double($0) / Double(Self.pointCount) } + [cutoff]
        targets = targets.filter { $0 < farthest }.sorted()

        var last: Place?
        var before: Place?
        var limit = ParameterProfile.Limit(
            value: farthest <= cutoff ? end : .nan, kind: farthest <= cutoff ? .boundary : .notFound)
        guard var here = firstPlace(sign, end: end, distance: min(targets.first ?? 0.5, farthest / 2)) else {
            return (points, limit)
        }
        add(here)
        for target in targets {
            let isEnd = target == cutoff
            // Points need not lie where they were aimed at; ends do.
            for attempt in 0..<(isEnd ? 40 : 2) {
                let miss = target - here.distance
                if abs(miss) < (isEnd ? Self.tolerance : 0.15 * reach / Double(Self.pointCount)) { break }
                if !isEnd, attempt == 0, miss < 0 { break }
                var value = here.value + step(here, last ?? before, by: miss)
                // Within the range, and not farther than twice as far from the estimate at once.
                let room = end - here.value
                if (end - value) * sign <= 0 { value = here.value + 0.5 * room }
                if (value - estimate) * sign <= 0 { value = 0.5 * (estimate + here.value) }
                let farthestStep = 4 * abs(here.value - estimate)
                if abs(value - here.value) > farthestStep { value = here.value + sign * farthestStep }
                // Beyond the digits that the deviance has there is nothing to be found.
                guard abs(value - here.value) > 1e-11 * abs(here.value - estimate),
                    let next = place(at: value, from: here, below: farthest)
                else { break }
                before = last
                last = here
                here = next
                add(next)
            }
            if isEnd, abs(here.distance - target) < 1e-6 {
                limit = .init(value: here.value, kind: .likelihood)
            }
        }
        return (points, limit)
    }

    /// A point at a value or, where the likelihood has reached its lowest there, nearer to a point that is known.
    private mutating func place(at value: Double, from known: Place, below farthest: Double) -> Place? {
        var value = value
        for _ in 0..<30 {
            guard let found = place(at: value, from: known.point) else { return nil }
            if found.distance < farthest { return found }
            value = 0.5 * (value + known.value)
        }
        return nil
    }

    /// The lowest point that the profile reaches towards an end of the parameter's range, if it has one.
    ///
    /// An effect without variance has any correlation, so that no correlation fits worse than the model without one of
    /// its effects.
    private mutating func endPlace(_ end: Double) -> Place? {
        switch profiler.parameters[index].kind {
        case .residualDeviation, .coefficient: return nil
        case .deviation: return end.isFinite ? place(at: end, from: nil) : nil
        case .correlation(let term, let row, let other):
            var lowest = place(at: end * Self.largestCorrelation, from: nil)
            for effect in [row, other] {
                let parameter = ProfiledParameter(kind: .deviation(term: term, row: effect), name: "")
                guard let point = profiler.search(parameter, threads: 1).point(at: 0, from: nil), point.hasConverged
                else {
                    continue
                }
                let distance = max(0, point.deviance - minimum).squareRoot()
                if distance < lowest?.distance ?? .infinity {
                    lowest = Place(value: end, distance: distance, rate: .nan, point: point)
                }
            }
            return lowest
        }
    }

    /// Whether the estimate lies at an end of the parameter's range.
    private func isAtEnd(_ end: Double) -> Bool {
        switch profiler.parameters[index].kind {
        case .deviation: end == 0 && estimate == 0
        case .correlation: abs(end - estimate) < 1e-7
        case .residualDeviation, .coefficient: false
        }
    }

    /// How far to go for a change of *|ζ|*: the last slope, and how it changed since the point before.
    private func step(_ here: Place, _ last: Place?, by change: Double) -> Double {
        guard let last, here.distance != last.distance else { return here.rate * change }
        let bend = (here.rate - last.rate) / (here.distance - last.distance)
        let curved = here.rate * change + 0.5 * bend * change * change
        // A bend that turns the step around belongs to another part of the curve.
        return curved * here.rate * change > 0 && abs(curved) < 3 * abs(here.rate * change)
            ? curved : here.rate * change
    }

    /// A first point about as far from the estimate as wanted.
    private mutating func firstPlace(_ sign: Double, end: Double, distance: Double) -> Place? {
        var size = firstStep * distance
        if end.isFinite { size = min(size, 0.5 * abs(end - estimate)) }
        for _ in 0..<40 {
            guard let found = place(at: estimate + sign * size, from: nil) else {
                size *= 0.25
                continue
            }
            if found.distance > 4 * distance {
                size *= max(0.05, distance / found.distance)
            } else if found.distance < 0.02 * distance, abs(end - estimate) > 1.01 * size {
                size = min(size * 4, end.isFinite ? 0.9 * abs(end - estimate) : .infinity)
            } else {
                return found
            }
        }
        return nil
    }

    /// About how far the parameter goes for *|ζ|* = 1: its standard error, roughly.
    private var firstStep: Double {
        let fit = profiler.fit
        switch profiler.parameters[index].kind {
        case .coefficient(let place): return fit.standardErrors[place]
        case .residualDeviation: return estimate / (2 * Double(fit.rowCount)).squareRoot()
        case .deviation(let term, _):
            let levels = Double(
                max(2, fit.randomEffects.first { $0.group == fit.varianceComponents[term].group }?.levels.count ?? 2))
            return estimate > 0 ? estimate / levels.squareRoot() : 0.3 * profiler.scale(of: index)
        case .correlation(let term, _, _):
            let levels = Double(
                max(2, fit.randomEffects.first { $0.group == fit.varianceComponents[term].group }?.levels.count ?? 2))
            return max(0.02, 1 - estimate * estimate) / levels.squareRoot()
        }
    }
}
