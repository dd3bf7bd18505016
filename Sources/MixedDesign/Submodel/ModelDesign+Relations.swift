// What two designs have in common.

internal import MixedSyntax

extension ModelDesign {
    /// For each of another design's variables its index here; `nil` in place of one that is not here.
    package func places(of others: [DesignVariable]) -> [Int?] {
        others.map { other in
            variables.firstIndex { $0.expression == other.expression && $0.kind == other.kind }
        }
    }

    /// The index of the grouping factor that another design has too: that of the same variables and levels.
    package func indexOfGroup(_ other: GroupingFactorDesign) -> Int? {
        let names = Set(other.variables.map(\.expression))
        return groupingFactors.firstIndex {
            Set($0.variables.map(\.expression)) == names && $0.levels.count == other.levels.count
        }
    }

    /// Whether both designs have the same offsets and weights.
    package func hasSameOffset(as other: ModelDesign) -> Bool {
        Set(offsets.map(\.expression)) == Set(other.offsets.map(\.expression))
            && weights?.expression == other.weights?.expression
    }
}

extension DesignColumn.Part {
    /// The index of the variable that the part is made of.
    package var variableIndex: Int { variable }
}
