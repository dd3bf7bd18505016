// Made-up data of a large study: a million rows in ten thousand groups of unequal size.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The model of a million rows that questions to a saved model are timed on.
enum MillionRows {
    static let formula = "y ~ x * h + z + f + (1 + x | g)"
    static let smallerFormula = "y ~ x + h + z + f + (1 + x | g)"
    static let rowCount = 1_000_000
    static let groupCount = 10_000
    /// Some of the coefficients that the data were made with.
    static let truth: KeyValuePairs<String, Double> = ["(Intercept)": 2, "x": 0.5, "z": -0.2, "x:hyes": 0.15]

    /// Writes the same rows each time to a file.
    static func write(to path: String) throws {
        guard let file = fopen(path, "w") else { throw WholeProcess.Failure(description: "cannot write \(path)") }
        defer { fclose(file) }
        var random = RandomNumbers(seed: 20_261_121)
        let effects = (0..<groupCount).map { _ in (random.normal(), 0.3 * random.normal()) }
        fputs("y,x,z,h,f,g\n", file)
        for _ in 0..<rowCount {
            let group = Int(random.next() % UInt64(groupCount))
            let (x, z) = (random.normal().roundedToFiveDecimals, random.normal().roundedToFiveDecimals)
            let (isYes, level) = (random.next() % 2 == 1, Int(random.next() % 3))
            let (intercept, slope) = effects[group]
            let fixed = 2 + 0.5 * x - 0.2 * z + (isYes ? 0.1 + 0.15 * x : 0) + [0, 0.3, -0.2][level]
            let y = (fixed + intercept + slope * x + random.normal()).roundedToFiveDecimals
            fputs("\(y),\(x),\(z),\(isYes ? "yes" : "no"),\(["a", "b", "c"][level]),g\(group)\n", file)
        }
    }
}

extension Double {
    fileprivate var roundedToFiveDecimals: Double { (self * 1e5).rounded() / 1e5 }
}
