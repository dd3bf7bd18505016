// Formulas and expressions that are wrong in themselves or do not fit the columns: a caret shows the place.

import Testing

@Suite struct BadFormulaTests {
    private func expectError(
        _ run: CommandRun, _ errors: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(run.status == 1, sourceLocation: sourceLocation)
        #expect(run.output == "", sourceLocation: sourceLocation)
        #expect(run.errors == errors + "\n", sourceLocation: sourceLocation)
    }

    @Test func unknownColumn() throws {
        expectError(
            try fit("score ~ huors + (1 | school)", SmallData.schools),
            """
            error: There is no column 'huors' in data.csv
              score ~ huors + (1 | school)
                      ^~~~~
              hint: did you mean 'hours'?
            """)
    }

    @Test func unknownColumnWithoutANearName() throws {
        expectError(
            try fit("score ~ temperature", SmallData.schools),
            """
            error: There is no column 'temperature' in data.csv
              score ~ temperature
                      ^~~~~~~~~~~
              hint: the columns are score, school, pupil, hours, sex, SES, size
            """)
    }

    @Test func unknownGroup() throws {
        let run = try fit("score ~ hours + (1 | schol)", SmallData.schools)
        #expect(run.status == 1)
        #expect(run.errors.contains("There is no column 'schol' in data.csv"))
        #expect(run.errors.contains("did you mean 'school'?"))
    }

    @Test func syntaxError() throws {
        expectError(
            try fit("score ~ hours + * sex", SmallData.schools),
            """
            error: I expected a term after '+', not '*'
              score ~ hours + * sex
                              ^
            """)
    }

    @Test func mistakesInTheFormulaAreFoundBeforeTheFileIsOpened() throws {
        let run = try CommandRun(["fit", "score ~ (hours", "there-is-no-such-file.csv"])
        #expect(run.status == 1)
        #expect(run.firstError.contains("'('"))
        #expect(run.errors.contains("^"))
    }

    @Test func formulaWithoutResponse() throws {
        expectError(
            try fit("~ hours + (1 | school)", SmallData.schools),
            """
            error: The formula has no response
              ~ hours + (1 | school)
              ^
              hint: write it left of the '~', as in y ~ x + (1 | g)
            """)
    }

    @Test func noFormula() throws {
        expectError(
            try fit("score", SmallData.schools),
            """
            error: This is not a model formula: it has no '~'
              score
              ^~~~~
              hint: a formula is written response ~ predictors, as in y ~ x + (1 | g)
            """)
    }

    @Test func argumentsInTheWrongOrder() throws {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "schools.csv")
        expectError(
            try CommandRun(["fit", "schools.csv", "score ~ hours"], in: folder),
            """
            error: The formula comes first, then the data
              hint: mixed fit 'score ~ hours' schools.csv
            """)
        expectError(
            try CommandRun(["fit", "schools.csv", "score"], in: folder),
            """
            error: 'schools.csv' is data, and a formula comes first
              hint: mixed fit 'response ~ predictors + (1 | group)' schools.csv
            """)
    }

    @Test func formulaWithoutQuotes() throws {
        let run = try CommandRun(["fit", "score", "/home/me", "hours", "schools.csv"])
        #expect(run.status == 64)
        #expect(
            run.errors == """
                error: the formula is not in quotes, so the terminal took it apart
                  hint: mixed fit 'response ~ predictors + (1 | group)' DATA

                """)
    }

    @Test(arguments: [
        (
            ["--where", "hours >"],
            """
            error: --where: I expected a term after '>', but the text ends
              hours >
                     ^
            """
        ),
        (
            ["--where", "huors > 2"],
            """
            error: --where: There is no column 'huors' in data.csv
              huors > 2
              ^~~~~
              hint: did you mean 'hours'?
            """
        ),
        (
            ["--where", "hours"],
            """
            error: --where: 'hours' is no condition: it does not give TRUE or FALSE
              hours
              ^~~~~
              hint: compare it with a value, as in hours == ...
            """
        ),
        (["--where", "hours > 100"], "error: --where: none of the 20 rows meets the condition: hours > 100"),
        (
            ["--mutate", "z = log(huors)"],
            """
            error: --mutate: There is no column 'huors' in data.csv
              z = log(huors)
                      ^~~~~
              hint: did you mean 'hours'?
            """
        ),
        (
            ["--mutate", "z = hours +"],
            """
            error: --mutate: I expected a term after '+', but the text ends
              z = hours +
                         ^
            """
        ),
        (
            ["--mutate", "hours == 2"],
            """
            error: --mutate: This compares and computes no column
              hours == 2
              ^~~~~~~~~~
              hint: write 'NAME = EXPRESSION', as in 'z = log(x)'
            """
        ),
        (
            ["--mutate", "log(x)"],
            """
            error: --mutate: There is no '=' after 'log(x)'
              log(x)
                    ^
              hint: write 'NAME = EXPRESSION', as in 'z = log(x)'
            """
        ),
        (
            ["--factor", "schol"],
            "error: --factor: data.csv: there is no column 'schol'; did you mean 'school'?"
        ),
        (
            ["--levels", "SEX=f,m"],
            "error: --levels: data.csv: there is no column 'SEX'; did you mean 'sex'?"
        ),
        (
            ["--levels", "sex=f,m,f"],
            "error: --levels: The level \"f\" of 'sex' is given twice"
        ),
        (
            ["--levels", "sex=f,,m"],
            """
            error: --levels: A value is missing here
              sex=f,,m
                    ^
              hint: separate values by single commas; a value that is empty is written ""
            """
        ),
        (
            ["--levels", "sex"],
            """
            error: --levels: There is no '=' after 'sex'
              sex
                 ^
              hint: write 'COLUMN=FIRST,SECOND,...'
            """
        ),
        (
            ["--contrasts", "sex=summ"],
            """
            error: --contrasts: I do not know the coding 'summ'
              sex=summ
                  ^~~~
              hint: there are treatment, treatment(LEVEL), sum, helmert, poly
            """
        ),
        (
            ["--contrasts", "Sex=sum"],
            """
            error: Contrasts are given for 'Sex', but there is no such column
              hint: did you mean 'sex'?
            """
        ),
        (
            ["--weights", "size +"],
            """
            error: --weights: I expected a term after '+', but the text ends
              size +
                    ^
            """
        ),
        (
            ["--weights", "sice"],
            """
            error: There is no column 'sice' in data.csv
              sice
              ^~~~
              hint: did you mean 'size'?
            """
        ),
    ])
    func mistakesInOptions(_ options: [String], _ errors: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(SmallData.schools, to: "data.csv")
        expectError(try CommandRun(["fit", "score ~ hours", "data.csv"] + options, in: folder), errors)
    }
}
