// The eigenvalues of a random effect's cross-products after the fixed effects are projected out, without a matrix over the levels.

internal import MixedDesign
internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The eigenvalues *μ* of *Z'P_X Z = diag(d) - U U'*, *U = Z'X R⁻¹*, and the *d* themselves, equal ones counted once.
struct ProjectedSpectrum {
    /// The eigenvalues that are not zero, with their multiplicities, largest first.
    let eigenvalues: [(value: Double, count: Int)]
    /// The diagonal of *Z'Z* with multiplicities.
    let diagonal: [(value: Double, count: Int)]
    /// The rank of *X*.
    let fixedRank: Int
    /// Whether the eigenvalues are exact, or rounded to one percent.
    let isExact: Bool

    /// The largest matrix whose eigenvalues are computed at once.
    private static let denseLimit = 400
    /// Eigenvalues below this share of the largest are zero.
    private static let zeroShare = 1e-9
    /// Neighbouring eigenvalues are told apart when they differ by more than this share, or a tenth of it of the largest one.
    private static let resolution = 0.01

    /// - Returns: `nil` unless there is one grouping factor with one effect.
    init?(_ products: CrossProducts) {
        guard products.factors.count == 1, let factor = products.factors.first, factor.columnCount == 1 else {
            return nil
        }
        let columns = products.independentFixedColumns()
        let rank = columns.count
        guard let root = CholeskyDecomposition(products.fixed.selecting(rows: columns, columns: columns)) else {
            return nil
        }
        let width = products.fixedColumnCount + 1
        let groups = Self.groups(factor, columns: columns, width: width, root: root.lower)
        fixedRank = rank
        let largest = groups.map(\.value).max() ?? 0
        let elements = groups.map { (value: $0.value, count: $0.count) }
        diagonal = groups.count <= Self.denseLimit ? elements : Self.rounded(elements, largest: largest)
        guard largest > 0 else {
            eigenvalues = []
            isExact = true
            return
        }
        var values: [(value: Double, count: Int)] = []
        if groups.count <= Self.denseLimit {
            let reduced = ReducedMatrix(groups, rank: rank)
            if reduced.size <= Self.denseLimit { values = reduced.denseEigenvalues() }
        }
        isExact = !values.isEmpty
        if !isExact { values = Self.roundedEigenvalues(groups, rank: rank, largest: largest) }
        eigenvalues = Self.merged(values.filter { $0.value > Self.zeroShare * largest })
    }

    /// Levels with the same *d* and the sum of their *u u'*.
    struct Group {
        let value: Double
        var count: Int
        var gram: Matrix
    }

    private static func groups(
        _ factor: FactorCrossProducts, columns: [Int], width: Int, root: Matrix
    ) -> [Group] {
        let order = factor.diagonalBlocks.indices.sorted { factor.diagonalBlocks[$0] > factor.diagonalBlocks[$1] }
        var groups: [Group] = []
        let rank = columns.count
        var u = [Double](repeating: 0, count: rank)
        for level in order {
            let value = factor.diagonalBlocks[level]
            // Rows of U: the solution of R' u = X'Z_i.
            for row in 0..<rank {
                var sum = factor.fixedBlocks[level * width + columns[row]]
                for inner in 0..<row { sum -= root[row, inner] * u[inner] }
                u[row] = sum / root[row, row]
            }
            if let last = groups.last, last.value - value <= 1e-12 * last.value {
                groups[groups.count - 1].count += 1
            } else {
                groups.append(Group(value: value, count: 1, gram: Matrix(rows: rank, columns: rank)))
            }
            let last = groups.count - 1
            for column in 0..<rank {
                for row in column..<rank { groups[last].gram[row, column] += u[row] * u[column] }
            }
        }
        for index in groups.indices { groups[index].gram.symmetrizeFromLower() }
        return groups
    }

    /// Equal eigenvalues put together.
    private static func merged(_ values: [(value: Double, count: Int)]) -> [(value: Double, count: Int)] {
        var result: [(value: Double, count: Int)] = []
        for entry in values.sorted(by: { $0.value > $1.value }) where entry.count > 0 {
            if let last = result.last, last.value - entry.value <= 1e-9 * last.value {
                result[result.count - 1].count += entry.count
            } else {
                result.append(entry)
            }
        }
        return result
    }

    /// Neighbouring values, in descending order, replaced by their mean.
    private static func rounded(
        _ values: [(value: Double, count: Int)], largest: Double
    ) -> [(value: Double, count: Int)] {
        var result: [(value: Double, count: Int)] = []
        var first = Double.infinity
        for entry in values {
            if let last = result.last, first - entry.value <= max(resolution * first, 0.1 * resolution * largest) {
                let count = last.count + entry.count
                let mean = last.value + (entry.value - last.value) * Double(entry.count) / Double(count)
                result[result.count - 1] = (mean, count)
            } else {
                result.append(entry)
                first = entry.value
            }
        }
        return result
    }

    /// Eigenvalues counted in narrow intervals, each put at the interval's middle.
    ///
    /// The number of eigenvalues below *x* is the number of *d* below *x* and of negative eigenvalues of *I - U'(D - x)⁻¹U*
    /// (Sylvester's law of inertia).
    private static func roundedEigenvalues(
        _ groups: [Group], rank: Int, largest: Double
    ) -> [(value: Double, count: Int)] {
        let size = rank * rank
        let grams = groups.flatMap(\.gram.storage)
        func countBelow(_ x: Double) -> Int {
            var small = Matrix.identity(rank)
            var below = 0
            grams.withUnsafeBufferPointer { grams in
                small.storage.withUnsafeMutableBufferPointer { small in
                    for (index, group) in groups.enumerated() {
                        let difference = group.value - x
                        if difference < 0 { below += group.count }
                        let factor = 1 / (difference == 0 ? 1e-14 * largest : difference)
                        for element in 0..<size { small[element] -= grams[index * size + element] * factor }
                    }
                }
            }
            let negative = SymmetricEigendecomposition(small)?.values.count { $0 < 0 } ?? 0
            return below + negative
        }
        var result: [(value: Double, count: Int)] = []
        let low = zeroShare * largest
        // Just above the largest, so that ties with a diagonal element do not matter.
        var open = [(low: low, high: largest * 1.000_1, below: countBelow(low), upTo: countBelow(largest * 1.000_1))]
        while let interval = open.popLast() {
            let count = interval.upTo - interval.below
            guard count > 0 else { continue }
            let middle = 0.5 * (interval.low + interval.high)
            guard interval.high - interval.low > max(resolution * interval.low, 0.1 * resolution * largest) else {
                result.append((middle, count))
                continue
            }
            let below = countBelow(middle)
            open.append((interval.low, middle, interval.below, below))
            open.append((middle, interval.high, below, interval.upTo))
        }
        return result
    }
}

/// *diag(d) - U U'* restricted to the directions in which *U* is not zero, and what is left over.
private struct ReducedMatrix {
    private var values: [Double] = []
    private var rows: [[Double]] = []
    private var rest: [(value: Double, count: Int)] = []

    /// Levels with the same *d* are rotated so that no more of them have a row of *U* than there are independent rows.
    init(_ groups: [ProjectedSpectrum.Group], rank: Int) {
        for group in groups {
            var kept = 0
            if group.count == 1 || rank == 1 {
                // One row, or rows that are multiples of one another: the root of the one eigenvalue will do.
                guard let decomposition = SymmetricEigendecomposition(group.gram), let last = decomposition.values.last,
                    last > 0
                else {
                    rest.append((group.value, group.count))
                    continue
                }
                values.append(group.value)
                rows.append(decomposition.vectors.column(rank - 1).map { $0 * last.squareRoot() })
                kept = 1
            } else if let decomposition = SymmetricEigendecomposition(group.gram) {
                for index in stride(from: rank - 1, through: 0, by: -1) {
                    let value = decomposition.values[index]
                    guard value > 1e-15 * (decomposition.values.last ?? 0), kept < group.count else { break }
                    values.append(group.value)
                    rows.append(decomposition.vectors.column(index).map { $0 * value.squareRoot() })
                    kept += 1
                }
            }
            rest.append((group.value, group.count - kept))
        }
    }

    var size: Int { values.count }

    func denseEigenvalues() -> [(value: Double, count: Int)] {
        var matrix = Matrix.diagonal(values)
        for column in rows.indices {
            for row in rows.indices {
                matrix[row, column] -= zip(rows[row], rows[column]).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
        guard let decomposition = SymmetricEigendecomposition(matrix) else { return [] }
        return decomposition.values.map { ($0, 1) } + rest
    }
}
