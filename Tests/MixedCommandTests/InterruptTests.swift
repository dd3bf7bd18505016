// Ctrl-C in the midst of work, and what comes after it.

import Foundation
import MixedModels
import Testing

/// Crossed ratings that take a few seconds to fit exactly.
private enum SlowRatings {
    static let formula = "y ~ x + (1 | user) + (1 | item)"

    static let text: String = {
        var state: UInt64 = 20_241
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        let users = (0..<1_900).map { _ in uniform() + uniform() - 1 }
        let items = (0..<1_700).map { _ in uniform() + uniform() - 1 }
        var lines = ["y,x,user,item"]
        for _ in 0..<12_000 {
            let (user, item) = (Int(uniform() * 1_900), Int(uniform() * 1_700))
            let x = uniform()
            let y = 3 + 0.5 * x + 2 * users[user] + 3 * items[item] + uniform() + uniform() - 1
            lines.append("\(y),\(x),u\(user),i\(item)")
        }
        return lines.joined(separator: "\n") + "\n"
    }()
}

@Suite struct InterruptTests {
    /// Runs `mixed` and interrupts it after a while, which may be before or after it has ended.
    private func interrupted(
        _ arguments: [String], in folder: TemporaryFolder, after seconds: Double
    ) throws -> (status: Int32, output: String, errors: String)? {
        let process = Process()
        process.executableURL = try CommandRun.program()
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try folder.newFile("output.txt")
        process.standardError = try folder.newFile("errors.txt")
        try process.run()
        Thread.sleep(forTimeInterval: seconds)
        if process.isRunning { process.interrupt() }
        process.waitUntilExit()
        // Before the program has begun to catch it, Ctrl-C ends it as any other.
        guard process.terminationReason == .exit else { return nil }
        return (process.terminationStatus, try folder.text("output.txt"), try folder.text("errors.txt"))
    }

    @Test(arguments: [0.0, 0.3, 1.0, 2.0])
    func aFitIsReportedSavedAndResumed(after seconds: Double) throws {
        let folder = try TemporaryFolder()
        try folder.write(SlowRatings.text, to: "ratings.csv")
        let run = try interrupted(
            ["fit", SlowRatings.formula, "ratings.csv", "--solver", "exact", "--save", "m.mixed"], in: folder,
            after: seconds)
        let left = try folder.names()
        #expect(!left.contains { $0.hasSuffix(".part") })
        guard let run else { return }
        #expect(!run.errors.contains("\u{1B}") && !run.output.contains("\u{1B}"))
        guard run.status == 130 else {
            #expect(run.status == 0 && run.output.contains("Certified optimum"))
            return
        }
        guard left.contains("m.mixed") else {
            // It was too early for any estimates.
            #expect(run.output.isEmpty && run.errors.contains("interrupted"))
            return
        }
        #expect(run.output.contains("Not converged: the search was interrupted"))
        #expect(run.output.contains("mixed fit --resume m.mixed"))
        let resumed = try CommandRun(["fit", "--resume", "m.mixed", "--format", "json"], in: folder)
        #expect(resumed.status == 0)
        #expect(try resumed.json()["status"]?.string == "converged")
    }

    @Test func aPipeThatIsWaitedForIsLeft() throws {
        let process = Process()
        process.executableURL = try CommandRun.program()
        process.arguments = ["fit", "y ~ x + (1 | g)", "-"]
        let pipe = Pipe()
        let errors = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        pipe.fileHandleForWriting.write(Data("y,x,g\n1,2,a\n".utf8))
        Thread.sleep(forTimeInterval: 0.3)
        process.interrupt()
        // Where interrupts are ignored, the end of the pipe ends it.
        Thread.sleep(forTimeInterval: 0.5)
        try pipe.fileHandleForWriting.close()
        process.waitUntilExit()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        guard process.terminationReason == .exit else { return }
        #expect(process.terminationStatus != 0)
        #expect(text.hasPrefix("error: "))
        #expect(process.terminationStatus != 130 || text.contains("standard input: reading was interrupted"))
    }

    @Test func nothingIsShownWhereErrorsAreNoTerminal() throws {
        let folder = try TemporaryFolder()
        try folder.write(SlowRatings.text, to: "ratings.csv")
        let run = try CommandRun(
            ["fit", SlowRatings.formula, "ratings.csv", "--solver", "exact", "--format", "json"], in: folder)
        #expect(run.status == 0)
        #expect(!run.errors.contains("Fitting") && !run.errors.contains("\r"))
    }
}
