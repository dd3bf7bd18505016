// Factors: levels in a meaningful order, levels that occur, codes in terms of other levels.

extension CategoricalValues {
    /// The values as a factor.
    ///
    /// Factors stay as they are. Text becomes a factor of the values that occur, in the order of `TextCollation`.
    ///
    /// - **Complexity:** linear in the rows, plus sorting the levels.
    public func asFactor() -> CategoricalValues {
        guard kind == .text else { return self }
        let used = usedLevels
        let present = levels.indices.filter { used[$0] }
        let names = present.map { levels[$0] }
        return recoded(order: TextCollation.ascending(names).map { present[$0] }, kind: .factor)
    }

    /// The values with only the levels that occur, in the same order.
    public func droppingUnusedLevels() -> CategoricalValues {
        let used = usedLevels
        return used.allSatisfy { $0 } ? self : recoded(order: levels.indices.filter { used[$0] }, kind: kind)
    }

    /// For each level whether a row has it.
    var usedLevels: [Bool] {
        var used = [Bool](repeating: false, count: levels.count)
        for code in codes where code >= 0 { used[Int(code)] = true }
        return used
    }

    /// The values with the levels at the positions `order`, in that order; values of other levels become missing.
    func recoded(order: [Int], kind: Kind) -> CategoricalValues {
        var newCode = [Int32](repeating: Self.missing, count: levels.count)
        for (new, old) in order.enumerated() { newCode[old] = Int32(truncatingIfNeeded: new) }
        return CategoricalValues(
            codes: codes.map { $0 < 0 ? Self.missing : newCode[Int($0)] }, levels: order.map { levels[$0] }, kind: kind)
    }

    /// The values with exactly these levels, which may not repeat; values that are not among them become missing.
    func withLevels(_ newLevels: [String], kind: Kind) -> CategoricalValues {
        let position = Dictionary(zip(newLevels, newLevels.indices), uniquingKeysWith: { first, _ in first })
        let newCode = levels.map { position[$0].map { Int32(truncatingIfNeeded: $0) } ?? Self.missing }
        return CategoricalValues(
            codes: codes.map { $0 < 0 ? Self.missing : newCode[Int($0)] }, levels: newLevels, kind: kind)
    }

    /// How often each level occurs.
    var levelCounts: [Int] {
        var counts = [Int](repeating: 0, count: levels.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        return counts
    }

    /// The crossed factor `first:second` of all pairs of levels, those of `second` changing fastest, as R's `:` gives it.
    ///
    /// Beyond 100,000 pairs only those that occur become levels.
    static func crossing(_ first: CategoricalValues, _ second: CategoricalValues, separator: String = ":")
        -> CategoricalValues
    {
        let (left, right) = (first.asFactor(), second.asFactor())
        let width = right.levels.count
        let pairs = zip(left.codes, right.codes).map { left, right in
            left < 0 || right < 0 ? -1 : Int(left) * width + Int(right)
        }
        let (all, overflow) = left.levels.count.multipliedReportingOverflow(by: width)
        let kept: [Int]
        if !overflow, all <= 100_000 {
            kept = Array(0..<all)
        } else {
            kept = Set(pairs).subtracting([-1]).sorted()
        }
        let position = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
        return CategoricalValues(
            codes: pairs.map { pair in position[pair].map { Int32(truncatingIfNeeded: $0) } ?? missing },
            levels: kept.map { left.levels[$0 / width] + separator + right.levels[$0 % width] }, kind: .factor)
    }
}
