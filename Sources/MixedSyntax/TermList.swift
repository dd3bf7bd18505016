// Lists of model terms without repeats, and how the operators of a formula combine them.

/// Terms in order of first appearance; each is the ascending list of its variables.
struct TermList {
    private(set) var terms: [[Int]] = []
    private var members: Set<[Int]> = []

    init(_ terms: [[Int]] = []) {
        for term in terms { append(term) }
    }

    mutating func append(_ term: [Int]) {
        if members.insert(term).inserted { terms.append(term) }
    }

    mutating func append(_ other: TermList) {
        for term in other.terms { append(term) }
    }

    mutating func remove(_ other: TermList) {
        let removed = other.members.intersection(members)
        guard !removed.isEmpty else { return }
        members.subtract(removed)
        terms.removeAll { removed.contains($0) }
    }

    /// All variables that any term holds.
    var variables: [Int] { Set(terms.joined()).sorted() }

    /// The term that holds the variables of both.
    static func union(_ left: [Int], _ right: [Int]) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(left.count + right.count)
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            if left[i] <= right[j] {
                if left[i] == right[j] { j += 1 }
                result.append(left[i])
                i += 1
            } else {
                result.append(right[j])
                j += 1
            }
        }
        result.append(contentsOf: left[i...])
        result.append(contentsOf: right[j...])
        return result
    }
}

/// What may still be spent on expanding a formula, so that `(a + b + ...)^9` ends in a message and not in memory.
struct ExpansionBudget {
    /// The most terms that a formula may expand to.
    static let termLimit = 50_000
    /// Variables that may be looked at in forming products.
    private var steps = 50_000_000

    /// Every product of a term of `left` and one of `right`, or nil when the budget does not allow it.
    mutating func products(_ left: TermList, _ right: TermList) -> TermList? {
        var result = TermList()
        for first in left.terms {
            for second in right.terms {
                steps -= first.count + second.count + 8
                guard steps >= 0 else { return nil }
                result.append(TermList.union(first, second))
            }
            guard result.terms.count <= Self.termLimit else { return nil }
        }
        return result
    }
}
