// Values as a factor: levels in R's order, only those that occur.

import MixedSyntax
import MixedTables

extension ColumnValues {
    /// The values as a factor with the levels that occur; truth values always have both.
    func factor() -> CategoricalValues {
        guard case .boolean(let values) = self else { return asCategorical().droppingUnusedLevels() }
        return CategoricalValues(
            codes: values.map { $0 < 0 ? CategoricalValues.missing : Int32($0) }, levels: ["FALSE", "TRUE"],
            kind: .factor)
    }

    /// The index of each row's level among `known`: -1 for a missing value, -2 for a level that is not known.
    func codes(amongLevels known: [String]) -> [Int32] {
        // The order of its own levels does not matter.
        if case .categorical(let values) = self { return values.codes(amongLevels: known) }
        return factor().codes(amongLevels: known)
    }
}

extension CategoricalValues {
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
