// `mixed simulate` as a person runs it.

import MixedModels
import Testing

@Suite struct SimulateCommandTests {
    private func folderWithModel() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        let run = try CommandRun(
            ["fit", "score ~ hours + (1 | school)", "data.csv", "--save", "m.mixed", "--quiet"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return folder
    }

    @Test func besideTheData() throws {
        let folder = try folderWithModel()
        let run = try CommandRun(
            ["simulate", "m.mixed", "data.csv", "--replicates", "3", "--seed", "4", "-o", "s.csv"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == "")
        let table = try DataTable(contentsOf: folder.path("s.csv"))
        #expect(table.rowCount == 20)
        #expect(
            table.columnNames == [
                "school", "pupil", "score", "hours", "sex", "SES", "size", "sim_1", "sim_2", "sim_3",
            ])
        let again = try CommandRun(
            ["simulate", "m.mixed", "data.csv", "--replicates", "3", "--seed", "4", "--quiet"], in: folder)
        #expect(again.output == (try folder.text("s.csv")))
        #expect(again.errors == "")
    }

    @Test func aloneAndConditional() throws {
        let folder = try folderWithModel()
        let run = try CommandRun(["simulate", "m.mixed", "data.csv", "--only", "--conditional"], in: folder)
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("sim_1\n"))
        #expect(run.output.split(separator: "\n").count == 21)
    }

    @Test func missingValuesAndNewLevels() throws {
        let folder = try folderWithModel()
        try folder.write("school,hours\nnorth,2\nabroad,3\nnorth,NA\n", to: "new.csv")
        let run = try CommandRun(["simulate", "m.mixed", "new.csv"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.split(separator: "\n")[3] == "north,NA,NA")
        #expect(run.errors.contains("1 of 3 rows miss a variable of the model"))
        #expect(run.errors.contains("1 level of school that the model has not seen had random effects drawn: abroad."))
    }

    @Test func withoutData() throws {
        let folder = try folderWithModel()
        let run = try CommandRun(["simulate", "m.mixed"], in: folder)
        #expect(run.status == 1)
        #expect(
            run.firstError
                == "error: Responses are simulated for rows, and a saved model keeps no rows: name the data as well")
    }

    @Test func badInput() throws {
        let folder = try folderWithModel()
        let none = try CommandRun(["simulate", "m.mixed", "data.csv", "--replicates", "0"], in: folder)
        #expect(none.status == 1)
        #expect(none.firstError == "error: At least 1 response must be asked for, and 0 were")
        try folder.write("school,hour\nnorth,2\n", to: "lacking.csv")
        let lacking = try CommandRun(["simulate", "m.mixed", "lacking.csv"], in: folder)
        #expect(lacking.status == 1)
        #expect(lacking.errors.contains("hours"))
        try folder.write("school,hours,sim_1\nnorth,2,1\n", to: "taken.csv")
        let taken = try CommandRun(["simulate", "m.mixed", "taken.csv"], in: folder)
        #expect(taken.status == 1)
        #expect(taken.firstError == "error: The data has a column 'sim_1' already")
        let over = try CommandRun(["simulate", "m.mixed", "data.csv", "-o", "data.csv"], in: folder)
        #expect(over.status == 1)
        #expect(try folder.text("data.csv") == SmallData.schools)
    }
}
