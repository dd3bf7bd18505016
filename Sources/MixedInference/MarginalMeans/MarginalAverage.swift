// Averages over a reference grid: one combination of coefficients for each cell of the variables that are kept.

internal import MixedLinearAlgebra

/// The means of a grid's design rows over all variables but some.
struct MarginalAverage {
    /// The grid's variables that are kept, by index, the first varying fastest.
    let kept: [Int]
    /// For each mean the index of the value of each kept variable.
    let values: [[Int]]
    /// For each mean the weights of the coefficients of all columns.
    private(set) var combinations: [[Double]]
    private(set) var offsets: [Double]
    /// For each mean the points that it is made of, with weight.
    private(set) var points: [[Int]]
    /// The grid's variables with more than one value that are averaged over, by index.
    let averaged: [Int]

    init(_ grid: ReferenceGrid, keeping kept: [Int], weights: MarginalWeights, cells: CellWeights) {
        self.kept = kept
        let sizes = kept.map { grid.variables[$0].values.count }
        let count = sizes.reduce(1, *)
        values = (0..<count).map { mean in
            var rest = mean
            return sizes.map { size in
                defer { rest /= size }
                return rest % size
            }
        }
        averaged = grid.variables.indices.filter { !kept.contains($0) && grid.variables[$0].values.count > 1 }
        let weighting = Self.pointWeights(grid, averaged: averaged, weights: weights, cells: cells)
        let width = grid.rows.columnCount
        var combinations = [[Double]](repeating: [Double](repeating: 0, count: width), count: count)
        var totals = [Double](repeating: 0, count: count)
        var offsets = [Double](repeating: 0, count: count)
        var points = [[Int]](repeating: [], count: count)
        for point in 0..<grid.pointCount {
            var mean = 0
            for (index, size) in zip(kept, sizes).reversed() {
                mean = mean * size + grid.valueIndex(ofVariable: index, at: point)
            }
            let weight = weighting[point]
            guard weight != 0 else { continue }
            totals[mean] += weight
            offsets[mean] += weight * grid.offsets[point]
            points[mean].append(point)
            for column in 0..<width { combinations[mean][column] += weight * grid.rows[point, column] }
        }
        for mean in 0..<count {
            // A mean without any rows has no weights: not a number.
            offsets[mean] /= totals[mean]
            for column in 0..<width { combinations[mean][column] /= totals[mean] }
        }
        self.combinations = combinations
        self.offsets = offsets
        self.points = points
    }

    private static func pointWeights(
        _ grid: ReferenceGrid, averaged: [Int], weights: MarginalWeights, cells: CellWeights
    ) -> [Double] {
        let count = grid.pointCount
        guard !averaged.isEmpty, weights != .equal else { return [Double](repeating: 1, count: count) }
        switch weights {
        case .equal: return [Double](repeating: 1, count: count)
        case .cells: return cells.counts
        case .proportional:
            var totals: [[Int]: Double] = [:]
            let keys = (0..<count).map { point in averaged.map { grid.valueIndex(ofVariable: $0, at: point) } }
            for point in 0..<count { totals[keys[point], default: 0] += cells.counts[point] }
            return keys.map { totals[$0] ?? 0 }
        case .outer:
            var result = [Double](repeating: 1, count: count)
            let total = cells.counts.reduce(0, +)
            for variable in averaged {
                var margin = [Double](repeating: 0, count: grid.variables[variable].values.count)
                for point in 0..<count {
                    margin[grid.valueIndex(ofVariable: variable, at: point)] += cells.counts[point]
                }
                for point in 0..<count {
                    result[point] *= margin[grid.valueIndex(ofVariable: variable, at: point)] / total
                }
            }
            return result
        }
    }
}
