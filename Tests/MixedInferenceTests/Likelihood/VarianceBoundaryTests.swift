// Mixtures of chi-squared distributions against their closed forms.

import Foundation
import LinearMixedModels
import MixedDesign
import MixedLinearAlgebra
import MixedNumerics
import MixedTables
import MixedTestSupport
import Testing

@testable import MixedInference

@Suite struct VarianceBoundaryTests {
    private func tail(_ degrees: Int, _ value: Double) -> Double {
        degrees == 0 ? 0 : ChiSquaredDistribution(degreesOfFreedom: Double(degrees)).upperTail(value)
    }

    @Test(arguments: [0.5, 2.0, 6.0, 15.0])
    func oneVarianceIsHalfAndHalf(_ statistic: Double) throws {
        let cone = try #require(CovarianceCone(widths: [1], information: .diagonal([3])))
        for free in [0, 1, 2] {
            let expected = 0.5 * tail(free, statistic) + 0.5 * tail(free + 1, statistic)
            let found = cone.upperTail(statistic, freeParameters: free, draws: 20_000)
            #expect(isClose(found, expected, relative: 0.03), "\(free): \(found), \(expected)")
        }
    }

    /// Two variances whose estimates have the correlation ρ: weights *¼ − asin ρ/2π, ½, ¼ + asin ρ/2π* (Self and Liang 1987,
    /// case 7), ρ that of the inverse information.
    @Test(arguments: [-0.6, 0, 0.5])
    func twoVariances(_ correlation: Double) throws {
        var information = Matrix.identity(2)
        information[1, 0] = -correlation
        information[0, 1] = -correlation
        let cone = try #require(CovarianceCone(widths: [1, 1], information: information))
        let both = 0.25 + asin(correlation) / (2 * Double.pi)
        for statistic in [1.0, 4, 9] {
            let expected = 0.5 * tail(1, statistic) + both * tail(2, statistic)
            let found = cone.upperTail(statistic, freeParameters: 0, draws: 20_000)
            #expect(isClose(found, expected, relative: 0.03), "\(statistic): \(found), \(expected)")
        }
    }

    /// The cone of 2 × 2 covariance matrices in the metric *tr(S²)* is a round cone of half-angle 45° in three dimensions,
    /// whose weights are *(2 − √2)/4, √2/4, √2/4, (2 − √2)/4*.
    @Test(arguments: [1.0, 4, 9])
    func aWholeCovarianceMatrix(_ statistic: Double) throws {
        // Units do not matter: the first effect in thousandths.
        let cone = try #require(CovarianceCone(widths: [2], information: .diagonal([1e12, 2e6, 1])))
        let edge = (2 - 2.0.squareRoot()) / 4
        let side = 2.0.squareRoot() / 4
        let expected = side * tail(1, statistic) + side * tail(2, statistic) + edge * tail(3, statistic)
        let found = cone.upperTail(statistic, freeParameters: 0, draws: 20_000)
        #expect(isClose(found, expected, relative: 0.03), "\(found), \(expected)")
    }

    /// Wider matrices by eigenvalues: in *tr(S²)* the nearest covariance matrix has the positive ones.
    @Test func threeEffects() throws {
        let cone = try #require(
            CovarianceCone(widths: [3], information: .diagonal([1, 2, 2, 1, 2, 1])))
        let small = cone.upperTail(3, freeParameters: 0, draws: 1000)
        let large = cone.upperTail(12, freeParameters: 0, draws: 1000)
        #expect(small > large && small < tail(6, 3) && large < tail(6, 12) && large > 0)
    }

    /// Under the model without random effects, the corrected p-values of a term with a slope are uniform, and the naive
    /// ones are not.
    @Test func correctedValuesAreUniformWhereThereIsNoVariance() throws {
        var small = 0
        var naive = 0
        let replicates = 400
        for seed in 0..<UInt64(replicates) {
            var generator = SeededGenerator(seed: 77 &+ seed &* 31)
            let rows = 240
            func normal() -> Double {
                (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
            }
            let x = (0..<rows).map { _ in normal() }
            let y = x.map { 1 + 0.5 * $0 + normal() }
            let codes = (0..<rows).map { Int32($0 % 40) }
            let table = try DataTable(columns: [
                Column("x", .double(x)), Column("y", .double(y)),
                Column("g", .categorical(.init(codes: codes, levels: (0..<40).map { "g\(100 + $0)" }, kind: .factor))),
            ])
            let fit = try LinearMixedModel("y ~ x + (1 + x | g)", data: table).fit()
            let step = try #require(try fit.randomTermDeletions(reducing: false).rows[1].step)
            if let corrected = step.boundaryTest, corrected.pValue < 0.2 { small += 1 }
            if let pValue = step.pValue, pValue < 0.2 { naive += 1 }
        }
        // Three standard errors of a share of 0.2 are 0.06; in small samples the mixture is itself an approximation.
        let share = Double(small) / Double(replicates)
        #expect(share > 0.12 && share < 0.27, "\(share)")
        #expect(Double(naive) / Double(replicates) < 0.1, "\(naive)")
    }
}
