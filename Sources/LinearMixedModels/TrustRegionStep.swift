// The minimiser of a quadratic model inside a ball, saddle points and flat directions included.

internal import MixedLinearAlgebra

/// A step that minimises *g's + ½ s'Hs* subject to *‖s‖ ≤ Δ*.
///
/// Moré and Sorensen (1983), SIAM Journal on Scientific and Statistical Computing 4, in the eigenbasis of *H*, which a
/// handful of parameters makes affordable and the hard case simple.
struct TrustRegionStep {
    let step: [Double]
    /// How far the model falls.
    let predictedDecrease: Double
    let length: Double
    /// Whether the ball kept the step from the model's minimum.
    let isAtBound: Bool
    /// Smallest and largest eigenvalue of *H*.
    let smallestEigenvalue: Double
    let largestEigenvalue: Double
    /// An eigenvector along which the objective is flat, if there is one.
    ///
    /// Along a curved valley the curvature does not vanish before the gradient does: it is the gradient over the valley's
    /// radius. Eigenvalues of that size count as zero.
    let flatDirection: [Double]?

    /// Eigenvalues below this share of the largest one count as zero where the gradient vanishes as well.
    static let flatShare = 1e-9
    /// What a step along a valley may promise at most to be left out: it could as well be a variance on its way to zero.
    static let negligibleGain = 1e-10

    /// - Parameters:
    ///   - size: The length of the parameters themselves, which bounds a valley's radius.
    ///   - frame: The columns are the changes of the parameters that have length 1; everything but `step` is in this frame.
    init?(gradient: [Double], hessian: Matrix, radius: Double, size: Double, frame: Matrix? = nil) {
        let gradient = frame.map { $0.transposed * gradient } ?? gradient
        var hessian = frame.map { $0.transposed * hessian * $0 } ?? hessian
        hessian.symmetrizeFromLower()
        guard let eigen = SymmetricEigendecomposition(hessian) else { return nil }
        let count = gradient.count
        let largest = eigen.values.map(abs).max() ?? 0
        var coordinates = eigen.vectors.transposed * gradient
        let slope = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let flatCurvature = Self.flatShare * largest + 4 * slope / max(size, .leastNormalMagnitude)
        flatDirection = (0..<count).first { abs(eigen.values[$0]) <= flatCurvature }.map(eigen.vectors.column)
        var used = [Bool](repeating: true, count: count)
        let isNearOptimum = slope < 1e-4 * largest * size
        for index in 0..<count {
            let curvature = abs(eigen.values[index])
            let isFlat =
                curvature <= Self.flatShare * largest
                && abs(coordinates[index]) <= 1e-8 * max(1, largest.squareRoot())
            // Across a valley the gradient is short, along it there is none; what curvature is seen is the valley's bend.
            let isAlongValley =
                isNearOptimum && curvature <= flatCurvature && abs(coordinates[index]) <= 0.1 * slope
                && coordinates[index] * coordinates[index] <= Self.negligibleGain * curvature
            if isFlat || isAlongValley {
                used[index] = false
                coordinates[index] = 0
            }
        }
        let smallest = (0..<count).filter { used[$0] }.map { eigen.values[$0] }.min() ?? 0
        smallestEigenvalue = eigen.values.first ?? 0
        largestEigenvalue = largest

        func length(_ shift: Double) -> Double {
            var sum = 0.0
            for index in 0..<count where used[index] {
                let value = coordinates[index] / (eigen.values[index] + shift)
                sum += value * value
            }
            return sum.squareRoot()
        }
        var shift = 0.0
        var bounded = false
        if smallest <= 0 || length(0) > radius {
            bounded = true
            // In the hard case the gradient has nothing along the lowest eigenvector: lean it there a little.
            if smallest <= 0, let lowest = (0..<count).first(where: { used[$0] && eigen.values[$0] == smallest }) {
                let size = coordinates.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let lean = 1e-6 * max(size, 1e-3 * largest * radius, .leastNormalMagnitude)
                if abs(coordinates[lowest]) < lean { coordinates[lowest] = coordinates[lowest] < 0 ? -lean : lean }
            }
            var low = max(0, -smallest)
            var high = max(2 * low, 1e-3 * largest, .leastNormalMagnitude)
            while length(high) > radius, high < .greatestFiniteMagnitude / 8 { high = 4 * high }
            for _ in 0..<200 where high - low > 1e-14 * high {
                let middle = 0.5 * (low + high)
                if length(middle) > radius { low = middle } else { high = middle }
            }
            shift = high
        }
        var modelStep = [Double](repeating: 0, count: count)
        var decrease = 0.0
        for index in 0..<count where used[index] {
            modelStep[index] = -coordinates[index] / (eigen.values[index] + shift)
            decrease -=
                coordinates[index] * modelStep[index] + 0.5 * eigen.values[index] * modelStep[index] * modelStep[index]
        }
        let scaledStep = eigen.vectors * modelStep
        step = frame.map { $0 * scaledStep } ?? scaledStep
        predictedDecrease = decrease
        self.length = modelStep.reduce(0) { $0 + $1 * $1 }.squareRoot()
        isAtBound = bounded
    }
}
