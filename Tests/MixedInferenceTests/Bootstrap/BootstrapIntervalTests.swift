// Intervals of given replicates against R's boot::boot.ci.

import MixedLinearAlgebra
import MixedTestSupport
import Testing

@testable import MixedInference

/// What `Goldens/bootstrap.R` writes.
struct BootstrapGolden: Decodable {
    struct Limits: Decodable {
        let level: Double
        let normal: [Double]
        let basic: [Double]
        let percentile: [Double]
    }

    struct Replicates: Decodable {
        let original: Double
        let values: [Double]
        let bias: Double
        let standardError: Double
        let intervals: [Limits]
    }

    struct Refits: Decodable {
        let replicates: Int
        let mean: [Double]
        let sd: [Double]
        let singular: Double
    }

    let sets: [String: Replicates]
    let bootMer: [String: Refits]

    static func load() throws -> BootstrapGolden {
        try RecordedResults.load("bootstrap.json", as: BootstrapGolden.self)
    }
}

@Suite struct BootstrapIntervalTests {
    private func sample(_ original: Double, _ values: [Double]) -> BootstrapSample {
        BootstrapSample(
            parameterNames: ["x"], parameterKinds: [.coefficient], original: [original],
            values: Matrix(rows: values.count, columns: 1, columnMajor: values),
            statuses: values.map { $0.isNaN ? .failed : .converged }, criteria: values.map { _ in 0 }, seed: 1,
            isConditional: false)
    }

    @Test func equalThoseOfBoot() throws {
        let golden = try BootstrapGolden.load()
        var differences = Differences()
        for (name, set) in golden.sets {
            let sample = sample(set.original, set.values)
            for limits in set.intervals {
                for (method, expected) in [
                    (BootstrapIntervalMethod.normal, limits.normal), (.basic, limits.basic),
                    (.percentile, limits.percentile),
                ] {
                    let interval = try #require(try sample.intervals(method: method, level: limits.level).first)
                    differences.compare(
                        "\(name) \(method) \(limits.level)", [interval.lowerLimit, interval.upperLimit], expected,
                        relative: 1e-12, absolute: 1e-12)
                    differences.compare("\(name) bias", interval.bias, set.bias, relative: 1e-12, absolute: 1e-12)
                    differences.compare("\(name) error", interval.standardError, set.standardError, relative: 1e-12)
                }
            }
        }
        #expect(differences.comparisons > 100)
        #expect(differences.isEmpty, "\(differences)")
    }

    @Test func failedReplicatesAreLeftOut() throws {
        let values = (1...99).map(Double.init)
        let whole = try sample(50, values).intervals()
        let part = try sample(50, values + [.nan, .nan]).intervals()
        #expect(part[0].replicateCount == 99)
        #expect(part[0].lowerLimit == whole[0].lowerLimit)
        #expect(sample(50, values + [.nan, .nan]).failedCount == 2)
    }

    @Test(arguments: [0, 1, -0.5, 95, Double.nan])
    func levelsThatAreNone(_ level: Double) {
        #expect(throws: BootstrapError.self) { try sample(0, [1, 2, 3]).intervals(level: level) }
    }

    @Test func oneValueThroughout() throws {
        let interval = try sample(2, [Double](repeating: 2, count: 50)).intervals()[0]
        #expect(interval.lowerLimit == 2 && interval.upperLimit == 2 && interval.standardError == 0)
    }
}
