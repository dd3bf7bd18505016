// The options that say how data is read and recoded, each by what it changes in the result.

import MixedModels
import Testing

@Suite struct DataOptionTests {
    private func json(_ formula: String, _ data: String, _ options: String...) throws -> JSONValue {
        let folder = try TemporaryFolder()
        try folder.write(data, to: "data.csv")
        let run = try CommandRun(["fit", formula, "data.csv", "--format", "json"] + options, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return try run.json()
    }

    private func terms(_ json: JSONValue) -> [String] {
        json["tidy"]?.elements?.compactMap { $0["term"]?.string } ?? []
    }

    private func estimates(_ json: JSONValue) -> [Double] {
        json["tidy"]?.elements?.compactMap { $0["estimate"]?.number } ?? []
    }

    @Test(arguments: [
        ("tab", "\t"), ("\\t", "\t"), ("semicolon", ";"), (";", ";"), ("comma", ","), ("space", " "), ("|", "|"),
        ("#", "#"),
    ])
    func delimiter(_ name: String, _ character: String) throws {
        let text = SmallData.schools.replacing(",", with: character)
        let result = try json("score ~ hours + (1 | school)", text, "--delimiter", name)
        #expect(result["nobs"]?.integer == 20)
        #expect(try estimates(result) == estimates(json("score ~ hours + (1 | school)", SmallData.schools)))
    }

    @Test func unusableDelimiter() throws {
        let run = try fit("score ~ hours", SmallData.schools, "--delimiter", "ab")
        #expect(run.status == 64)
        #expect(run.errors.contains("--delimiter"))
    }

    @Test func standardInput() throws {
        let run = try CommandRun(["fit", "score ~ hours", "-", "--format", "json"], input: SmallData.schools)
        #expect(run.status == 0)
        #expect(try run.json()["nobs"]?.integer == 20)
        let bad = try CommandRun(["fit", "score ~ hour", "-"], input: SmallData.schools)
        #expect(bad.firstError == "error: There is no column 'hour' in standard input")
    }

    @Test func missingCodes() throws {
        let data = SmallData.schools(row: 2, "hours", is: "-999").replacing(",21,", with: ",unknown,")
        let result = try json("score ~ hours", data, "--na", "-999", "--na", "unknown")
        #expect(result["nobs"]?.integer == 18)
        #expect(result["dropped"]?.integer == 2)
    }

    @Test func conditions() throws {
        let result = try json("score ~ hours", SmallData.schools, "--where", "hours > 2 & sex == 'm'")
        #expect(result["nobs"]?.integer == 10)
        let both = try json("score ~ hours", SmallData.schools, "--where", "hours > 2", "--where", "sex == 'm'")
        #expect(estimates(both) == estimates(result))
    }

    @Test func mutationsInOrderAndBeforeConditions() throws {
        let result = try json(
            "lscore ~ twice", SmallData.schools, "--mutate", "half = hours / 2", "--mutate", "twice = half * 4",
            "--mutate", "lscore=log(score)", "--where", "twice > 5")
        #expect(terms(result) == ["(Intercept)", "twice"])
        let same = try json("log(score) ~ I(hours * 2)", SmallData.schools, "--where", "hours * 2 > 5")
        #expect(zip(estimates(result), estimates(same)).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func factors() throws {
        let result = try json("score ~ hours", SmallData.schools, "--factor", "hours")
        #expect(terms(result) == ["(Intercept)", "hours3", "hours4", "hours5", "hours6", "hours8", "hours9"])
        let two = try json("score ~ sex + size", SmallData.schools, "--factor", "sex, size")
        #expect(terms(two) == ["(Intercept)", "sexm", "size150", "size200", "size250", "size300"])
    }

    @Test func levels() throws {
        let result = try json("score ~ SES", SmallData.schools, "--levels", "SES=Medium,High,Low")
        #expect(terms(result) == ["(Intercept)", "SESHigh", "SESLow"])
        #expect(result["warnings"]?.elements?.isEmpty == true)
    }

    @Test func levelsThatAreNotListed() throws {
        let run = try fit("score ~ SES", SmallData.schools, "--levels", "SES = Low, High, Hgh")
        #expect(run.status == 0)
        #expect(
            run.errors == """
                note: --levels: 10 values of 'SES' not among the levels given, now missing ("Medium": 10).
                note: --levels: no row of 'SES' has the level "Hgh".
                note: 10 of 20 rows left out because a value is missing (SES: 10).

                """)
        let misspelt = try fit("score ~ SES", SmallData.schools, "--levels", "SES=low,Medium,High")
        #expect(misspelt.errors.contains("no row of 'SES' has the level \"low\". Did you mean \"Low\"?"))
    }

    @Test func oddNames() throws {
        let data = SmallData.schools.replacing("SES", with: "\"social, class\"").replacing("Low", with: "\"Low, very\"")
        let result = try json(
            "score ~ `social, class`", data, "--levels", "`social, class`=Medium,\"Low, very\",'High'")
        #expect(terms(result) == ["(Intercept)", "`social, class`Low, very", "`social, class`High"])
        #expect(result["nobs"]?.integer == 20)
    }

    @Test(arguments: [
        ("sum", ["(Intercept)", "SES1", "SES2"]), ("helmert", ["(Intercept)", "SES1", "SES2"]),
        ("poly", ["(Intercept)", "SES.L", "SES.Q"]), ("treatment", ["(Intercept)", "SESLow", "SESMedium"]),
        ("treatment(Medium)", ["(Intercept)", "SESHigh", "SESLow"]),
    ])
    func contrasts(_ name: String, _ expected: [String]) throws {
        #expect(terms(try json("score ~ SES", SmallData.schools, "--contrasts", "SES=\(name)")) == expected)
    }

    @Test func unknownReferenceLevel() throws {
        let run = try fit("score ~ SES", SmallData.schools, "--contrasts", "SES=treatment(Lo)")
        #expect(run.status == 1)
        #expect(run.errors.contains("Lo"))
        #expect(run.errors.contains("SES"))
    }

    @Test func weightsAndOffset() throws {
        let weighted = try json("score ~ hours", SmallData.schools, "--weights", "size / 100")
        #expect(estimates(weighted) != estimates(try json("score ~ hours", SmallData.schools)))
        // An offset of -2 hours raises the coefficient of hours by 2.
        let shifted = try json("score ~ hours", SmallData.schools, "--offset", "-2 * hours")
        let plain = try json("score ~ hours", SmallData.schools)
        #expect(abs(estimates(shifted)[1] - estimates(plain)[1] - 2) < 1e-9)
    }

    @Test func aDotStandsForAllOtherColumns() throws {
        let result = try json("score ~ . - pupil - school + (1 | school)", SmallData.schools)
        #expect(terms(result).contains("SESMedium"))
        #expect(terms(result).contains("hours"))
        #expect(terms(result).contains("sexm"))
    }

    @Test func onlyNeededColumnsAreRead() throws {
        // The column 'note' has quotes that are wrong only if it is looked at as a number; unused it does no harm.
        let data = SmallData.schools.split(separator: "\n").enumerated().map { index, line in
            line + (index == 0 ? ",note" : ",text \(index)")
        }.joined(separator: "\n")
        #expect(try json("score ~ hours", data)["nobs"]?.integer == 20)
        let run = try fit("score ~ nite", data)
        #expect(run.errors.contains("did you mean 'note'?"))
    }

    @Test func compressedFile() throws {
        let run = try CommandRun([
            "fit", "y ~ service + (1 | d)", "@insteval", "--where", "dept == 1", "--format", "json",
        ])
        #expect(run.status == 0)
        #expect((try run.json()["nobs"]?.integer ?? 0) > 1000)
    }
}
