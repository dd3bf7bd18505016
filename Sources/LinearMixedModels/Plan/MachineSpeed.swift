// How fast this machine is at the two things that fits of crossed factors consist of, measured in a moment.

internal import MixedLinearAlgebra

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Speeds and memory of a machine, from which the time of a fit is foretold.
public struct MachineSpeed: Hashable, Sendable {
    /// Floating-point operations a second in dense linear algebra, with all threads that may be used.
    public var denseOperations: Double
    /// Random reads a second of neighbouring numbers, as conjugate gradients make them.
    public var gatheredNumbers: Double
    /// Bytes of memory that can be had without swapping.
    public var availableBytes: Double

    /// Takes over speeds.
    public init(denseOperations: Double, gatheredNumbers: Double, availableBytes: Double) {
        self.denseOperations = denseOperations
        self.gatheredNumbers = gatheredNumbers
        self.availableBytes = availableBytes
    }

    /// Measures this machine: about a tenth of a second.
    ///
    /// - Parameter threads: How many threads may compute.
    public static func measured(threads: Int) -> MachineSpeed {
        MachineSpeed(
            denseOperations: denseSpeed(threads: threads), gatheredNumbers: gatherSpeed(threads: threads),
            availableBytes: availableMemory)
    }

    /// Factors a matrix of a few tiles.
    private static func denseSpeed(threads: Int) -> Double {
        let size = 1_000
        let matrix = TiledMatrix(size: size)
        let clock = ContinuousClock()
        var best = Duration.seconds(1)
        for _ in 0..<3 {
            matrix.clear()
            for index in 0..<size { matrix.storage.pointer[matrix.place(index, index)] = Double(size) }
            best = min(best, clock.measure { _ = matrix.factor(threads: threads) })
        }
        return Double(size * size * size) / 3 / max(best.inSeconds, 1e-9)
    }

    /// Adds up rows of eight numbers in an order without order.
    private static func gatherSpeed(threads: Int) -> Double {
        let rows = 1 << 16
        let width = 8
        let values = Storage<Double>(zeros: rows * width)
        let sums = Storage<Double>(zeros: 64 * width)
        let clock = ContinuousClock()
        var best = Duration.seconds(1)
        for _ in 0..<3 {
            let time = clock.measure {
                ParallelLoop.forEach(4, threads: threads) { part in
                    let sum = sums.pointer + part * 16 * width
                    var place = part
                    for _ in 0..<rows / 4 {
                        place = (place &* 1_103_515_245 &+ 12_345) & (rows - 1)
                        let row = values.pointer + place * width
                        for column in 0..<width { sum[column] += row[column] }
                    }
                }
            }
            best = min(best, time)
        }
        return Double(rows * width) / max(best.inSeconds, 1e-9)
    }

    /// Memory that the system can give; all of it where the system does not say.
    static var availableMemory: Double {
        #if os(Linux)
            if let file = fopen("/proc/meminfo", "r") {
                defer { fclose(file) }
                var line = [CChar](repeating: 0, count: 256)
                while fgets(&line, 256, file) != nil {
                    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                    guard text.hasPrefix("MemAvailable:") else { continue }
                    let digits = text.filter { $0.isNumber }
                    if let kilobytes = Double(digits) { return kilobytes * 1024 }
                }
            }
        #endif
        let pages = Double(sysconf(Int32(_SC_PHYS_PAGES)))
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
