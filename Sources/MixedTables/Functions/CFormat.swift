// The C library's number formats, where R's results are defined by them.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum CFormat {
    /// `%.*e`
    static func scientific(_ value: Double, decimals: Int) -> String { format("%.*e", decimals, value) }

    /// `%.*g`
    static func general(_ value: Double, digits: Int) -> String { format("%.*g", digits, value) }

    private static func format(_ format: String, _ precision: Int, _ value: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let capacity = buffer.count
        let length = withVaList([Int32(clamping: precision), value]) { vsnprintf(&buffer, capacity, format, $0) }
        let used = max(0, min(Int(length), capacity - 1))
        return String(decoding: buffer[..<used].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
