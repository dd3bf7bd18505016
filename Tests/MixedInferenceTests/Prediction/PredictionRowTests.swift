// Single rows of predictions: missing values, levels nobody knows, weights, offsets, columns that were left out.

import LinearMixedModels
import MixedDesign
import MixedInference
import MixedSyntax
import MixedTables
import MixedTestSupport
import Testing

@Suite struct PredictionRowTests {
    private func fit(_ formula: String, _ data: String, options: DesignOptions = .init()) throws -> LinearMixedModelFit
    {
        try LinearMixedModel(formula, data: PredictionGolden.data(data), options: options).fit()
    }

    @Test func theRowsOfTheDataHaveTheFittedValues() throws {
        for (formula, name) in [
            ("Reaction ~ Days + (Days | Subject)", "sleepstudy"),
            ("diameter ~ (1 | plate) + (1 | sample)", "penicillin"),
            ("yield ~ nitro * Variety + (1 | Block/Variety)", "oats"),
        ] {
            let model = try LinearMixedModel(formula, data: PredictionGolden.data(name))
            let fit = try model.fit()
            let table = try PredictionGolden.data(name)
            for level in PredictionLevel.allCases {
                let expected = fit.fittedValues(model.frame, includingRandomEffects: level == .group)
                var differences = Differences()
                let predictions = try fit.predictions(table, level: level)
                differences.compare(formula, predictions.fitted, expected, relative: 1e-12)
                #expect(differences.isEmpty, "\(differences)")
            }
        }
    }

    @Test func missingValuesKeepTheirPlace() throws {
        let fit = try fit("Reaction ~ Days + (Days | Subject)", "sleepstudy")
        let table = try DataTable(columns: [
            Column("Days", .double([1, .nan, 3, 4])), Column("Subject", .texts(["308", "308", "309", "nobody"])),
        ])
        for interval in PredictionInterval.allCases {
            let predictions = try fit.predictions(table, level: .group, interval: interval, standardErrors: true)
            #expect(predictions.fitted.map(\.isNaN) == [false, true, false, false])
            #expect(predictions.standardErrors?.map(\.isNaN) == [false, true, false, false])
            #expect(predictions.incompleteRowCount == 1)
            #expect(predictions.incomplete == [DroppedRows(column: "Days", count: 1)])
            #expect(predictions.newLevels.first?.examples == ["nobody"])
            if interval != .none {
                #expect(predictions.upperLimits?.map(\.isNaN) == [false, true, false, false])
            }
        }
        let single = try DataTable(columns: [Column("Days", .double([3])), Column("Subject", .texts(["309"]))])
        let alone = try fit.predictions(single, level: .group, interval: .prediction)
        let together = try fit.predictions(table, level: .group, interval: .prediction)
        #expect(alone.lowerLimits?[0] == together.lowerLimits?[2])
    }

    @Test func aMissingLevelIsToldFromANewOne() throws {
        let fit = try fit("Reaction ~ Days + (1 | Subject)", "sleepstudy")
        let table = try DataTable(columns: [
            Column("Days", .double([1, 2, 3])),
            Column(
                "Subject",
                .categorical(CategoricalValues(codes: [0, -1, 1], levels: ["308", "new"], kind: .text))),
        ])
        let predictions = try fit.predictions(table, level: .group, interval: .confidence)
        let new = try #require(predictions.newLevels.first)
        #expect(new.rowCount == 2 && new.missingCount == 1 && new.levelCount == 1 && new.examples == ["new"])
        #expect(predictions.remarks.contains { $0.hasPrefix("1 row has no level of 'Subject'") })
        #expect(predictions.fitted.filter(\.isNaN).isEmpty)
    }

    @Test func populationPredictionsNeedNoGroups() throws {
        let fit = try fit("Reaction ~ Days + (Days | Subject)", "sleepstudy")
        let table = try DataTable(columns: [Column("Days", .double([2]))])
        for interval in PredictionInterval.allCases {
            let predictions = try fit.predictions(table, interval: interval)
            #expect(isClose(predictions.fitted[0], fit.coefficients[0] + 2 * fit.coefficients[1]))
        }
        #expect(throws: PredictionError.self) { try fit.predictions(table, level: .group) }
    }

    @Test func weightsDivideTheResidualVariance() throws {
        let data = try PredictionGolden.data("sleepstudy")
        let weighted = try data.replacing(Column("w", .double((0..<180).map { 1 + Double($0 % 3) })))
        let options = DesignOptions(weights: try TableExpression(parsing: "w"))
        let fit = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: weighted, options: options).fit()
        let columns = [Column("Days", .double([2, 2])), Column("Subject", .texts(["308", "308"]))]
        let with = try DataTable(columns: columns + [Column("w", .double([1, 4]))])
        let without = try DataTable(columns: columns)
        let sigma = fit.residualStandardDeviation
        let first = try fit.predictions(with, level: .group, interval: .prediction)
        let error = try #require(first.standardErrors?[0])
        let margins = zip(first.upperLimits ?? [], first.fitted).map { $0 - $1 }
        #expect(
            isClose(
                margins[1] / margins[0],
                ((error * error + sigma * sigma / 4) / (error * error + sigma * sigma)).squareRoot()))
        #expect(first.limits?.usesWeights == true)
        let second = try fit.predictions(without, level: .group, interval: .prediction)
        #expect(second.limits?.lacksWeights == true)
        #expect(second.upperLimits?[1] == first.upperLimits?[0])
        let bad = try DataTable(columns: columns + [Column("w", .double([1, 0]))])
        #expect(throws: PredictionError.self) { try fit.predictions(bad, level: .group, interval: .prediction) }
        // Weights do not matter where no observation is predicted.
        #expect(throws: Never.self) { try fit.predictions(bad, level: .group, interval: .confidence) }
    }

    @Test func offsetsAreAdded() throws {
        let data = try PredictionGolden.data("sleepstudy")
        let fit = try LinearMixedModel("Reaction ~ Days + offset(10 * Days) + (1 | Subject)", data: data).fit()
        let plain = try LinearMixedModel("Reaction ~ Days + (1 | Subject)", data: data).fit()
        let table = try DataTable(columns: [Column("Days", .double([0, 3])), Column("Subject", .texts(["308", "x"]))])
        for level in PredictionLevel.allCases {
            var differences = Differences()
            differences.compare(
                "offset", try fit.predictions(table, level: level).fitted,
                try plain.predictions(table, level: level).fitted, relative: 1e-8)
            #expect(differences.isEmpty, "\(differences)")
        }
    }

    @Test func columnsThatWereLeftOutMustFollowFromTheOthers() throws {
        let data = try PredictionGolden.data("sleepstudy")
        let days = try #require(data["Days"]).values.doubles(named: "Days")
        let doubled = try data.replacing(Column("double", .double(days.map { 2 * $0 + 1 })))
        let fit = try LinearMixedModel("Reaction ~ Days + double + (1 | Subject)", data: doubled).fit()
        #expect(fit.aliasedNames == ["double"])
        let table = try DataTable(columns: [
            Column("Days", .double([1, 2, 2])), Column("double", .double([3, 5, 6])),
        ])
        let predictions = try fit.predictions(table, interval: .confidence)
        #expect(predictions.fitted.map(\.isNaN) == [false, false, true])
        #expect(predictions.inestimableRowCount == 1)
        #expect(predictions.remarks.count == 1)
    }

    @Test func threadsAndBatchesDoNotChangeABit() throws {
        let fit = try fit("Reaction ~ Days + (Days | Subject)", "sleepstudy")
        var generator = SeededGenerator(seed: 1)
        let rows = 20_000
        let levels = fit.randomEffects[0].levels + ["new"]
        let codes = (0..<rows).map { _ in Int32.random(in: 0..<19, using: &generator) }
        let table = try DataTable(columns: [
            Column("Days", .double((0..<rows).map { Double($0 % 11) / 3 })),
            Column("Subject", .categorical(CategoricalValues(codes: codes, levels: levels, kind: .text))),
        ])
        for level in PredictionLevel.allCases {
            let one = try fit.predictions(table, level: level, interval: .prediction, threads: 1)
            let two = try fit.predictions(table, level: level, interval: .prediction, threads: 2)
            #expect(one.fitted == two.fitted)
            #expect(one.lowerLimits == two.lowerLimits)
            let last = table.selecting(rows: [rows - 1])
            #expect(
                try fit.predictions(last, level: level, interval: .prediction).upperLimits?[0] == one.upperLimits?.last)
        }
    }

    @Test(arguments: [0.0, 1, -0.5, .nan, .infinity]) func impossibleLevelsAreRefused(confidence: Double) throws {
        let fit = try fit("Reaction ~ Days + (1 | Subject)", "sleepstudy")
        let table = try DataTable(columns: [Column("Days", .double([2]))])
        #expect(throws: PredictionError.self) {
            try fit.predictions(table, interval: .confidence, confidence: confidence)
        }
    }

    @Test func anEmptyTableHasNoPredictions() throws {
        let fit = try fit("Reaction ~ Days + (1 | Subject)", "sleepstudy")
        let table = try DataTable(columns: [Column("Days", .double([])), Column("Subject", .double([]))])
        let predictions = try fit.predictions(table, level: .group, interval: .prediction)
        #expect(predictions.fitted.isEmpty && predictions.upperLimits == [])
    }

    @Test func whatIsWrongWithATableIsSaid() throws {
        let fit = try fit("yield ~ nitro + Variety + (1 | Block)", "oats")
        func message(_ columns: [Column]) throws -> String {
            let table = try DataTable(columns: columns)
            let error = #expect(throws: PredictionError.self) { try fit.predictions(table) }
            return error?.description ?? ""
        }
        let variety = Column("Variety", .texts(["Victory"]))
        #expect(try message([variety]).contains("There is no column 'nitro'"))
        #expect(
            try message([Column("nitro", .texts(["much"])), variety]).contains(
                "'nitro' is text where a number is needed"))
        #expect(
            try message([Column("nitro", .double([0.2])), Column("Variety", .texts(["Wheat"]))])
                .contains("'Variety' has the level 'Wheat' in row 1, which the model does not know"))
    }
}
