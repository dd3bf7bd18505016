// What each cluster adds to a cluster-robust covariance, and the degrees of freedom that follow.

internal import MixedLinearAlgebra

/// What the degrees of freedom of a cluster-robust covariance are made of.
struct ClusterContributions: Sendable {
    /// Coefficients.
    let size: Int
    let clusterCount: Int
    /// *M*, in mapped coordinates.
    let unitCovariance: Matrix
    /// Combinations of coefficients become those of mapped ones by its transpose.
    let basis: Matrix
    /// For each cluster *X'V⁻¹A e*.
    let scores: Storage<Double>
    /// For each cluster *X'A V⁻¹X M*, column-major: times a combination *c* it is *X'g*, *g = A V⁻¹X M c*.
    let images: Storage<Double>
    /// For each cluster *M X'V⁻¹A V A V⁻¹X M*, column-major: its form at *c* is *g'V g*.
    let variances: Storage<Double>

    init(size: Int, clusterCount: Int, unitCovariance: Matrix, basis: Matrix) {
        self.size = size
        self.clusterCount = clusterCount
        self.unitCovariance = unitCovariance
        self.basis = basis
        scores = Storage(zeros: clusterCount * size)
        images = Storage(zeros: clusterCount * size * size)
        variances = Storage(zeros: clusterCount * size * size)
    }

    func set(_ cluster: Int, score: [Double], image: Matrix, variance: Matrix) {
        for index in 0..<size { scores.pointer[cluster * size + index] = score[index] }
        for index in 0..<size * size {
            images.pointer[cluster * size * size + index] = image.storage[index]
            variances.pointer[cluster * size * size + index] = variance.storage[index]
        }
    }

    /// The sum of the outer products of the scores.
    func meat() -> Matrix {
        var result = Matrix(rows: size, columns: size)
        result.storage.withUnsafeMutableBufferPointer { result in
            for cluster in 0..<clusterCount {
                let score = scores.pointer + cluster * size
                for column in 0..<size {
                    for row in 0..<size { result[row + column * size] += score[row] * score[column] }
                }
            }
        }
        return result
    }

    /// Calls `body` for every cluster with *P c* and *c'T c* of its two matrices, the memory of *P c* being used again.
    private func forEachCluster(
        _ combination: [Double], _ body: (_ image: UnsafeBufferPointer<Double>, _ variance: Double) -> Void
    ) {
        let (images, variances) = (images.pointer, variances.pointer)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(size, 1)) { own in
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

    private static func product(_ matrices: Storage<Double>, at start: Int, _ vector: [Double]) -> [Double] {
        let size = vector.count
        var result = [Double](repeating: 0, count: size)
        for column in 0..<size {
            for row in 0..<size { result[row] += matrices.pointer[start + row + column * size] * vector[column] }
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
