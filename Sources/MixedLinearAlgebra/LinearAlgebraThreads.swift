// How many threads the BLAS may use, chosen by phase: two threads slow small factorisations down.

internal import CLAPACK

/// The BLAS's own threads.
package enum LinearAlgebraThreads {
    /// Below this size a Cholesky factorisation is faster on one thread (measured: 2.5 times at 100, even near 400).
    package static let smallestParallelSize = 400

    /// Runs `body` with as many BLAS threads as a factorisation of this size can use.
    package static func withThreads<Result>(
        forSize size: Int, atMost limit: Int, _ body: () throws -> Result
    ) rethrows -> Result {
        let before = mixed_blas_get_threads()
        let wanted = Int32(size < smallestParallelSize ? 1 : max(1, limit))
        if wanted != before { mixed_blas_set_threads(wanted) }
        defer { if wanted != before { mixed_blas_set_threads(before) } }
        return try body()
    }
}
