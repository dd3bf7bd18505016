// How fast this machine is at the two things that fits of crossed factors consist of, measured in a moment.

internal import MixedLinearAlgebra

/// Speeds of a machine, from which the time of a fit is foretold.
public struct MachineSpeed: Hashable, Sendable {
    /// Floating-point operations a second in products of matrices, with all threads that may be used.
    public var denseOperations: Double
    /// Numbers a second that are fetched from places in no order, in runs as long as a cache line, and added up.
    public var gatheredNumbers: Double

    /// Takes over speeds.
    public init(denseOperations: Double, gatheredNumbers: Double) {
        self.denseOperations = denseOperations
        self.gatheredNumbers = gatheredNumbers
    }

    /// Measures this machine.
    ///
    /// - Parameter threads: How many threads may compute.
    /// - Complexity: About 20 ms.
    public static func measured(threads: Int) -> MachineSpeed {
        MachineSpeed(denseOperations: denseSpeed(threads: threads), gatheredNumbers: gatherSpeed(threads: threads))
    }

    /// How often each measurement is made; the fastest counts.
    private static let repetitions = 4

    /// Multiplies matrices of a few tiles.
    private static func denseSpeed(threads: Int) -> Double {
        // A task for each tile of the product, and no fewer tasks than a few threads.
        let size = TiledMatrix.tileSize * (threads > 4 ? 4 : 2)
        let matrix = TiledMatrix(size: size)
        let product = Storage<Double>(zeros: size * size)
        for index in 0..<matrix.storage.count { matrix.storage.pointer[index] = 1 / Double(1 + index & 1023) }
        let seconds = fastest { matrix.multiply(by: matrix, into: product.pointer, threads: threads) }
        return 2 * Double(size * size) * Double(size) / seconds
    }

    /// Adds up rows of eight numbers in an order without order.
    private static func gatherSpeed(threads: Int) -> Double {
        let rows = 1 << 15
        // Long enough for threads to be awake.
        let turns = 12
        let width = 8
        let parts = max(threads, 1)
        let values = Storage<Double>(zeros: rows * width)
        let sums = Storage<Double>(zeros: parts * 2 * width)
        for index in 0..<values.count { values.pointer[index] = Double(index & 15) }
        let seconds = fastest {
            ParallelLoop.forEach(parts, threads: threads) { part in
                var sum = SIMD8<Double>()
                var place = part
                for _ in 0..<turns * rows {
                    place = (place &* 1_103_515_245 &+ 12_345) & (rows - 1)
                    sum += UnsafeRawPointer(values.pointer + place * width).loadUnaligned(as: SIMD8<Double>.self)
                }
                // Sums that nobody looks at would not be computed.
                for lane in 0..<width { sums.pointer[part * 2 * width + lane] = sum[lane] }
            }
        }
        return Double(parts * turns * rows * width) / seconds
    }

    /// The seconds of the fastest of a few repetitions.
    private static func fastest(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<repetitions {
            let time = clock.measure(body).components
            best = min(best, Double(time.seconds) + Double(time.attoseconds) * 1e-18)
        }
        return max(best, 1e-9)
    }
}
