// Wald intervals against lme4's.

import LinearMixedModels
import MixedInference
import MixedTestSupport
import Testing

@Suite struct WaldIntervalTests {
    /// Estimates and standard errors of the stored references agree to 1e-5, and intervals with them.
    @Test(arguments: ReferenceCase.bundledNames + ReferenceCase.courseNames)
    func equalsTheReference(_ name: String) throws {
        let reference = try ReferenceCase.load(name)
        guard let intervals = reference.waldIntervals, !intervals.isEmpty else { return }
        let (fit, _) = try ReferenceFits.fit(reference)
        let found = fit.waldIntervals(try fit.inference(.asymptotic))
        #expect(found.count == intervals.terms.count)
        var differences = Differences()
        for interval in found {
            guard intervals.terms.contains(interval.term), !interval.lowerLimit.isNaN else { continue }
            let width = interval.upperLimit - interval.lowerLimit
            differences.compare(
                "\(name) \(interval.term) lower", interval.lowerLimit, try intervals.value(interval.term, "2.5 %"),
                relative: 1e-5, absolute: 1e-4 * width)
            differences.compare(
                "\(name) \(interval.term) upper", interval.upperLimit, try intervals.value(interval.term, "97.5 %"),
                relative: 1e-5, absolute: 1e-4 * width)
        }
        #expect(differences.comparisons == 2 * fit.coefficients.count)
        #expect(differences.isEmpty, "\(differences)")
        for interval in found where interval.term.hasPrefix("sd_") || interval.term == "sigma" {
            #expect(interval.lowerLimit.isNaN && interval.upperLimit.isNaN && interval.estimate >= 0)
        }
    }
}
