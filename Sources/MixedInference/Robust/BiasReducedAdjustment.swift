// The bias-reduced adjustment of clusters, each in as many dimensions as its columns span.
//
// A is the symmetric solution of A (V − XMX') A = V, the geometric mean of (V − XMX')⁻¹ and V; with any root V = D'D it is
// D'(D(V − XMX')D')^(−1/2) D. Outside the span of [ZΛ X] both V and V − XMX' are the identity, and so is A; inside, everything
// follows from the cross-products of these columns.

internal import MixedLinearAlgebra

/// McCaffrey and Bell's adjustment (CR2), as Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36(4),
/// have it, for one cluster after another in the same memory.
final class BiasReducedAdjustment {
    /// Below this share of the largest, an eigenvalue of *D(V − XMX')D'* is rounding: the cluster fits itself there.
    private static let smallestEigenvalue = 1e-9
    /// Below this share of its length, what a column has outside the span of others is rounding.
    private static let smallestPivot = 1e-11

    /// Coefficients, *p*.
    private let fixed: Int
    private let coefficients: [Double]
    /// *M*, and *F* with *M = FF'* row after row.
    private let unitCovariance: [Double]
    private let unitRoot: [Double]

    /// The coordinates of the columns of a cluster, row after row: *[ZΛ X y]* in an orthonormal basis of the span of *[ZΛ X]*.
    private let coordinates: Storage<Double>
    private let rest: Storage<Double>
    /// *L*, *L'L* and *(L'L)² − L'XMX'L*, later its eigenvectors, column after column.
    private let lower: Storage<Double>
    private let inner: Storage<Double>
    private let form: Storage<Double>
    private let eigenvalues: Storage<Double>
    private let work: Storage<Double>
    /// Matrices with a row for each dimension of the span and a column for each coefficient, row after row.
    private let scaledDesign: Storage<Double>
    private let whitened: Storage<Double>
    private let adjusted: Storage<Double>
    private let projected: Storage<Double>
    private let row: Storage<Double>

    /// - Parameters:
    ///   - largest: The most random effects that a cluster has.
    ///   - unitCovariance: *M = (X'V⁻¹X)⁻¹* of all rows.
    ///   - unitRoot: The lower triangle *F* of *M = FF'*.
    init(largest: Int, coefficients: [Double], unitCovariance: Matrix, unitRoot: Matrix) {
        fixed = coefficients.count
        self.coefficients = coefficients
        self.unitCovariance = unitCovariance.storage
        self.unitRoot = unitRoot.transposed.storage
        let size = largest + fixed
        coordinates = Storage(zeros: size * (size + 1))
        rest = Storage(zeros: size)
        lower = Storage(zeros: size * size)
        inner = Storage(zeros: size * size)
        form = Storage(zeros: size * size)
        eigenvalues = Storage(zeros: size)
        work = Storage(zeros: SymmetricEigendecomposition.workCount(size))
        scaledDesign = Storage(zeros: size * fixed)
        whitened = Storage(zeros: size * fixed)
        adjusted = Storage(zeros: size * fixed)
        projected = Storage(zeros: size * fixed)
        row = Storage(zeros: size + 1)
    }

    /// Writes the contribution of a cluster.
    ///
    /// - Parameters:
    ///   - gram: *[ZΛ X y]'[ZΛ X y]* of the cluster, rows multiplied by the roots of their weights.
    ///   - effects: How many columns *ZΛ* has.
    /// - Returns: Whether the cross-products are finite.
    /// - Complexity: The cube of the columns.
    func contribute(_ gram: Matrix, effects: Int, to contributions: ClusterContributions, _ cluster: Int) -> Bool {
        let width = effects + fixed + 1
        guard gram.rowCount == width, gram.columnCount == width, let rank = findCoordinates(gram, width: width),
            factorVariance(rank: rank, width: width, effects: effects)
        else { return false }
        multiplyDesign(rank: rank, width: width, effects: effects)
        guard decomposeForm(rank: rank) else { return false }
        adjust(rank: rank)
        collect(rank: rank, width: width, effects: effects, into: contributions, cluster)
        return true
    }

    /// A pivoted Cholesky factorisation: its pivots are columns that span, its rows the coordinates of all.
    private func findCoordinates(_ gram: Matrix, width: Int) -> Int? {
        let count = width - 1
        let rest = rest.pointer
        for column in 0..<count {
            let length = gram[column, column]
            guard length >= 0, length.isFinite else { return nil }
            rest[column] = length
        }
        var rank = 0
        gram.storage.withUnsafeBufferPointer { gram in
            while rank < count {
                var pivot = -1
                var share = Self.smallestPivot
                for column in 0..<count {
                    let length = gram[column * (width + 1)]
                    guard length > 0, rest[column] > share * length else { continue }
                    share = rest[column] / length
                    pivot = column
                }
                guard pivot >= 0 else { return }
                let root = rest[pivot].squareRoot()
                let own = coordinates.pointer + rank * width
                for column in 0..<width { own[column] = gram[column + pivot * width] }
                for earlier in 0..<rank {
                    let other = coordinates.pointer + earlier * width
                    Self.add(-other[pivot], times: other, to: own, width)
                }
                for column in 0..<width { own[column] /= root }
                own[pivot] = root
                for column in 0..<count { rest[column] -= own[column] * own[column] }
                rest[pivot] = 0
                rank += 1
            }
        }
        return rank
    }

    /// *V = I + ZΛΛ'Z' = LL'* in the coordinates, and *L'L*.
    private func factorVariance(rank: Int, width: Int, effects: Int) -> Bool {
        let (lower, inner, rows) = (lower.pointer, inner.pointer, coordinates.pointer)
        for column in 0..<rank {
            for row in column..<rank {
                lower[row + column * rank] =
                    Self.dot(rows + row * width, rows + column * width, effects) + (row == column ? 1 : 0)
            }
        }
        guard SmallBlock.cholesky(lower, size: rank) != nil else { return false }
        for column in 0..<rank {
            for row in column..<rank {
                let value = Self.dot(lower + row + row * rank, lower + row + column * rank, rank - row)
                inner[row + column * rank] = value
                inner[column + row * rank] = value
            }
        }
        return true
    }

    /// *L'X* and *L⁻¹X*.
    private func multiplyDesign(rank: Int, width: Int, effects: Int) {
        let lower = lower.pointer
        for index in 0..<rank {
            let scaled = scaledDesign.pointer + index * fixed
            let white = whitened.pointer + index * fixed
            scaled.update(repeating: 0, count: fixed)
            white.update(from: coordinates.pointer + index * width + effects, count: fixed)
            for other in index..<rank {
                Self.add(
                    lower[other + index * rank], times: coordinates.pointer + other * width + effects, to: scaled, fixed
                )
            }
            for other in 0..<index {
                Self.add(-lower[index + other * rank], times: whitened.pointer + other * fixed, to: white, fixed)
            }
            let inverse = 1 / lower[index + index * rank]
            for column in 0..<fixed { white[column] *= inverse }
        }
    }

    /// The eigenvectors of *B = (L'L)² − L'XM(L'X)'*.
    private func decomposeForm(rank: Int) -> Bool {
        let (inner, form, factored) = (inner.pointer, form.pointer, adjusted.pointer)
        unitRoot.withUnsafeBufferPointer { root in
            guard let root = root.baseAddress else { return }
            for index in 0..<rank {
                let own = factored + index * fixed
                own.update(repeating: 0, count: fixed)
                for column in 0..<fixed {
                    Self.add(
                        scaledDesign.pointer[index * fixed + column], times: root + column * fixed, to: own, column + 1)
                }
            }
        }
        for column in 0..<rank {
            for row in column..<rank {
                form[row + column * rank] =
                    Self.dot(inner + row * rank, inner + column * rank, rank)
                    - Self.dot(factored + row * fixed, factored + column * fixed, fixed)
            }
        }
        return SymmetricEigendecomposition.decompose(
            form, size: rank, values: eigenvalues.pointer, work: work.pointer)
    }

    /// *B^(−1/2) L⁻¹X* and that times *M*; *A V⁻¹X* is *L* times the former.
    private func adjust(rank: Int) {
        let (values, vectors) = (eigenvalues.pointer, form.pointer)
        adjusted.pointer.update(repeating: 0, count: rank * fixed)
        let threshold = Self.smallestEigenvalue * max(rank > 0 ? values[rank - 1] : 0, 1)
        for index in 0..<rank where values[index] > threshold {
            let vector = vectors + index * rank
            let sum = row.pointer
            sum.update(repeating: 0, count: fixed)
            for other in 0..<rank { Self.add(vector[other], times: whitened.pointer + other * fixed, to: sum, fixed) }
            let inverse = 1 / values[index].squareRoot()
            for other in 0..<rank {
                Self.add(vector[other] * inverse, times: sum, to: adjusted.pointer + other * fixed, fixed)
            }
        }
        multiplyByUnitCovariance(rank: rank)
    }

    private func multiplyByUnitCovariance(rank: Int) {
        projected.pointer.update(repeating: 0, count: rank * fixed)
        unitCovariance.withUnsafeBufferPointer { unit in
            guard let unit = unit.baseAddress else { return }
            for index in 0..<rank {
                for column in 0..<fixed {
                    Self.add(
                        adjusted.pointer[index * fixed + column], times: unit + column * fixed,
                        to: projected.pointer + index * fixed, fixed)
                }
            }
        }
    }

    private func collect(
        rank: Int, width: Int, effects: Int, into contributions: ClusterContributions, _ cluster: Int
    ) {
        let (lower, inner) = (lower.pointer, inner.pointer)
        // The residuals e = y − Xβ, in the place of the pivots.
        let residuals = rest.pointer
        coefficients.withUnsafeBufferPointer { coefficients in
            for index in 0..<rank {
                let own = coordinates.pointer + index * width
                var fitted = 0.0
                for column in 0..<fixed { fitted += own[effects + column] * coefficients[column] }
                residuals[index] = own[width - 1] - fitted
            }
        }
        let score = contributions.scores.pointer + cluster * fixed
        let image = contributions.images.pointer + cluster * fixed * fixed
        let variance = contributions.variances.pointer + cluster * fixed * fixed
        // Fresh memory that is read before it is written costs two page faults, the second of them on all processors.
        score.update(repeating: 0, count: fixed)
        image.update(repeating: 0, count: fixed * fixed)
        variance.update(repeating: 0, count: fixed * fixed)
        let root = row.pointer
        for index in 0..<rank {
            let scaled = Self.dot(lower + index + index * rank, residuals + index, rank - index)
            Self.add(scaled, times: adjusted.pointer + index * fixed, to: score, fixed)
            root.update(repeating: 0, count: fixed)
            for other in 0..<rank {
                Self.add(inner[index + other * rank], times: projected.pointer + other * fixed, to: root, fixed)
            }
            for column in 0..<fixed {
                Self.add(
                    projected.pointer[index * fixed + column], times: scaledDesign.pointer + index * fixed,
                    to: image + column * fixed, fixed)
                Self.add(root[column], times: root, to: variance + column * fixed, fixed)
            }
        }
    }

    @inline(__always)
    private static func add(
        _ factor: Double, times source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        for index in 0..<count { target[index] += factor * source[index] }
    }

    @inline(__always)
    private static func dot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += left[index] * right[index] }
        return sum
    }
}
