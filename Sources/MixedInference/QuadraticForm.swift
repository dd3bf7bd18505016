// The variance of a linear combination.

internal import MixedLinearAlgebra

/// *c'Ac*.
func quadraticForm(_ matrix: Matrix, _ vector: [Double]) -> Double {
    zip(matrix * vector, vector).reduce(0) { $0 + $1.0 * $1.1 }
}
