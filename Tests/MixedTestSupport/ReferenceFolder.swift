// Where reference results and data files lie: those of the package, and the folder beside it that may be absent.

public import Foundation

/// The places that tests read from.
public enum ReferenceFolder {
    /// The root of the package.
    public static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Reference results on standard data, part of the package.
    public static let bundled = package.appendingPathComponent("Tests/MixedTestSupport/Reference")

    /// The folder with the course data and their reference results: the environment's `MIXED_SHARED`, or `../shared` beside
    /// the package; `nil` where there is none.
    public static let shared: URL? = {
        let named = ProcessInfo.processInfo.environment["MIXED_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = package.deletingLastPathComponent().appendingPathComponent("shared")
        let folder = named ?? beside
        return FileManager.default.fileExists(atPath: folder.appendingPathComponent("reference").path) ? folder : nil
    }()

    /// Whether the course data can be had: for `.enabled(if:)`, so that a test which needs them is seen to be skipped.
    public static var hasShared: Bool { shared != nil }

    /// The path of a data file that a reference result names: `standard/cake.csv`, `courses/practical.csv`.
    ///
    /// The larger standard files are compressed; their paths end in `.csv.gz`.
    public static func dataPath(_ name: String) throws -> String {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        if parts.count == 2, parts[0] == "standard" {
            let file = package.appendingPathComponent("Sources/MixedModels/Data").appendingPathComponent(parts[1])
            for path in [file.path, file.path + ".gz"] where FileManager.default.fileExists(atPath: path) {
                return path
            }
        }
        if let path = shared?.appendingPathComponent("data").appendingPathComponent(name).path,
            FileManager.default.fileExists(atPath: path)
        {
            return path
        }
        throw ReferenceError(message: "there is no data file '\(name)'")
    }
}

/// A reference result that is missing or not what it should be.
public struct ReferenceError: Error, CustomStringConvertible {
    public var message: String
    public var description: String { message }
}
