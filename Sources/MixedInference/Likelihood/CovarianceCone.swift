// The cone of covariance matrices and projections on it: the limiting distribution of a likelihood ratio when several
// variances are tested at once.

internal import MixedLinearAlgebra
internal import MixedNumerics

/// A product of cones of positive semidefinite matrices, in the metric of the information about them.
///
/// With *z ~ N(0, J⁻¹)* and its projection *P z* on the cone in the norm of *J*, the likelihood ratio of covariance
/// matrices that are zero tends to *‖Pz‖²* (Self and Liang 1987, Journal of the American Statistical Association 82, 605;
/// Stram and Lee 1994, Biometrics 50, 1171, case 4).
struct CovarianceCone {
    /// The number of rows of each matrix.
    private let widths: [Int]
    private let information: Matrix
    private let root: Matrix
    private let largestEigenvalue: Double

    private static let twice = Double(2).squareRoot()

    /// - Parameter information: *J*, over the lower triangles of the matrices, column by column.
    init?(widths: [Int], information: Matrix) {
        let size = widths.reduce(0) { $0 + $1 * ($1 + 1) / 2 }
        guard information.rowCount == size, size > 0 else { return nil }
        // In units in which each variance has unit information; the cones stay what they are.
        var lengths: [Double] = []
        for width in widths {
            var place = lengths.count
            var diagonal: [Double] = []
            for column in 0..<width {
                guard information[place, place] > 0 else { return nil }
                diagonal.append(information[place, place].squareRoot().squareRoot())
                place += width - column
            }
            for column in 0..<width {
                for row in column..<width {
                    // An entry that the matrix has twice counts twice in its norm.
                    lengths.append(diagonal[row] * diagonal[column] * (row == column ? 1 : Self.twice))
                }
            }
        }
        var scaled = information
        for column in 0..<size {
            for row in 0..<size { scaled[row, column] /= lengths[row] * lengths[column] }
        }
        guard let eigen = SymmetricEigendecomposition(scaled), let largest = eigen.values.last,
            let smallest = eigen.values.first, smallest > 1e-10 * largest
        else { return nil }
        self.widths = widths
        self.information = scaled
        root = eigen.vectors * .diagonal(eigen.values.map { 1 / $0.squareRoot() })
        largestEigenvalue = largest
    }

    /// The probability that *‖Pz‖² + χ²(f)* is larger than a value.
    ///
    /// The length of *z* is independent of its direction, so that for each direction drawn the probability is that of a
    /// χ² variable; with free parameters the share of *z* in the whole is drawn as well.
    func upperTail(_ statistic: Double, freeParameters: Int, draws: Int) -> Double {
        guard statistic > 0 else { return 1 }
        let size = information.rowCount
        let distribution = ChiSquaredDistribution(degreesOfFreedom: Double(size + freeParameters))
        var stream = RandomStream(seed: 1, stream: 0)
        var sum = 0.0
        for _ in 0..<draws {
            let normals = stream.normals(size)
            let length = normals.reduce(0) { $0 + $1 * $1 }
            var rest = 0.0
            for _ in 0..<freeParameters {
                let value = stream.nextNormal()
                rest += value * value
            }
            let share = (length * projectedShare(root * normals, length: length) + rest) / (length + rest)
            if share > 0 { sum += distribution.upperTail(statistic / share) }
        }
        return sum / Double(draws)
    }

    /// *‖Pz‖²/‖z‖²* by accelerated projected gradients (Beck and Teboulle 2009, SIAM Journal on Imaging Sciences 2, 183).
    private func projectedShare(_ target: [Double], length: Double) -> Double {
        guard length > 0 else { return 0 }
        var point = projected(target)
        var look = point
        var momentum = 1.0
        for _ in 0..<500 {
            let gradient = information * zip(look, target).map { $0 - $1 }
            let next = projected(zip(look, gradient).map { $0 - $1 / largestEigenvalue })
            let change = zip(next, point).map { $0 - $1 }
            // Where the momentum points uphill it starts anew.
            let isUphill = zip(gradient, change).reduce(0) { $0 + $1.0 * $1.1 } > 0
            let nextMomentum = isUphill ? 1 : 0.5 * (1 + (1 + 4 * momentum * momentum).squareRoot())
            let weight = isUphill ? 0 : (momentum - 1) / nextMomentum
            look = zip(next, change).map { $0 + weight * $1 }
            momentum = nextMomentum
            point = next
            if change.reduce(0, { max($0, abs($1)) }) < 1e-8 * length.squareRoot() { break }
        }
        let product = zip(information * point, point).reduce(0) { $0 + $1.0 * $1.1 }
        return min(1, max(0, product / length))
    }

    /// The nearest point of the cone in the norm of the matrices' entries.
    private func projected(_ values: [Double]) -> [Double] {
        var result = values
        var place = 0
        for width in widths {
            switch width {
            case 1: result[place] = max(0, values[place])
            case 2:
                (result[place], result[place + 1], result[place + 2]) = Self.projected(
                    values[place], values[place + 1], values[place + 2])
            default: project(&result, at: place, width: width)
            }
            place += width * (width + 1) / 2
        }
        return result
    }

    /// The nearest positive semidefinite matrix to *[a b; b c]*, with *√2 b* for *b*.
    private static func projected(_ a: Double, _ twofold: Double, _ c: Double) -> (Double, Double, Double) {
        let b = twofold / twice
        let mean = 0.5 * (a + c)
        let half = 0.5 * (a - c)
        let radius = (half * half + b * b).squareRoot()
        let (low, high) = (mean - radius, mean + radius)
        if low >= 0 { return (a, twofold, c) }
        if high <= 0 { return (0, 0, 0) }
        let factor = high / (2 * radius)
        return (factor * (radius + half), factor * twofold, factor * (radius - half))
    }

    private func project(_ values: inout [Double], at start: Int, width: Int) {
        var matrix = Matrix(rows: width, columns: width)
        var place = start
        for column in 0..<width {
            for row in column..<width {
                let entry = row == column ? values[place] : values[place] / Self.twice
                matrix[row, column] = entry
                matrix[column, row] = entry
                place += 1
            }
        }
        guard let eigen = SymmetricEigendecomposition(matrix) else { return }
        let kept = eigen.vectors * .diagonal(eigen.values.map { max(0, $0) }) * eigen.vectors.transposed
        place = start
        for column in 0..<width {
            for row in column..<width {
                values[place] = row == column ? kept[row, column] : kept[row, column] * Self.twice
                place += 1
            }
        }
    }
}
