// The levels of a grouping factor in other rows, those included that the design has not seen.

public import MixedTables
import MixedSyntax

/// A grouping factor over the rows of a table, with its new levels.
public struct GroupCodes: Hashable, Sendable {
    /// For each row of the table the index of its level: among the design's levels, or after them for a new one; -1 where the
    /// level is missing.
    public let codes: [Int32]
    /// The names of the new levels, in order of first appearance.
    public let newLevels: [String]
}

extension ModelDesign {
    /// The levels of each grouping factor in the rows of a table.
    ///
    /// - **Throws:** `DesignError` for a column that is not there.
    /// - **Complexity:** O(rows) for each variable, with a dictionary of the new levels.
    public func groupCodes(for table: DataTable) throws(DesignError) -> [GroupCodes] {
        var result: [GroupCodes] = []
        for factor in groupingFactors {
            var values: [CategoricalValues] = []
            for variable in factor.variables {
                let stored = variable.expression.ignoringRelevel
                try table.checkNames(of: stored)
                let applied = StoredExpression(try variable.trained.applied(to: stored), source: stored.source)
                values.append(try table.values(of: applied).factor())
            }
            result.append(factor.groupCodes(values))
        }
        return result
    }
}

extension GroupingFactorDesign {
    fileprivate func groupCodes(_ values: [CategoricalValues]) -> GroupCodes {
        let known = zip(variables, values).map { $1.codes(amongLevels: $0.levels) }
        var numbers: [[Int32]: Int32] = [:]
        var names: [String] = []
        let rows = values.first?.codes.count ?? 0
        let codes = (0..<rows).map { row -> Int32 in
            let parts = values.map { $0.codes[row] }
            if parts.contains(where: { $0 < 0 }) { return -1 }
            let same = known.map { $0[row] }
            if same.allSatisfy({ $0 >= 0 }) {
                let level = variables.count == 1 ? same[0] : level(of: same)
                if level >= 0 { return level }
            }
            if let number = numbers[parts] { return number }
            let number = Int32(clamping: levels.count + names.count)
            numbers[parts] = number
            names.append(zip(values, parts).map { $0.levels[Int($1)] }.joined(separator: ":"))
            return number
        }
        return GroupCodes(codes: codes, newLevels: names)
    }
}
