// Tests and intervals of the fixed effects that hold when the rows of a cluster depend on one another in unknown ways.

public import MixedLinearAlgebra
internal import MixedNumerics

/// How the residuals of a cluster are adjusted, by clubSandwich's names.
public enum ClusterRobustType: String, Hashable, Sendable, Codable, CaseIterable {
    /// Not at all: too small with few clusters.
    case CR0
    /// All by *J/(J − 1)*, with *J* clusters.
    case CR1
    /// All by *J/(J − p)*.
    case CR1p
    /// All by *J(n − 1)/((J − 1)(n − p))*, as Stata does.
    case CR1S
    /// Each cluster so that the covariance is unbiased where the model holds: the choice for few clusters.
    case CR2
    /// As the jackknife: somewhat too large.
    case CR3
}

/// The coefficients of a fit with a cluster-robust (sandwich) covariance and Satterthwaite's degrees of freedom.
///
///     V^CR = M [ Σ_i X_i'V_i⁻¹ A_i e_i e_i' A_i V_i⁻¹ X_i ] M,   M = (X'V⁻¹X)⁻¹,   e_i = y_i − X_iβ̂
///
/// Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36(4), equations 6 to 9; R's clubSandwich.
public struct ClusterRobustInference: CoefficientInference {
    public let type: ClusterRobustType
    /// The column or grouping factor that makes the clusters.
    public let cluster: String
    public let clusterCount: Int
    /// R's names of the coefficients that were estimated.
    public let coefficientNames: [String]
    public let coefficients: [Double]
    /// The robust covariance matrix of the coefficients.
    public let covariance: Matrix
    public let residualStandardDeviation: Double
    let contributions: ClusterContributions

    /// Satterthwaite's degrees of freedom of the t-test of a linear combination, where the model holds.
    ///
    ///     df = (Σ_i p_ii)² / Σ_ij p_ij²,   p_ij = g_i'(V_ij − X_iMX_j')g_j,   g_i = A_iV_i⁻¹X_iMc
    ///
    /// - Complexity: O(*J p²*) for *J* clusters.
    public func degreesOfFreedom(of combination: [Double]) -> Double {
        contributions.degreesOfFreedom(of: combination)
    }

    /// The approximate Hotelling's T² test of a hypothesis (clubSandwich's "HTZ").
    ///
    ///     F = (η − q + 1)/(η q) (Lβ̂)'(LV^CR L')⁻¹(Lβ̂)   on q and η − q + 1 degrees of freedom
    ///
    /// Tipton and Pustejovsky (2015), Journal of Educational and Behavioral Statistics 40(6). The rows of *L* must be
    /// linearly independent; `nil` where they are not.
    public func test(_ hypothesis: LinearHypothesis) -> HypothesisTest? {
        let matrix = hypothesis.matrix
        let count = matrix.rowCount
        guard count > 0, let decomposition = CholeskyDecomposition(matrix * covariance * matrix.transposed),
            let freedom = contributions.hotellingDegreesOfFreedom(of: matrix)
        else { return nil }
        let values = matrix * coefficients
        let wald = zip(decomposition.solve(values), values).reduce(0) { $0 + $1.0 * $1.1 }
        let denominator = freedom - Double(count) + 1
        let statistic = max(denominator / freedom, 0) * wald / Double(count)
        return HypothesisTest(
            label: hypothesis.label,
            sumOfSquares: statistic * residualStandardDeviation * residualStandardDeviation * Double(count),
            numeratorDegreesOfFreedom: count, denominatorDegreesOfFreedom: denominator, statistic: statistic,
            pValue: denominator > 0
                ? FDistribution(numerator: Double(count), denominator: denominator).upperTail(statistic) : .nan)
    }
}

/// What the degrees of freedom of a cluster-robust covariance are made of.
struct ClusterContributions: Sendable {
    /// Coefficients.
    let size: Int
    let clusterCount: Int
    /// *M*, in mapped coordinates.
    let unitCovariance: Matrix
    /// Combinations of coefficients become those of mapped ones by its transpose.
    let basis: Matrix
    /// For each cluster *X'A V⁻¹X M* and *M X'V⁻¹A V A V⁻¹X M*, column-major.
    let images: [Double]
    let variances: [Double]

    /// Calls `body` for every cluster with *P c* and *c'T c* of its two matrices, the memory of *P c* being used again.
    private func forEachCluster(
        _ combination: [Double], _ body: (_ image: UnsafeBufferPointer<Double>, _ variance: Double) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(size, 1)) { own in
            images.withUnsafeBufferPointer { images in
                variances.withUnsafeBufferPointer { variances in
                    for cluster in 0..<clusterCount {
                        own.initialize(repeating: 0)
                        var variance = 0.0
                        for column in 0..<size {
                            let start = (cluster * size + column) * size
                            var sum = 0.0
                            for row in 0..<size {
                                own[row] += images[start + row] * combination[column]
                                sum += variances[start + row] * combination[row]
                            }
                            variance += sum * combination[column]
                        }
                        body(UnsafeBufferPointer(own), variance)
                    }
                }
            }
        }
    }

    func degreesOfFreedom(of combination: [Double]) -> Double {
        var trace = 0.0
        var squares = 0.0
        var gram = Matrix(rows: size, columns: size)
        let unit = unitCovariance.storage
        gram.storage.withUnsafeMutableBufferPointer { gram in
            unit.withUnsafeBufferPointer { unit in
                forEachCluster(basis.transposed * combination) { own, variance in
                    var taken = 0.0
                    for column in 0..<size {
                        let factor = own[column]
                        var sum = 0.0
                        for row in 0..<size {
                            sum += unit[row + column * size] * own[row]
                            gram[row + column * size] += own[row] * factor
                        }
                        taken += sum * factor
                    }
                    let rest = variance - taken
                    trace += rest
                    squares += rest * rest - taken * taken
                }
            }
        }
        let product = unitCovariance * gram
        let total = squares + product.inner(product.transposed)
        return total > 0 ? trace * trace / total : .nan
    }

    private static func product(_ matrices: [Double], at start: Int, _ vector: [Double]) -> [Double] {
        let size = vector.count
        var result = [Double](repeating: 0, count: size)
        matrices.withUnsafeBufferPointer { matrices in
            for column in 0..<size {
                let factor = vector[column]
                for row in 0..<size { result[row] += matrices[start + row + column * size] * factor }
            }
        }
        return result
    }

    /// The degrees of freedom *η* of the Wishart distribution that comes nearest to that of *L V^CR L'*.
    func hotellingDegreesOfFreedom(of matrix: Matrix) -> Double? {
        let count = matrix.rowCount
        let mapped = (0..<count).map { basis.transposed * matrix.row($0) }
        guard let factor = CholeskyDecomposition(unitCovariance)?.lower.transposed else { return nil }
        // n_s = M^½ X'g_s and a_st = g_s'V g_t of every cluster, for the rows of L.
        var images: [[[Double]]] = []
        var forms: [Matrix] = []
        for cluster in 0..<clusterCount {
            images.append(mapped.map { factor * Self.product(self.images, at: cluster * size * size, $0) })
            var form = Matrix(rows: count, columns: count)
            for (column, right) in mapped.enumerated() {
                let product = Self.product(variances, at: cluster * size * size, right)
                for (row, left) in mapped.enumerated() {
                    form[row, column] = zip(left, product).reduce(0) { $0 + $1.0 * $1.1 }
                }
            }
            forms.append(form)
        }
        var expected = Matrix(rows: count, columns: count)
        for (own, form) in zip(images, forms) { expected = expected + form - Self.inner(own) }
        guard let eigen = SymmetricEigendecomposition(expected), let smallest = eigen.values.first, smallest > 0 else {
            return nil
        }
        let root = eigen.vectors * .diagonal(eigen.values.map { 1 / $0.squareRoot() }) * eigen.vectors.transposed
        var squares = Matrix(rows: count, columns: count)
        var cross = [Matrix](repeating: Matrix(rows: size, columns: size), count: count * count)
        for (plainImages, plainForm) in zip(images, forms) {
            let own = (0..<count).map { row in
                (0..<size).map { element in
                    (0..<count).reduce(0) { $0 + root[row, $1] * plainImages[$1][element] }
                }
            }
            let taken = Self.inner(own)
            let rest = root * plainForm * root - taken
            for first in 0..<count {
                for second in 0..<count {
                    squares[first, second] +=
                        rest[first, second] * rest[first, second] - taken[first, second] * taken[first, second]
                        + rest[first, first] * rest[second, second] - taken[first, first] * taken[second, second]
                    for column in 0..<size {
                        for row in 0..<size {
                            cross[first + second * count].storage[row + column * size] +=
                                own[first][row] * own[second][column]
                        }
                    }
                }
            }
        }
        var total = squares.storage.reduce(0, +)
        for product in cross { total += product.inner(product.transposed) + product.inner(product) }
        return total > 0 ? Double(count * (count + 1)) / total : nil
    }

    private static func inner(_ vectors: [[Double]]) -> Matrix {
        var result = Matrix(rows: vectors.count, columns: vectors.count)
        for (column, right) in vectors.enumerated() {
            for (row, left) in vectors.enumerated() {
                result[row, column] = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
        return result
    }
}
