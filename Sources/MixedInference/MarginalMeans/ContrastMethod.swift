// Which differences between means are asked for, as weights of the means.

internal import MixedSyntax

/// A set of contrasts between the means of one group.
public enum ContrastMethod: Hashable, Sendable {
    /// Every mean less every later one.
    case pairwise
    /// Every mean less that of a reference; the first mean without.
    case reference(String? = nil)
    /// Every mean less the one before it.
    case consecutive
    /// Orthogonal polynomials over the means in their order, equally spaced, up to the sixth degree, in whole numbers.
    case polynomial
    /// Weights of one's own.
    case custom([CustomContrast])

    /// What the set is called in sentences.
    public var name: String {
        switch self {
        case .pairwise: "pairwise differences"
        case .reference: "differences from the reference"
        case .consecutive: "differences between consecutive means"
        case .polynomial: "polynomial contrasts"
        case .custom: "contrasts"
        }
    }
}

/// A contrast with a name and one weight for each mean.
public struct CustomContrast: Hashable, Sendable {
    public let name: String
    public let weights: [Double]

    public init(name: String, weights: [Double]) {
        self.name = name
        self.weights = weights
    }

    /// Reads `high vs low: -1 0 1`; weights are separated by blanks or commas and may be fractions such as `1/3`.
    ///
    /// - Throws: `MarginalMeansError.unreadableContrast`.
    public init(parsing text: String) throws(MarginalMeansError) {
        let colon = text.lastIndex(of: ":")
        let list = colon.map { text[text.index(after: $0)...] } ?? text[...]
        let words = list.split { " ,\t".contains($0) }
        let weights = words.compactMap(Self.number)
        guard !words.isEmpty, weights.count == words.count, weights.contains(where: { $0 != 0 }) else {
            throw .unreadableContrast(text: text)
        }
        let name = colon.map { text[..<$0].drop { $0 == " " } } ?? ""
        self.name = name.isEmpty ? weights.map(RNumber.text).joined(separator: " ") : String(name)
        self.weights = weights
    }

    private static func number(_ word: Substring) -> Double? {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }
        guard numbers.count == parts.count, parts.count <= 2, let first = numbers.first else { return nil }
        let value = numbers.count == 2 ? first / numbers[1] : first
        return value.isFinite ? value : nil
    }

    /// Whether the weights sum to zero, to rounding of the largest one.
    public var sumsToZero: Bool {
        let largest = weights.reduce(0) { max($0, $1.magnitude) }
        return weights.reduce(0, +).magnitude <= 1e-6 * (1e-6 + largest)
    }
}

extension ContrastMethod {
    /// The contrasts among means with these labels.
    ///
    /// - Parameters:
    ///   - values: what else a reference can be named by: the values without the variables' names.
    ///   - isRatio: whether differences are shown as ratios, `a / b`.
    func contrasts(
        _ labels: [String], values: [String] = [], isRatio: Bool = false
    ) throws(MarginalMeansError) -> [CustomContrast] {
        let sign = isRatio ? " / " : " - "
        let count = labels.count
        func difference(_ first: Int, _ second: Int) -> CustomContrast {
            var weights = [Double](repeating: 0, count: count)
            weights[first] += 1
            weights[second] -= 1
            return CustomContrast(name: labels[first] + sign + labels[second], weights: weights)
        }
        switch self {
        case .pairwise:
            return (0..<count).flatMap { first in (first + 1..<max(count, first + 1)).map { difference(first, $0) } }
        case .reference(let name):
            let reference: Int
            if let name {
                guard let index = labels.firstIndex(of: name) ?? values.firstIndex(of: name) else {
                    throw .unknownReference(name: name, means: labels)
                }
                reference = index
            } else {
                reference = 0
            }
            return (0..<count).filter { $0 != reference }.map { difference($0, reference) }
        case .consecutive: return (1..<max(count, 1)).map { difference($0, $0 - 1) }
        case .polynomial: return Self.polynomials(count)
        case .custom(let contrasts):
            for contrast in contrasts where contrast.weights.count != count {
                throw .weightCount(name: contrast.name, given: contrast.weights.count, means: labels)
            }
            return contrasts
        }
    }

    private static let degreeNames = ["linear", "quadratic", "cubic", "quartic"]

    /// Orthogonal polynomials on 1, 2, ..., scaled to small whole numbers where that can be done.
    private static func polynomials(_ count: Int) -> [CustomContrast] {
        guard count >= 2 else { return [] }
        var basis: [[Double]] = [[Double](repeating: 1 / Double(count).squareRoot(), count: count)]
        let center = Double(count + 1) / 2
        for degree in 1...min(6, count - 1) {
            var next = (0..<count).map { (Double($0 + 1) - center) * basis[degree - 1][$0] }
            for _ in 0..<2 {
                for earlier in basis {
                    let share = dot(earlier, next)
                    for index in next.indices { next[index] -= share * earlier[index] }
                }
            }
            let length = dot(next, next).squareRoot()
            // The last mean has a positive weight.
            let sign = (next.last ?? 1) < 0 ? -1.0 : 1.0
            basis.append(next.map { sign * $0 / length })
        }
        return basis.dropFirst().enumerated().map { index, values in
            CustomContrast(
                name: index < degreeNames.count ? degreeNames[index] : "degree \(index + 1)",
                weights: wholeNumbers(values))
        }
    }

    /// Scales weights so that the smallest positive one is 1, and on until all are nearly whole; then rounds them.
    private static func wholeNumbers(_ values: [Double]) -> [Double] {
        let smallest = values.filter { $0 > 0.01 }.min() ?? 1
        var scaled = values.map { $0 / smallest }
        func excess() -> Double { scaled.reduce(0) { max($0, ($1 - $1.rounded(.toNearestOrEven)).magnitude) } }
        var rest = excess()
        for _ in 0..<100 where rest > 0.05 {
            scaled = scaled.map { $0 / rest }
            rest = excess()
        }
        return scaled.map { $0.rounded(.toNearestOrEven) }
    }
}
