// `mixed predict` as a person would run it.

import Foundation
import MixedModels
import Testing

@Suite struct PredictCommandTests {
    /// A folder with a model of the schools, and with new data.
    private func folder(_ formula: String = "score ~ hours + SES + (1 | school)", new: String) throws -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        try folder.write(new, to: "new.csv")
        let run = try CommandRun(["fit", formula, "data.csv", "--save", "m.mixed"], in: folder)
        try #require(run.status == 0, "\(run.errors)")
        return folder
    }

    private static let new = "school,hours,SES,note\nnorth,3,Low,\"a, b\"\nnowhere,4.5,High,c\nsouth,NA,Medium,d\n"

    @Test func theJSONHasTheColumnsOfTheDataAndThePredictions() throws {
        let folder = try folder(new: Self.new)
        let run = try CommandRun(["predict", "m.mixed", "new.csv", "--format", "json"], in: folder)
        try #require(run.status == 0, "\(run.errors)")
        let rows = try #require(try run.json()["rows"]?.elements)
        #expect(rows.count == 3)
        #expect(
            rows[0].members?.map(\.key)
                == ["school", "hours", "SES", "note", ".fitted", ".se.fit", ".lower", ".upper"])
        #expect(rows[0]["note"]?.string == "a, b")
        #expect(rows[2][".fitted"] == .null && rows[2][".lower"] == .null && rows[2]["school"]?.string == "south")
        let fitted = try #require(rows[1][".fitted"]?.number)
        let lower = try #require(rows[1][".lower"]?.number)
        let upper = try #require(rows[1][".upper"]?.number)
        #expect(lower < fitted && fitted < upper)
        #expect(run.errors.contains("1 row has no prediction because a value is missing (hours: 1)"))
    }

    @Test func groupAndPopulationDifferWhereTheGroupIsKnown() throws {
        let folder = try folder(new: Self.new)
        let population = try CommandRun(["predict", "m.mixed", "new.csv", "--format", "json"], in: folder).json()
        let run = try CommandRun(
            ["predict", "m.mixed", "new.csv", "--level", "group", "--interval", "prediction", "--format", "json"],
            in: folder)
        let group = try run.json()
        func fitted(_ json: JSONValue) -> [Double] {
            (json["rows"]?.elements ?? []).prefix(2).compactMap { $0[".fitted"]?.number }
        }
        #expect(fitted(population).count == 2)
        #expect(abs(fitted(population)[0] - fitted(group)[0]) > 0.1)
        #expect(fitted(population)[1] == fitted(group)[1])
        #expect(run.errors.contains("1 row has a level of 'school' that the model has not seen ('nowhere')"))
    }

    @Test func withoutAnIntervalThereAreNoLimits() throws {
        let folder = try folder(new: Self.new)
        let run = try CommandRun(
            ["predict", "m.mixed", "new.csv", "--interval", "none", "-o", "out.csv"], in: folder)
        #expect(run.status == 0 && run.output.isEmpty)
        let lines = try folder.text("out.csv").split(separator: "\n")
        #expect(lines[0] == "school,hours,SES,note,.fitted,.se.fit")
        #expect(lines[1].hasPrefix("north,3,Low,\"a, b\","))
        #expect(lines[3] == "south,NA,Medium,d,NA,NA")
    }

    @Test func theTextSaysWhatTheIntervalsInclude() throws {
        let folder = try folder(new: Self.new)
        let run = try CommandRun(
            ["predict", "m.mixed", "new.csv", "--interval", "prediction", "--confidence", "0.9"], in: folder)
        let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("90% prediction intervals of one new observation of a new group"))
        #expect(words.contains("Satterthwaite"))
        #expect(words.contains("Std. error"))
    }

    @Test func withoutDataItSaysThatAModelHasNoRows() throws {
        let folder = try folder(new: Self.new)
        let run = try CommandRun(["predict", "m.mixed"], in: folder)
        #expect(run.status == 1)
        #expect(run.firstError.contains("A saved model holds no rows"))
        #expect(run.errors.contains("hint: mixed predict m.mixed DATA"))
    }

    @Test(arguments: [
        ("school,SES\nnorth,Low\n", "There is no column 'hours' in new.csv"),
        ("school,hours,SES\nnorth,3,Huge\n", "'SES' has the level 'Huge' in row 1, which the model does not know"),
        (
            "school,hours,SES\nnorth,3,Low\neast,many,Low\n",
            "'hours' is text where a number is needed: row 2 has 'many'"
        ),
        ("school,hours,SES\nnorth,Inf,Low\n", "hours"),
    ])
    func newDataThatDoesNotFitIsRefused(data: String, message: String) throws {
        let folder = try folder(new: data)
        let run = try CommandRun(["predict", "m.mixed", "new.csv", "-o", "out.csv"], in: folder)
        #expect(run.status == 1)
        #expect(run.errors.contains(message), "\(run.errors)")
        let names = try folder.names()
        #expect(!names.contains("out.csv"))
    }

    @Test func aMissingGroupingFactorIsNamed() throws {
        let folder = try folder(new: "hours,SES\n3,Low\n")
        let population = try CommandRun(["predict", "m.mixed", "new.csv", "--interval", "prediction"], in: folder)
        #expect(population.status == 0, "\(population.errors)")
        let group = try CommandRun(["predict", "m.mixed", "new.csv", "--level", "group"], in: folder)
        #expect(group.status == 1)
        #expect(group.errors.contains("There is no column 'school'"))
    }

    @Test func wrongUsageIsSaid() throws {
        let folder = try folder(new: Self.new)
        for arguments in [
            ["--confidence", "1.5"], ["--level", "0.9"], ["--contrasts", "SES=sum"], ["--threads", "0"],
        ] {
            let run = try CommandRun(["predict", "m.mixed", "new.csv"] + arguments, in: folder)
            #expect(run.status == 64, "\(arguments)")
        }
    }

    @Test func theInputIsNotOverwritten() throws {
        let folder = try folder(new: Self.new)
        let run = try CommandRun(["predict", "m.mixed", "new.csv", "-o", "new.csv"], in: folder)
        #expect(run.status == 1)
        #expect(try folder.text("new.csv") == Self.new)
    }

    @Test func columnsThatAreAlreadyThereAreReplaced() throws {
        let folder = try folder(new: "school,hours,SES,.fitted\nnorth,3,Low,77\n")
        let run = try CommandRun(["predict", "m.mixed", "new.csv", "--format", "csv"], in: folder)
        let lines = run.output.split(separator: "\n")
        #expect(lines.first == "school,hours,SES,.fitted,.se.fit,.lower,.upper")
        #expect(!lines[1].contains(",77,"))
    }
}
