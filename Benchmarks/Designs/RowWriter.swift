// Writing generated rows fast: a buffer of bytes, numbers with a fixed number of decimals.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A comma-separated file that is being written.
final class RowWriter {
    private let file: UnsafeMutablePointer<FILE>
    private var buffer: [UInt8] = []
    private var isAtStart = true

    init(_ path: String, header: [String]) throws {
        guard let file = fopen(path, "w") else { throw WholeProcess.Failure(description: "cannot write \(path)") }
        self.file = file
        buffer.reserveCapacity(1 << 21)
        for name in header { text(name) }
        endRow()
    }

    private func separate() {
        if !isAtStart { buffer.append(0x2C) }
        isAtStart = false
    }

    func text(_ value: StaticString) {
        separate()
        buffer.append(contentsOf: UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    func text(_ value: String) {
        separate()
        buffer.append(contentsOf: value.utf8)
    }

    /// A level such as `g17`.
    func level(_ letter: Unicode.Scalar, _ number: Int) {
        separate()
        buffer.append(UInt8(truncatingIfNeeded: letter.value))
        digits(UInt64(number), atLeast: 1)
    }

    func integer(_ value: Int) {
        separate()
        if value < 0 { buffer.append(0x2D) }
        digits(UInt64(value.magnitude), atLeast: 1)
    }

    /// A number rounded to so many decimals.
    func number(_ value: Double, decimals: Int) {
        separate()
        let power = [1.0, 10, 100, 1e3, 1e4, 1e5, 1e6][decimals]
        let scaled = UInt64((value.magnitude * power).rounded())
        if value < 0, scaled > 0 { buffer.append(0x2D) }
        let whole = scaled / UInt64(power)
        digits(whole, atLeast: 1)
        guard decimals > 0 else { return }
        buffer.append(0x2E)
        digits(scaled - whole * UInt64(power), atLeast: decimals)
    }

    private func digits(_ value: UInt64, atLeast count: Int) {
        var rest = value
        var written = 0
        let start = buffer.count
        repeat {
            buffer.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
            rest /= 10
            written += 1
        } while rest > 0 || written < count
        buffer[start...].reverse()
    }

    func endRow() {
        buffer.append(0x0A)
        isAtStart = true
        if buffer.count > 1 << 20 { flush() }
    }

    private func flush() {
        _ = buffer.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left; the writer is spent.
    func finish() throws {
        flush()
        guard fclose(file) == 0 else { throw WholeProcess.Failure(description: "the disk is full") }
    }
}
