// How a mean over a reference grid weights the points that it averages.

internal import MixedDesign

/// How marginal means weight the levels that they average over, as emmeans does.
public enum MarginalWeights: String, Hashable, Sendable, Codable, CaseIterable {
    /// All combinations alike: means of a balanced population.
    case equal
    /// By how often each combination of the averaged variables occurs.
    case proportional
    /// By the product of how often each averaged variable has its level.
    case outer
    /// By how often each combination occurs within the mean's own cell: means of the data.
    case cells
}

/// How many rows lie in the cell of each point of a grid.
struct CellWeights {
    /// The number of rows of each point's cell, shared over values of numbers.
    let counts: [Double]
    /// For each variable of the grid that cells are made of, its index, and that of each value's level.
    private let mapped: [(variable: Int, place: Int, levels: [Int32])]
    private let occurring: [[Int32]: Int]

    init(_ grid: ReferenceGrid) {
        let cells = grid.design.data.cells
        mapped = Self.mapping(grid)
        var occurring: [[Int32]: Int] = [:]
        for cell in 0..<cells.cellCount {
            occurring[mapped.map { cells.levels[$0.place][cell] }, default: 0] += cells.counts[cell]
        }
        self.occurring = occurring
        var counts = [Double](repeating: 0, count: grid.pointCount)
        for point in counts.indices {
            let key = mapped.map { $0.levels[grid.valueIndex(ofVariable: $0.variable, at: point)] }
            counts[point] = Double(occurring[key] ?? 0)
        }
        for (index, variable) in grid.variables.enumerated() where variable.role == .twoValued && !variable.isSet {
            guard let summary = variable.summary else { continue }
            let upper = (summary.mean - summary.minimum) / (summary.maximum - summary.minimum)
            for point in counts.indices {
                counts[point] *= grid.valueIndex(ofVariable: index, at: point) == 0 ? 1 - upper : upper
            }
        }
        self.counts = counts.allSatisfy { $0 == 0 } ? counts.map { $0 + 1 } : counts
    }

    /// The grid's variables that are categorical variables of the design, level by level.
    private static func mapping(_ grid: ReferenceGrid) -> [(variable: Int, place: Int, levels: [Int32])] {
        let design = grid.design
        var result: [(variable: Int, place: Int, levels: [Int32])] = []
        for (index, variable) in grid.variables.enumerated() where variable.role == .factor {
            for (place, own) in design.data.cells.variables.enumerated() {
                guard design.variables[own].columnNames == [variable.name], let levels = design.variables[own].levels
                else { continue }
                let codes = variable.values.map { value in levels.firstIndex(of: value.label) }
                guard !codes.contains(nil) else { continue }
                result.append((index, place, codes.map { Int32(truncatingIfNeeded: $0 ?? 0) }))
                break
            }
        }
        return result
    }

    /// What a point lacks, such as `variety = B, dose = 2`, when no row is in its cell; `nil` for one that has rows.
    ///
    /// The smallest combination of variables without rows is named.
    func emptyCell(at point: Int, of grid: ReferenceGrid) -> String? {
        let key = mapped.map { $0.levels[grid.valueIndex(ofVariable: $0.variable, at: point)] }
        guard !mapped.isEmpty, occurring[key] == nil else { return nil }
        // Pairs before triples: a table of three variables is mostly empty when one of two is.
        for first in mapped.indices {
            for second in mapped.indices where second > first {
                let isThere = occurring.keys.contains { $0[first] == key[first] && $0[second] == key[second] }
                if !isThere { return name([first, second], point, grid) }
            }
        }
        return name(Array(mapped.indices), point, grid)
    }

    private func name(_ places: [Int], _ point: Int, _ grid: ReferenceGrid) -> String {
        places.map { place in
            let variable = grid.variables[mapped[place].variable]
            let value = variable.values[grid.valueIndex(ofVariable: mapped[place].variable, at: point)]
            return "\(variable.name) = \(value.label)"
        }.joined(separator: ", ")
    }
}
