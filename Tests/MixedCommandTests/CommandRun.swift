// Runs the built command as a process, as a person would.

import Foundation
import MixedModels

#if canImport(Darwin)
    import Darwin
#endif

/// What a run of the command left behind.
struct CommandRun {
    let output: String
    let errors: String
    let status: Int32

    /// Runs `mixed` with the arguments in a folder.
    ///
    /// - Parameter input: the bytes of standard input.
    init(
        _ arguments: [String], in folder: TemporaryFolder? = nil, input: String = "",
        environment: [String: String] = [:]
    )
        throws
    {
        let pipes = try TemporaryFolder()
        let process = Process()
        process.executableURL = try Self.program()
        process.arguments = arguments
        process.currentDirectoryURL = (folder ?? pipes).url
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try pipes.write(input, to: "input")
        process.standardInput = try FileHandle(forReadingFrom: pipes.url.appendingPathComponent("input"))
        // Files instead of pipes: nobody has to read while the process writes.
        process.standardOutput = try pipes.newFile("output")
        process.standardError = try pipes.newFile("errors")
        try process.run()
        process.waitUntilExit()
        guard process.terminationReason == .exit else {
            throw RunError(message: "mixed \(arguments) was ended by signal \(process.terminationStatus)")
        }
        output = try pipes.text("output")
        errors = try pipes.text("errors")
        status = process.terminationStatus
    }

    /// The first line of standard error.
    var firstError: String { errors.split(separator: "\n").first.map(String.init) ?? "" }

    /// Standard output as JSON.
    func json() throws -> JSONValue { try JSONValue(parsing: output) }

    /// The program, which is built beside the tests.
    static func program() throws -> URL {
        #if canImport(Darwin)
            var information = Dl_info()
            guard dladdr(#dsohandle, &information) != 0, let name = information.dli_fname else {
                throw RunError(message: "the place of the tests is unknown")
            }
            var folder = URL(fileURLWithPath: String(cString: name)).resolvingSymlinksInPath()
        #else
            var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        #endif
        for _ in 0..<5 {
            folder.deleteLastPathComponent()
            let program = folder.appendingPathComponent("mixed")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        }
        throw RunError(message: "there is no program 'mixed' beside the tests")
    }
}

struct RunError: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}

/// A folder that is gone when nobody needs it any more.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("mixed-tests-\(UUID().uuidString)")
            .resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: url.appendingPathComponent(name))
    }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appendingPathComponent(name))) }

    /// The names of everything in the folder, sorted.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func newFile(_ name: String) throws -> FileHandle {
        try write("", to: name)
        return try FileHandle(forWritingTo: url.appendingPathComponent(name))
    }
}

/// Data that several tests use.
enum SmallData {
    /// Five schools of four pupils; `hours` and `sex` vary within schools, `size` between them.
    static let schools: String = {
        var lines = ["school,pupil,score,hours,sex,SES,size"]
        let scores = [12, 15, 11, 18, 14, 19, 16, 21, 9, 12, 10, 15, 20, 22, 19, 26, 13, 16, 15, 19]
        for row in scores.indices {
            let school = row / 4
            let fields = [
                ["north", "south", "east", "west", "centre"][school], "\(row + 1)", "\(scores[row])",
                "\([2, 5, 3, 8][row % 4] + school % 2)", ["f", "m"][row % 2],
                ["Low", "Medium", "High", "Medium"][(row + school) % 4], "\(100 + 50 * school)",
            ]
            lines.append(fields.joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    /// The schools with one field replaced; `row` counts the data from 1.
    static func schools(row: Int, _ column: String, is value: String) -> String {
        var lines = schools.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        if let position = lines[0].firstIndex(of: column) { lines[row][position] = value }
        return lines.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    }
}

/// Runs `mixed fit` on a file with the given text.
func fit(_ formula: String, _ data: String, _ options: String...) throws -> CommandRun {
    let folder = try TemporaryFolder()
    try folder.write(data, to: "data.csv")
    return try CommandRun(["fit", formula, "data.csv"] + options, in: folder)
}
