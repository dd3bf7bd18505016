// Values as a factor: levels in R's order, only those that occur.

import MixedSyntax
import MixedTables

extension ColumnValues {
    /// The values as a factor: levels of a factor keep their order, text and numbers are sorted.
    func factor() -> CategoricalValues {
        switch self {
        case .categorical(let values):
            guard values.kind == .text else { return values }
            let order = values.levels.indices.sorted { values.levels[$0] < values.levels[$1] }
            var rank = [Int32](repeating: 0, count: order.count)
            for (new, old) in order.enumerated() { rank[old] = Int32(new) }
            return CategoricalValues(
                codes: values.codes.map { $0 < 0 ? $0 : rank[Int($0)] }, levels: order.map { values.levels[$0] },
                kind: .factor)
        case .boolean(let values):
            return CategoricalValues(codes: values.map { Int32($0) }, levels: ["FALSE", "TRUE"], kind: .factor)
        case .integer(let values):
            let distinct = Set(values).subtracting([Self.missingInteger]).sorted()
            let rank = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
            return CategoricalValues(
                codes: values.map { rank[$0] ?? CategoricalValues.missing }, levels: distinct.map { String($0) },
                kind: .factor)
        case .double(let values):
            let distinct = Set(values.filter { !$0.isNaN }).sorted()
            let rank = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
            return CategoricalValues(
                codes: values.map { rank[$0] ?? CategoricalValues.missing },
                levels: distinct.map { RNumber.text($0) }, kind: .factor)
        }
    }
}

extension CategoricalValues {
    /// The same values without the levels that do not occur.
    func droppingUnusedLevels() -> CategoricalValues {
        var isUsed = [Bool](repeating: false, count: levels.count)
        for code in codes where code >= 0 { isUsed[Int(code)] = true }
        guard isUsed.contains(false) else { return self }
        var newCode = [Int32](repeating: Self.missing, count: levels.count)
        var kept: [String] = []
        for level in levels.indices where isUsed[level] {
            newCode[level] = Int32(kept.count)
            kept.append(levels[level])
        }
        return CategoricalValues(codes: codes.map { $0 < 0 ? $0 : newCode[Int($0)] }, levels: kept, kind: kind)
    }

    /// The index of each row's level among `known`: -1 for a missing value, -2 for a level that is not known.
    func codes(amongLevels known: [String]) -> [Int32] {
        if levels == known { return codes }
        let index = Dictionary(known.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
        let newCode = levels.map { index[$0] ?? Self.unknown }
        return codes.map { $0 < 0 ? Self.missing : newCode[Int($0)] }
    }

    /// The code of a level that a design does not know.
    static let unknown: Int32 = -2
}
