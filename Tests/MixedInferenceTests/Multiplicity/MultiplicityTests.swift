// Properties of adjustments, and what is said where a method does not apply.

import MixedInference
import MixedLinearAlgebra
import MixedTestSupport
import Testing

@Suite struct MultiplicityTests {
    private let family = ContrastFamily(
        statistics: [2.6, -3.8, 1.2], degreesOfFreedom: [50, 50, 50],
        correlation: Matrix(rows: 3, columns: 3, columnMajor: [1, 0.5, -0.5, 0.5, 1, 0.5, -0.5, 0.5, 1]),
        comparedMeans: 3)

    @Test func words() {
        #expect(MultiplicityAdjustment(word: "mvt") == .dunnett)
        #expect(MultiplicityAdjustment(word: "fdr") == .falseDiscoveryRate)
        #expect(MultiplicityAdjustment(word: "BH") == .falseDiscoveryRate)
        #expect(MultiplicityAdjustment(word: "Tukey") == .tukey)
        #expect(MultiplicityAdjustment(word: "dunnettx") == .dunnett)
        #expect(MultiplicityAdjustment(word: "tuckey") == nil)
        for method in MultiplicityAdjustment.allCases {
            #expect(MultiplicityAdjustment(word: method.rawValue) == method)
        }
    }

    /// Among three means of equal precision the multivariate t distribution is Tukey's.
    @Test func dunnettIsTukeyForEqualMeans() {
        let tukey = family.adjustedPValues(.tukey).values
        let dunnett = family.adjustedPValues(.dunnett)
        var differences = Differences()
        differences.compare("p", dunnett.values, tukey, relative: 1e-9)
        differences.compare(
            "critical", family.criticalValues(.dunnett).values, family.criticalValues(.tukey).values, relative: 1e-9)
        #expect(differences.isEmpty, "\(differences)")
        #expect(dunnett.error < 1e-9)
    }

    /// An interval excludes zero where the adjusted p-value is below one less its level.
    @Test(
        arguments: [MultiplicityAdjustment.none, .bonferroni, .sidak, .scheffe, .tukey, .dunnett], [0.8, 0.95, 0.999])
    func testsAndIntervalsAgree(_ method: MultiplicityAdjustment, _ level: Double) {
        let critical = family.criticalValues(method, level: level).values
        let atLimit = ContrastFamily(
            statistics: critical, degreesOfFreedom: family.degreesOfFreedom, correlation: family.correlation,
            comparedMeans: 3)
        for pValue in atLimit.adjustedPValues(method).values { #expect(isClose(pValue, 1 - level, relative: 1e-7)) }
    }

    @Test func stepwiseMethodsHaveBonferroniIntervals() {
        for method in [MultiplicityAdjustment.holm, .falseDiscoveryRate] {
            let result = family.criticalValues(method)
            #expect(result.method == .bonferroni)
            #expect(result.values == family.criticalValues(.bonferroni).values)
            #expect(result.note?.contains("no confidence intervals") == true)
        }
    }

    @Test func fallBacks() {
        let single = ContrastFamily(statistics: [2], degreesOfFreedom: [10], comparedMeans: 2)
        #expect(single.adjustedPValues(.bonferroni).method == .none)
        #expect(single.adjustedPValues(.bonferroni).note == nil)
        #expect(single.adjustedPValues(.scheffe).method == .scheffe)
        let others = ContrastFamily(statistics: [2, 1], degreesOfFreedom: [10, 10])
        #expect(others.adjustedPValues(.tukey).method == .sidak)
        #expect(others.adjustedPValues(.tukey).note?.contains("one set of pairwise comparisons") == true)
        #expect(others.adjustedPValues(.dunnett).note?.contains("correlations") == true)
        let oneSided = ContrastFamily(
            statistics: [2, 1, 0], degreesOfFreedom: [10, 10, 10], comparedMeans: 3, alternative: .greater)
        #expect(oneSided.adjustedPValues(.scheffe).note?.contains("two-sided") == true)
    }

    @Test func notes() {
        #expect(
            family.adjustedPValues(.tukey).note
                == "P-values adjusted by the Tukey method for comparing a family of 3 means.")
        #expect(family.adjustedPValues(.scheffe).note == "P-values adjusted by the Scheffé method with rank 2.")
        #expect(family.criticalValues(.sidak).note == "Confidence limits adjusted by the Šidák method for 3 intervals.")
    }

    /// A contrast that cannot be estimated stays without a p-value and counts in the size of the family.
    @Test(arguments: MultiplicityAdjustment.allCases)
    func missingStatistics(_ method: MultiplicityAdjustment) {
        let partial = ContrastFamily(
            statistics: [2.6, .nan, 1.2], degreesOfFreedom: [50, .nan, 50],
            correlation: Matrix(rows: 3, columns: 3, columnMajor: [1, .nan, 0.3, .nan, .nan, .nan, 0.3, .nan, 1]),
            comparedMeans: 3)
        let values = partial.adjustedPValues(method).values
        #expect(values[1].isNaN)
        #expect(values[0] > 0 && values[0] < 0.1 && values[2] <= 1, "\(values)")
        let critical = partial.criticalValues(method).values
        #expect(critical[1].isNaN && critical[0] > 1.9)
    }

    @Test func emptyFamily() {
        let empty = ContrastFamily(statistics: [], degreesOfFreedom: [])
        for method in MultiplicityAdjustment.allCases {
            #expect(empty.adjustedPValues(method).values.isEmpty)
            #expect(empty.criticalValues(method).values.isEmpty)
        }
    }
}
