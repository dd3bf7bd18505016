// Where results go: files that are whole or not there, and pipes that nobody reads.

import Foundation
import MixedModels
import Testing

@Suite struct OutputTests {
    @Test func outputFileHoldsWhatWouldBePrinted() throws {
        let folder = try TemporaryFolder()
        let formula = "Yield ~ 1 + (1 | Batch)"
        let printed = try CommandRun(["fit", formula, "@dyestuff"], in: folder)
        let written = try CommandRun(["fit", formula, "@dyestuff", "-o", "out.txt"], in: folder)
        #expect(written.status == 0)
        #expect(written.output == "")
        #expect(try folder.text("out.txt") == printed.output)
        #expect(try folder.names() == ["out.txt"])
    }

    @Test func formatFollowsTheNameOfTheFile() throws {
        let folder = try TemporaryFolder()
        _ = try CommandRun(["fit", "Yield ~ 1 + (1 | Batch)", "@dyestuff", "-o", "out.json"], in: folder)
        #expect(try JSONValue(parsing: folder.text("out.json"))["nobs"]?.integer == 30)
        _ = try CommandRun(
            ["fit", "Yield ~ 1 + (1 | Batch)", "@dyestuff", "-o", "a.json", "--format", "csv"], in: folder)
        #expect(try folder.text("a.json").hasPrefix("effect,"))
    }

    @Test(arguments: ["--output", "--save"])
    func folderThatDoesNotExist(_ option: String) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", "Yield ~ 1", "@dyestuff", option, "no/such/out.txt"], in: folder)
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(
            run.errors == """
                error: no/such/out.txt: cannot be written: the folder no/such/ does not exist
                  hint: make it first: mkdir -p 'no/such/'

                """)
        #expect(try folder.names() == [])
    }

    @Test(arguments: ["--output", "--save"])
    func folderAsOutput(_ option: String) throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", "Yield ~ 1", "@dyestuff", option, "."], in: folder)
        #expect(run.status == 1)
        #expect(run.errors == "error: .: this is a folder; name a file in it\n")
    }

    @Test(arguments: ["--output", "--save"])
    func dataIsNotOverwritten(_ option: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        let run = try CommandRun(["fit", "score ~ hours", "data.csv", option, "./data.csv"], in: folder)
        #expect(run.status == 1)
        #expect(run.errors == "error: \(option) ./data.csv: this is the file that is read; choose another name\n")
        #expect(try folder.text("data.csv") == SmallData.schools)
    }

    @Test func modelAndResultsInOneFile() throws {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["fit", "Yield ~ 1", "@dyestuff", "-o", "a", "--save", "a"], in: folder)
        #expect(run.status == 1)
        #expect(run.firstError == "error: --save and --output name the same file: choose different names")
        #expect(try folder.names() == [])
    }

    @Test func nothingIsLeftWhenTheFitFails() throws {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        try folder.write("before", to: "out.txt")
        let run = try CommandRun(
            ["fit", "score ~ hours + (1 | pupil)", "data.csv", "-o", "out.txt", "--save", "m.mixed"], in: folder)
        #expect(run.status == 1)
        #expect(try folder.names() == ["data.csv", "out.txt"])
        #expect(try folder.text("out.txt") == "before")
    }

    @Test func aReaderThatGoesAwayIsNoError() throws {
        let folder = try TemporaryFolder()
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/bash")
        shell.arguments = [
            "-c",
            "\"$0\" examples insteval | head -n 1; echo ${PIPESTATUS[0]};"
                + "\"$0\" fit 'Yield ~ 1 + (1 | Batch)' @dyestuff --save m.mixed | true; echo ${PIPESTATUS[0]}",
            try CommandRun.program().path,
        ]
        shell.currentDirectoryURL = folder.url
        shell.standardOutput = try folder.newFile("output")
        shell.standardError = try folder.newFile("errors")
        try shell.run()
        shell.waitUntilExit()
        #expect(try folder.text("output") == "s,d,studage,lectage,service,dept,y\n0\n0\n")
        #expect(try folder.text("errors") == "")
        #expect(try folder.names().contains("m.mixed"))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDevice() throws {
        let run = try CommandRun(["fit", "Yield ~ 1 + (1 | Batch)", "@dyestuff", "-o", "/dev/full"])
        #expect(run.status == 1)
        #expect(run.firstError == "error: /dev/full: cannot be written (No space left on device)")
    }
}
