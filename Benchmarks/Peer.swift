// Other programs that fit the same models, run as processes of their own through the scripts beside this file.

import MixedModels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that may be installed.
struct Peer {
    let name: String
    /// The command that runs its script, up to the script.
    let interpreter: [String]
    let script: String
    /// The designs, by the beginning of their names, that it can be given on this machine.
    let designs: [String]

    /// The programs that are compared.
    ///
    /// - Parameter python: The Python that has the packages.
    static func all(python: String) -> [Peer] {
        let crossed = ["insteval", "ratings1"]
        return [
            Peer(name: "lme4", interpreter: ["Rscript"], script: "models.R", designs: ["slopes", "nested"] + crossed),
            Peer(name: "glmmTMB", interpreter: ["Rscript"], script: "models.R", designs: ["insteval"]),
            Peer(
                name: "GPBoost", interpreter: [python], script: "models.py",
                designs: ["slopes", "nested"] + crossed + ["ratings8"]),
            Peer(
                name: "lme-python", interpreter: [python], script: "models.py",
                designs: ["slopes", "nested", "insteval"]),
            Peer(name: "mixedlm", interpreter: [python], script: "models.py", designs: ["slopes", "nested"] + crossed),
            Peer(name: "statsmodels", interpreter: [python], script: "models.py", designs: ["slopes"]),
        ]
    }

    /// An answer, as far as it can be compared.
    struct Answer {
        var criterion: Double?
        var sigma: Double?
        var coefficients: [Double]
    }

    /// Runs the program on a file.
    ///
    /// - Returns: `nil` where it is not installed, fails, or takes longer than the limit.
    func run(_ design: LargeDesign, _ path: String, scripts: String, limit: Int) -> (run: WholeProcess, answer: Answer)?
    {
        let output = path + ".answer"
        defer { unlink(output) }
        let words = ["\(limit)"] + interpreter + [scripts + "/" + script, name.lowercased(), design.name, path]
        guard let run = try? WholeProcess("timeout", words, output: output), let answer = Answer(contentsOf: output)
        else { return nil }
        return (run, answer)
    }
}

extension Peer.Answer {
    /// Reads the JSON object that a script or `mixed` has printed.
    init?(contentsOf path: String) {
        guard let value = Self.value(contentsOf: path) else { return nil }
        criterion = value["criterion"]?.number
        sigma = value["sigma"]?.number
        if let members = value["coefficients"]?.members {
            coefficients = members.compactMap(\.value.number)
        } else {
            coefficients = Self.fixedRows(value).compactMap { $0["estimate"]?.number }
        }
    }

    /// The names of the coefficients that `mixed` has printed.
    static func names(contentsOf path: String) -> [String]? {
        value(contentsOf: path).map { fixedRows($0).compactMap { $0["term"]?.string } }
    }

    private static func fixedRows(_ value: JSONValue) -> [JSONValue] {
        (value["tidy"]?.elements ?? []).filter { $0["effect"]?.string == "fixed" }
    }

    private static func value(contentsOf path: String) -> JSONValue? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        guard let text = String(validating: bytes, as: UTF8.self), let start = text.firstIndex(of: "{")
        else { return nil }
        return try? JSONValue(parsing: String(text[start...]))
    }
}
