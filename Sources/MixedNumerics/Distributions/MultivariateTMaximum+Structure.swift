// What kind of correlation matrix it is, which decides how probabilities are computed.

extension MultivariateTMaximum {
    /// Recognises the structures that have exact rules.
    static func structure(
        of correlation: [Double], size: Int, degreesOfFreedom: Double, sides: Sides
    ) -> Structure {
        guard size > 0, size * size == correlation.count, correlation.allSatisfy({ $0.magnitude <= 1 + 1e-7 }),
            (0..<size).allSatisfy({ (correlation[$0 * size + $0] - 1).magnitude <= 1e-7 })
        else { return .undefined }
        // Of statistics that are always equal, or for absolute values opposite, one is kept.
        var kept: [Int] = []
        for index in 0..<size {
            let isRepeated = kept.contains { other in
                let value = correlation[index * size + other]
                return (sides == .two ? value.magnitude : value) > 1 - 1e-9
            }
            if !isRepeated { kept.append(index) }
        }
        if kept.count == 1 { return .single }
        let rows = kept.map { row in kept.map { correlation[row * size + $0] } }
        if let loadings = loadings(of: rows) { return .oneFactor(OneFactorMaximum(loadings: loadings, sides: sides)) }
        guard let factor = PivotedCorrelationFactor(rows) else { return .undefined }
        if factor.rank == 2 { return .plane(PlaneMaximum(factor.rows, sides: sides)) }
        return .general(GeneralMaximum(factor, degreesOfFreedom: degreesOfFreedom, sides: sides))
    }

    /// The *l* with *ρ_ij = l_i l_j*, or `nil` when there is none with all |*l_i*| well below 1.
    private static func loadings(of rows: [[Double]]) -> [Double]? {
        let size = rows.count
        var first = (0, 1)
        for i in 0..<size {
            for j in 0..<i where rows[i][j].magnitude > rows[first.0][first.1].magnitude { first = (i, j) }
        }
        let (i, j) = first
        guard rows[i][j].magnitude > 1e-12 else { return [Double](repeating: 0, count: size) }
        // The third statistic that the first two are most strongly correlated with tells their loadings apart.
        let others = (0..<size).filter { $0 != i && $0 != j }
        let third = others.max {
            min(rows[i][$0].magnitude, rows[j][$0].magnitude) < min(rows[i][$1].magnitude, rows[j][$1].magnitude)
        }
        var square = rows[i][j].magnitude
        if let third, min(rows[i][third].magnitude, rows[j][third].magnitude) > 1e-8 {
            square = rows[i][j] * rows[i][third] / rows[j][third]
        }
        guard square > 0 else { return nil }
        var result = rows[i].map { $0 / square.squareRoot() }
        result[i] = square.squareRoot()
        guard result.allSatisfy({ $0 * $0 < 0.9995 }) else { return nil }
        for row in 0..<size {
            for column in 0..<row where (rows[row][column] - result[row] * result[column]).magnitude > 1e-10 {
                return nil
            }
        }
        return result
    }
}

/// *R = L L'* with the rows of *L* in the order of their remaining variance, and as many columns as *R* has rank.
struct PivotedCorrelationFactor {
    let rank: Int
    /// One row for each statistic, in the order of elimination, of `rank` elements; the first `rank` rows are lower triangular.
    let rows: [[Double]]

    private static let threshold = 1e-9

    /// - Returns: `nil` for a matrix that is not symmetric or has a negative eigenvalue.
    init?(_ correlation: [[Double]]) {
        let size = correlation.count
        for row in 0..<size {
            for column in 0..<row where (correlation[row][column] - correlation[column][row]).magnitude > 1e-7 {
                return nil
            }
        }
        var remaining = [Double](repeating: 1, count: size)
        var factor = [[Double]](repeating: [], count: size)
        var order: [Int] = []
        var open = Array(0..<size)
        while let pivot = open.max(by: { remaining[$0] < remaining[$1] }), remaining[pivot] > Self.threshold {
            let root = remaining[pivot].squareRoot()
            open.removeAll { $0 == pivot }
            order.append(pivot)
            let pivotRow = factor[pivot]
            for row in open {
                let known = zip(factor[row], pivotRow).reduce(0) { $0 + $1.0 * $1.1 }
                let element = (correlation[row][pivot] - known) / root
                factor[row].append(element)
                remaining[row] -= element * element
            }
            factor[pivot].append(root)
        }
        let rank = order.count
        guard open.allSatisfy({ remaining[$0] > -1e-6 }) else { return nil }
        for (position, row) in open.enumerated() {
            for other in open[..<position] {
                let product = zip(factor[row], factor[other]).reduce(0) { $0 + $1.0 * $1.1 }
                if (product - correlation[row][other]).magnitude > 1e-5 { return nil }
            }
        }
        self.rank = rank
        rows = (order + open).map { factor[$0] + [Double](repeating: 0, count: rank - factor[$0].count) }
    }
}
