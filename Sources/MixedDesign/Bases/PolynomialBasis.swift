// The polynomials of R's `poly`, fitted once and evaluated anywhere.

/// The columns of `poly(x, degree)`: orthonormal over the rows it was trained on, or plain powers.
public struct PolynomialBasis: Hashable, Sendable, Codable {
    /// The highest power.
    public let degree: Int
    /// The recurrence of the orthogonal polynomials; `nil` for `raw = TRUE`.
    public let recurrence: Recurrence?

    /// The coefficients of the three-term recurrence, as R keeps them in the attribute `coefs`.
    ///
    ///     p₀ = 1,   p₁ = x - α₁,   pᵢ₊₁ = (x - αᵢ₊₁) pᵢ - (νᵢ₊₁ / νᵢ) pᵢ₋₁
    ///
    /// Kennedy & Gentle (1980), *Statistical Computing*, section 8.4. Column i is pᵢ / √νᵢ₊₁.
    public struct Recurrence: Hashable, Sendable, Codable {
        /// α: one entry for each degree.
        public let centers: [Double]
        /// ν: 1, then the squared norms of p₀, p₁, ..., one more than the degree plus one.
        public let squaredNorms: [Double]
    }

    /// Plain powers of x.
    init(rawDegree degree: Int) {
        self.degree = degree
        self.recurrence = nil
    }

    /// Orthogonal polynomials over the values that are not missing.
    ///
    /// - **Complexity:** one pass over the values for each degree.
    /// - **Throws:** when the degree is not below the number of distinct values.
    init(training values: [Double], degree: Int) throws(BasisError) {
        guard degree >= 1 else { throw BasisError("The degree of poly() must be at least 1") }
        let x = values.filter { !$0.isNaN }
        var distinct: Set<Double> = []
        for value in x {
            guard value.isFinite else { throw BasisError("poly() needs finite values") }
            distinct.insert(value)
            if distinct.count > degree { break }
        }
        guard distinct.count > degree else {
            throw BasisError(
                "poly() of degree \(degree) needs at least \(degree + 1) distinct values; there are \(distinct.count)")
        }
        let mean = x.reduce(0, +) / Double(x.count)
        let centered = x.map { $0 - mean }
        var centers: [Double] = []
        var squaredNorms = [1.0, Double(x.count)]
        var before = [Double](repeating: 0, count: x.count)
        var current = [Double](repeating: 1, count: x.count)
        for step in 1...degree {
            var moment = 0.0
            for row in x.indices { moment += centered[row] * current[row] * current[row] }
            let center = moment / squaredNorms[step]
            let ratio = squaredNorms[step] / squaredNorms[step - 1]
            var squaredNorm = 0.0
            for row in x.indices {
                let next = (centered[row] - center) * current[row] - ratio * before[row]
                before[row] = current[row]
                current[row] = next
                squaredNorm += next * next
            }
            guard squaredNorm > 0, squaredNorm.isFinite else {
                throw BasisError("poly() of degree \(degree) cannot be represented over these values")
            }
            centers.append(center + mean)
            squaredNorms.append(squaredNorm)
        }
        self.degree = degree
        self.recurrence = Recurrence(centers: centers, squaredNorms: squaredNorms)
    }

    /// The columns of the basis at `values`; a missing value stays missing.
    ///
    /// - **Shape:** `degree` columns of `values.count` numbers.
    func columns(at values: [Double]) -> [[Double]] {
        var columns: [[Double]] = []
        columns.reserveCapacity(degree)
        guard let recurrence else {
            var power = values
            columns.append(power)
            for _ in 1..<max(degree, 1) {
                for row in values.indices { power[row] *= values[row] }
                columns.append(power)
            }
            return columns
        }
        var before = [Double](repeating: 0, count: values.count)
        var current = [Double](repeating: 1, count: values.count)
        for step in 1...degree {
            let center = recurrence.centers[step - 1]
            let ratio = recurrence.squaredNorms[step] / recurrence.squaredNorms[step - 1]
            let scale = 1 / recurrence.squaredNorms[step + 1].squareRoot()
            var column = values
            for row in values.indices {
                let next = (values[row] - center) * current[row] - ratio * before[row]
                before[row] = current[row]
                current[row] = next
                column[row] = next * scale
            }
            columns.append(column)
        }
        return columns
    }
}

/// Why a basis cannot be made from the values it was given.
struct BasisError: Error, Hashable, Sendable {
    /// What is wrong, as a sentence without a full stop.
    var message: String

    init(_ message: String) { self.message = message }
}
