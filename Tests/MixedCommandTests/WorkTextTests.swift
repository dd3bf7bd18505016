// The line on the terminal that says how far long work is.

import MixedModels
import Testing

@testable import mixed

@Suite struct WorkTextTests {
    private func reading(
        _ purpose: ReadingProgress.Purpose, _ done: Int, of total: Int?, seconds: Double, name: String = "big.csv"
    ) -> String {
        WorkText.line(
            .reading(
                ReadingProgress(
                    purpose, name: name, byteCount: done, totalByteCount: total, rowCount: 0, seconds: seconds)),
            secondsAgo: 0)
    }

    @Test func readingHasSpeedAndRest() {
        #expect(
            reading(.rows, 412_000_000, of: 3_204_000_000, seconds: 0.375)
                == "Reading big.csv  412 of 3,204 MB  1.1 GB/s  2.5 s left")
        #expect(
            reading(.rowsAgain, 50_000_000, of: 1_000_000_000, seconds: 1)
                == "Reading big.csv again  50 of 1,000 MB  50 MB/s  19 s left")
        #expect(
            reading(.residuals, 1_000_000, of: 1_000_000_000, seconds: 1)
                == "Residuals from big.csv  1 of 1,000 MB  1 MB/s  17 min left")
        #expect(
            reading(.rows, 412_000_000, of: nil, seconds: 2, name: "standard input")
                == "Reading standard input  412 MB  206 MB/s")
        #expect(reading(.rows, 0, of: 1_000_000, seconds: 0) == "Reading big.csv  0 of 1 MB")
    }

    private func fitting(
        _ path: FittingProgress.Path = .exact, border: Int = 9_811, evaluation: Int = 4, criterion: Double? = nil,
        decrement: Double? = nil, left: Double? = nil, ago: Double = 0
    ) -> String {
        WorkText.line(
            .fitting(
                FittingProgress(
                    path, borderEffects: border, evaluation: evaluation, criterion: criterion,
                    newtonDecrement: decrement, seconds: 30, secondsLeft: left)), secondsAgo: ago)
    }

    @Test func fittingHasCriterionAndRest() {
        #expect(
            fitting(criterion: 21_345_678.12, left: 12)
                == "Fitting (exact, border 9,811)  evaluation 4  criterion 21,345,678.12  about 12 s left")
        #expect(
            fitting(criterion: -0.5, left: 12, ago: 5)
                == "Fitting (exact, border 9,811)  evaluation 4  criterion -0.50  about 7.0 s left")
        // A guess that has run out is no guess.
        #expect(
            fitting(criterion: 999.999, left: 12, ago: 20)
                == "Fitting (exact, border 9,811)  evaluation 4  criterion 1,000.00  50 s so far")
        #expect(fitting(border: 0, evaluation: 1) == "Fitting (exact)  evaluation 1  30 s so far")
        #expect(
            fitting(.iterative, border: 59_047, decrement: 3.2e-5)
                == "Fitting (iterative, border 59,047)  evaluation 4  decrement 1e-5  30 s so far")
    }

    @Test(arguments: [
        (0, 0, "0"), (1234.5, 0, "1,235"), (-1234.5, 1, "-1,234.5"), (0.04, 1, "0.0"), (-0.001, 2, "0.00"),
        (1e6, 2, "1,000,000.00"), (1e18, 2, "1e+18"), (.infinity, 1, "inf"), (.nan, 1, "nan"),
    ])
    func decimals(value: Double, places: Int, text: String) {
        #expect(WorkText.decimal(value, places: places) == text)
    }

    @Test(arguments: [(1, "1e0"), (0.5, "1e-1"), (3.2e-5, "1e-5"), (123, "1e2"), (0, "0.0"), (.infinity, "inf")])
    func magnitudes(value: Double, text: String) {
        #expect(WorkText.magnitude(value) == text)
    }
}
