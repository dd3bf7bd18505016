// Values that a model cannot be fitted to: errors name the row and the value, notes say what is doubtful.

import Testing

@Suite struct BadDataTests {
    private func expectError(
        _ run: CommandRun, _ errors: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(run.status == 1, sourceLocation: sourceLocation)
        #expect(run.output == "", sourceLocation: sourceLocation)
        #expect(run.errors == errors + "\n", sourceLocation: sourceLocation)
    }

    @Test func textAsResponse() throws {
        expectError(
            try fit("score ~ hours", SmallData.schools(row: 3, "score", is: "n/a")),
            """
            error: The response 'score' is text, not numbers: row 3 has 'n/a'
              score ~ hours
              ^~~~~
              hint: correct the value, or declare it as missing: --na 'n/a'
            """)
        let declared = try fit("score ~ hours", SmallData.schools(row: 3, "score", is: "n/a"), "--na", "n/a")
        #expect(declared.status == 0)
        #expect(declared.errors == "note: 1 of 20 rows left out because a value is missing (score: 1).\n")
    }

    @Test func textInACalculation() throws {
        let run = try fit("score ~ log(hours)", SmallData.schools(row: 7, "hours", is: "3h"))
        #expect(run.status == 1)
        #expect(run.errors.contains("'hours' holds text where a number is needed: row 7 is \"3h\""))
        #expect(run.errors.contains("\n            ^~~~~\n") || run.errors.contains("^~~~~"))
    }

    @Test func textAsWeights() throws {
        let run = try fit("score ~ hours", SmallData.schools, "--weights", "sex")
        #expect(run.status == 1)
        #expect(run.firstError == "error: 'sex' is text where a number is needed: row 1 has 'f'")
    }

    @Test func constantResponse() throws {
        expectError(
            try fit("size ~ hours + (1 | sex)", SmallData.schools, "--where", "school == 'north'"),
            "error: The response 'size' has the same value, 100, in every row that is used: there is nothing to explain"
        )
    }

    @Test func responseThatIsAllMissing() throws {
        expectError(
            try fit("y ~ x", "y,x\nNA,1\nNA,2\n,3\n"),
            "error: The response 'y' is missing in all 3 rows")
    }

    @Test func noRowsLeft() throws {
        expectError(
            try fit("y ~ x", "y,x\nNA,1\n3,NA\n4,NA\n"),
            """
            error: No row is left: each of the 3 rows misses a value ('x' in 2, 'y' in 1)
              hint: leave out a column that is mostly missing
            """)
    }

    @Test func infiniteValue() throws {
        expectError(
            try fit("score ~ hours", SmallData.schools(row: 9, "hours", is: "Inf")),
            """
            error: 'hours' is infinite in row 9
              hint: correct the value, or make it missing (NA)
            """)
    }

    @Test func logarithmOfZero() throws {
        let run = try fit("score ~ log(hours)", SmallData.schools(row: 9, "hours", is: "0"))
        #expect(run.status == 1)
        #expect(run.firstError == "error: 'log(hours)' is infinite in row 9")
    }

    @Test func rowNumbersAreThoseOfTheFile() throws {
        expectError(
            try fit(
                "score ~ hours", SmallData.schools(row: 9, "hours", is: "Inf"), "--where", "school != 'north'",
                "--where", "school != 'south'"),
            """
            error: 'hours' is infinite in row 1
              hint: row 1 of those that --where keeps is row 9 of data.csv; correct the value, or make it missing (NA)
            """)
    }

    @Test func groupingFactorWithOneLevel() throws {
        expectError(
            try fit("score ~ hours + (1 | school)", SmallData.schools, "--where", "school == 'east'"),
            """
            error: The grouping factor 'school' has only one level, 'east': a variance between levels needs several
              score ~ hours + (1 | school)
                              ^~~~~~~~~~~~
            """)
    }

    @Test func asManyLevelsAsRows() throws {
        expectError(
            try fit("score ~ hours + (1 | pupil)", SmallData.schools),
            """
            error: The grouping factor 'pupil' has as many levels as there are rows (20): its variance cannot be told from the residuals'
              score ~ hours + (1 | pupil)
                              ^~~~~~~~~~~
            """)
    }

    @Test func moreRandomEffectsThanRows() throws {
        let run = try fit("score ~ hours + (hours + sex + size + SES | school)", SmallData.schools)
        #expect(run.status == 1)
        #expect(
            run.firstError
                == "error: The random term has 30 effects (5 levels × 6 columns) but there are only 20 rows: its variances cannot be told from the residuals'"
        )
    }

    @Test func factorWithOneLevel() throws {
        expectError(
            try fit("score ~ sex", SmallData.schools, "--where", "sex == 'f'"),
            """
            error: The factor 'sex' has only one level in the rows that are used, 'f': there is nothing to compare it with
              score ~ sex
                      ^~~
              hint: leave it out of the formula
            """)
    }

    @Test(arguments: ["0", "-2"])
    func weightsThatAreNotPositive(_ weight: String) throws {
        expectError(
            try fit("score ~ hours", SmallData.schools(row: 4, "size", is: weight), "--weights", "size"),
            """
            error: The weights 'size' must be positive: row 4 has \(weight)
              hint: leave out rows of weight zero
            """)
    }

    @Test func asManyCoefficientsAsRows() throws {
        let run = try fit("score ~ factor(pupil)", SmallData.schools)
        #expect(run.status == 1)
        #expect(
            run.errors
                == "error: The model has 20 coefficients for 20 rows: nothing is left to estimate the residual variance from; leave out terms\n"
        )
    }

    @Test func responseThatIsReproducedExactly() throws {
        let run = try fit("z ~ hours", SmallData.schools, "--mutate", "z = 2 * hours + 1")
        #expect(run.status == 1)
        #expect(run.firstError.contains("reproduces the response exactly"))
    }
}

@Suite struct DataNoteTests {
    @Test func fewLevels() throws {
        let run = try fit("score ~ hours + (1 | sex)", SmallData.schools)
        #expect(run.status == 0)
        #expect(
            run.errors.contains(
                "note: 'sex' has only 2 levels: the variance between them is estimated from 2 values and is uncertain; a fixed effect may serve better.\n"
            ))
    }

    @Test func continuousGrouping() throws {
        let run = try fit("score ~ sex + (1 | weight)", SmallData.schools, "--mutate", "weight = hours / 4")
        #expect(run.status == 0)
        #expect(
            run.errors.contains(
                "note: The grouping factor 'weight' has 7 distinct values that are not whole numbers: it looks like a measurement rather than a group.\n"
            ))
    }

    @Test func slopeOfAConstant() throws {
        let run = try fit("score ~ hours + (one | school)", SmallData.schools, "--mutate", "one = 0 * hours + 1")
        #expect(run.status == 0)
        #expect(
            run.errors.contains(
                "note: The random slope of 'one' by 'school': the column is constant, so its effect cannot vary; leave it out.\n"
            ))
    }

    @Test func slopeThatIsConstantWithinGroups() throws {
        let run = try fit("score ~ hours + (size | school)", SmallData.schools)
        #expect(run.status == 0)
        #expect(run.errors.contains("note: The random slope of 'size' by 'school': within each level the column has a"))
    }

    @Test func droppedRowsAreCountedByColumn() throws {
        let data = SmallData.schools(row: 4, "score", is: "NA")
        let run = try fit("score ~ hours + (1 | school)", data)
        #expect(run.status == 0)
        #expect(run.errors.contains("note: 1 of 20 rows left out because a value is missing (score: 1).\n"))
        #expect(run.output.contains("19"))
    }

    @Test func columnsThatAreLeftOut() throws {
        let run = try fit("score ~ hours + twice", SmallData.schools, "--mutate", "twice = 2 * hours")
        #expect(run.status == 0)
        #expect(
            run.errors == "note: 'twice' is determined by the columns before it, and left out of the model.\n")
    }

    @Test func singularFit() throws {
        let run = try CommandRun(["fit", "Yield ~ 1 + (1 | Batch)", "@dyestuff2"])
        #expect(run.status == 0)
        #expect(
            run.errors
                == "note: singular fit: the effect of (Intercept) does not vary between levels of Batch: its variance is estimated to be zero.\n"
        )
        #expect(run.output.contains("Batch"))
    }

    @Test func quiet() throws {
        let run = try CommandRun(["fit", "Yield ~ 1 + (1 | Batch)", "@dyestuff2", "--quiet"])
        #expect(run.status == 0)
        #expect(run.errors == "")
        #expect(!run.output.isEmpty)
    }
}
