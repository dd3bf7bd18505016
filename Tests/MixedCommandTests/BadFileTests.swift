// Files that hold no usable table: each is refused in a sentence that says where and what to do.

import Testing

@Suite struct BadFileTests {
    private func expectError(
        _ run: CommandRun, _ errors: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(run.status == 1, sourceLocation: sourceLocation)
        #expect(run.output == "", sourceLocation: sourceLocation)
        #expect(run.errors == errors + "\n", sourceLocation: sourceLocation)
    }

    @Test func emptyFile() throws {
        expectError(try fit("y ~ x", ""), "error: data.csv: the file is empty")
    }

    @Test func emptyStandardInput() throws {
        expectError(try CommandRun(["fit", "y ~ x", "-"]), "error: standard input: the file is empty")
    }

    @Test func headerOnly() throws {
        expectError(try fit("y ~ x", "y,x\n"), "error: data.csv: the file has a header but no rows")
    }

    @Test func raggedRow() throws {
        expectError(
            try fit("y ~ x", "y,x,g\n1,2,a\n2,3\n3,4,b\n"),
            """
            error: data.csv:3: row 2 has 2 fields where 3 are expected
              hint: correct the row, quote fields that hold the delimiter, or name the right one with --delimiter
            """)
    }

    @Test func unterminatedQuote() throws {
        expectError(
            try fit("y ~ x", "y,x,g\n1,2,a\n2,3,\"b\n3,4,b\n"),
            """
            error: data.csv:3: the quote " that opens here is never closed
              hint: close it, or write a quote inside a quoted field twice ("")
            """)
    }

    @Test func binaryFile() throws {
        let folder = try TemporaryFolder()
        try folder.write([0x50, 0x4B, 0x03, 0x04, 0, 0, 1, 2, 3, 0, 0, 0xFF, 0xFE, 0], to: "data.xlsx")
        let run = try CommandRun(["fit", "y ~ x", "data.xlsx"], in: folder)
        #expect(run.status == 1)
        #expect(run.firstError.hasPrefix("error: data.xlsx: this is not a text file; it looks like "))
        #expect(run.errors.hasSuffix("\n  hint: save the data as comma-separated text (.csv) first\n"))
    }

    @Test func latin1File() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("y,g\n1,M".utf8) + [0xFC] + Array("nchen\n2,Ulm\n4,Ulm\n".utf8), to: "data.csv")
        expectError(
            try CommandRun(["fit", "y ~ g", "data.csv"], in: folder),
            """
            error: data.csv:2: the column 'g' holds text that is not UTF-8
              hint: save the file as UTF-8, or add --encoding latin1
            """)
        let read = try CommandRun(["fit", "y ~ g", "data.csv", "--encoding", "latin1"], in: folder)
        #expect(read.status == 0)
        #expect(read.output.contains("gUlm"))
    }

    @Test func missingFile() throws {
        expectError(
            try CommandRun(["fit", "y ~ x", "nothing-like-it.csv"]),
            "error: nothing-like-it.csv: there is no such file")
        let folder = try TemporaryFolder()
        try folder.write("", to: "pupils.csv")
        expectError(
            try CommandRun(["fit", "y ~ x", "pupil.csv"], in: folder),
            "error: pupil.csv: there is no such file; did you mean 'pupils.csv'?")
        expectError(
            try CommandRun(["fit", "y ~ x", "sleepstudy"]),
            "error: sleepstudy: there is no such file; the data set that comes with mixed is @sleepstudy")
    }

    @Test func folderAsFile() throws {
        expectError(try CommandRun(["fit", "y ~ x", "/"]), "error: /: this is a folder; name a file in it")
    }

    @Test func duplicateColumnNames() throws {
        expectError(
            try fit("y ~ x", "y,x,y\n1,2,3\n2,5,4\n"),
            "error: data.csv: the columns 1 and 3 are both called 'y': rename one of them")
    }

    @Test func truncatedGzip() throws {
        let run = try CommandRun(["examples", "sleepstudy"])
        #expect(run.status == 0)
        let folder = try TemporaryFolder()
        try folder.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B], to: "data.csv.gz")
        let broken = try CommandRun(["fit", "y ~ x", "data.csv.gz"], in: folder)
        #expect(broken.status == 1)
        #expect(broken.firstError.hasPrefix("error: data.csv.gz: the gzip file is damaged"))
    }

    @Test func unknownBundledData() throws {
        expectError(
            try CommandRun(["fit", "y ~ x", "@sleepstud"]),
            """
            error: There is no data set '@sleepstud' among those that come with mixed
              hint: did you mean '@sleepstudy'?
            """)
        let far = try CommandRun(["fit", "y ~ x", "@q"])
        #expect(far.status == 1)
        #expect(far.errors.contains("hint: there are @cake, @cbpp, @dyestuff"))
    }
}
