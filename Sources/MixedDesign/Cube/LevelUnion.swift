// The levels of a factor in several parts of the data, in the order that the whole would have them.

internal import MixedSyntax
internal import MixedTables

/// Unites lists of levels.
enum LevelUnion {
    /// What the order of the levels is.
    enum Order {
        case numeric
        case text
        /// Found from the lists themselves.
        case given
    }

    /// All levels of some lists, each of which is in order; `nil` where the lists contradict each other.
    ///
    /// - Complexity: linear in the levels for each merging of two lists.
    static func union(_ lists: [[String]], order: Order) -> [String]? {
        guard var result = lists.first else { return [] }
        if lists.allSatisfy({ $0 == result }) { return result }
        switch order {
        case .numeric: return merged(lists, by: numericallyPrecedes)
        case .text: return merged(lists, by: TextCollation.precedes)
        case .given:
            for list in lists.dropFirst() {
                guard let next = given(result, list) else { return nil }
                result = next
            }
            return result
        }
    }

    private static func given(_ first: [String], _ second: [String]) -> [String]? {
        if isContained(second, in: first) { return first }
        if isContained(first, in: second) { return second }
        let lists = [first, second]
        if lists.allSatisfy({ list in isAscending(list) { numericallyPrecedes($0, $1) } && list.allSatisfy(isNumber) })
        {
            return merged(lists, by: numericallyPrecedes)
        }
        guard lists.allSatisfy({ isAscending($0, TextCollation.precedes) }) else { return nil }
        return merged(lists, by: TextCollation.precedes)
    }

    private static func isNumber(_ text: String) -> Bool { Double(text) != nil }

    /// Whole numbers of any size are told apart, as they are when they are read.
    private static func numericallyPrecedes(_ left: String, _ right: String) -> Bool {
        if let first = Int(left), let second = Int(right) { return first < second }
        let (first, second) = (Double(left) ?? .infinity, Double(right) ?? .infinity)
        return first != second ? first < second : left < right
    }

    private static func isAscending(_ list: [String], _ precedes: (String, String) -> Bool) -> Bool {
        zip(list, list.dropFirst()).allSatisfy(precedes)
    }

    /// Whether the levels of a list are levels of another one in the same order.
    private static func isContained(_ list: [String], in other: [String]) -> Bool {
        var rest = other[...]
        for level in list {
            guard let place = rest.firstIndex(of: level) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    private static func merged(_ lists: [[String]], by precedes: (String, String) -> Bool) -> [String] {
        var pending = lists.map { isAscending($0, precedes) ? $0 : $0.sorted(by: precedes) }
        while pending.count > 1 {
            var next: [[String]] = []
            for index in stride(from: 0, to: pending.count, by: 2) {
                next.append(
                    index + 1 < pending.count ? merged(pending[index], pending[index + 1], precedes) : pending[index])
            }
            pending = next
        }
        return pending.first ?? []
    }

    private static func merged(
        _ first: [String], _ second: [String], _ precedes: (String, String) -> Bool
    ) -> [String] {
        var result: [String] = []
        result.reserveCapacity(max(first.count, second.count))
        var (left, right) = (0, 0)
        while left < first.count, right < second.count {
            if first[left] == second[right] {
                result.append(first[left])
                left += 1
                right += 1
            } else if precedes(first[left], second[right]) {
                result.append(first[left])
                left += 1
            } else {
                result.append(second[right])
                right += 1
            }
        }
        result += first[left...]
        result += second[right...]
        return result
    }

    /// The names that levels have as numbers that are not all whole; R spells whole ones by 15 digits then.
    static func asNumbers(_ levels: [String]) -> [String] {
        levels.map { Double($0).map(RNumber.text) ?? $0 }
    }
}
