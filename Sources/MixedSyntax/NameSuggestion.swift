// Finds the name that somebody probably meant.

/// "Did you mean ...?": the nearest of the known names to an unknown one.
public enum NameSuggestion {
    /// The known name that is nearest to `name`, or nil when none is near.
    ///
    /// A name that differs only in upper and lower case is preferred; otherwise the distance is the number of insertions,
    /// deletions, substitutions and swaps of neighbours, which may be one for every three characters, at least one for names
    /// of two characters and at most three.
    ///
    /// - **Complexity:** the product of the lengths, for each of `names`.
    public static func nearest(to name: String, among names: [String]) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars)
        var best: (name: String, distance: Int)?
        for candidate in names where candidate != name {
            let other = Array(candidate.lowercased().unicodeScalars)
            let longest = max(wanted.count, other.count)
            let allowed = longest < 2 ? 0 : min(3, max(1, longest / 3))
            guard abs(wanted.count - other.count) <= allowed else { continue }
            let distance = editDistance(wanted, other)
            if distance <= allowed, best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
        }
        return best?.name
    }

    /// The Damerau-Levenshtein distance in its restricted form: no part is edited twice.
    static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for i in 1...left.count {
            var row = [i]
            row.reserveCapacity(right.count + 1)
            for j in 1...right.count {
                var cost = min(
                    previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1))
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    cost = min(cost, beforePrevious[j - 2] + 1)
                }
                row.append(cost)
            }
            beforePrevious = previous
            previous = row
        }
        return previous[right.count]
    }
}
