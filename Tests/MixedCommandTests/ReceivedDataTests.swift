// Data that come compressed or through a pipe, long enough to be read part by part.

import Foundation
import MixedModels
import Testing

@Suite struct ReceivedDataTests {
    private static let text: String = {
        var text = "y,x,g\n"
        for row in 0..<60_000 {
            text += "\(Double(row * 7919 % 1009) / 100),\(Double(row * 31 % 977) / 977),group-\(row * 17 % 203)\n"
        }
        return text
    }()

    /// What a run says of the fit, and not how long it took.
    private func answer(_ run: CommandRun) throws -> [String?] {
        #expect(run.status == 0, "\(run.errors)")
        let json = try run.json()
        return ["nobs", "criterion", "sigma", "tidy"].map { json[$0].map { "\($0)" } }
    }

    /// With `poly` all rows are needed at once: what was read to find that out is not lost.
    @Test(arguments: ["y ~ x + (1 | g)", "y ~ poly(x, 2) + (1 | g)"])
    func sameAnswerFromEverywhere(formula: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.text, to: "data.csv")
        let file = try answer(CommandRun(["fit", formula, "data.csv", "--format", "json"], in: folder))
        let input = try answer(CommandRun(["fit", formula, "-", "--format", "json"], in: folder, input: Self.text))
        #expect(input == file)
        let program = try CommandRun.program().path
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.currentDirectoryURL = folder.url
        shell.arguments = [
            "-c",
            "gzip -c data.csv > data.csv.gz && cat data.csv | \"$0\" fit \"$1\" - --format json > piped && "
                + "cat data.csv.gz | \"$0\" fit \"$1\" - --format json > packed", program, formula,
        ]
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
        for name in ["piped", "packed"] {
            let json = try JSONValue(parsing: folder.text(name))
            #expect(["nobs", "criterion", "sigma", "tidy"].map { json[$0].map { "\($0)" } } == file)
        }
        let packed = try answer(CommandRun(["fit", formula, "data.csv.gz", "--format", "json"], in: folder))
        #expect(packed == file)
    }

    @Test func standardInputIsPlannedAndCollected() throws {
        let folder = try TemporaryFolder()
        let plan = try CommandRun(["plan", "y ~ x + (1 | g)", "-", "--format", "json"], in: folder, input: Self.text)
        #expect(plan.status == 0, "\(plan.errors)")
        let cube = try CommandRun(["cube", "y ~ x + (1 | g)", "-", "-o", "data.cube"], in: folder, input: Self.text)
        #expect(cube.status == 0, "\(cube.errors)")
        let fit = try CommandRun(["fit", "y ~ x + (1 | g)", "data.cube", "--format", "json"], in: folder)
        #expect(try fit.json()["nobs"]?.number == 60_000)
    }

    @Test func aTruncatedFileIsSaid() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.text, to: "data.csv")
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.currentDirectoryURL = folder.url
        shell.arguments = ["-c", "gzip -c data.csv | head -c 100000 > cut.csv.gz"]
        try shell.run()
        shell.waitUntilExit()
        let run = try CommandRun(["fit", "y ~ x + (1 | g)", "cut.csv.gz"], in: folder)
        #expect(run.status == 1)
        #expect(run.firstError.hasPrefix("error: cut.csv.gz: the gzip file is damaged (it ends too early)"))
    }
}
