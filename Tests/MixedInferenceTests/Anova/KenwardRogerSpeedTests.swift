// Kenward and Roger's adjustment of a small model takes no noticeable time.

import LinearMixedModels
import MixedInference
import Testing

@Suite struct KenwardRogerSpeedTests {
    @Test func sleepStudyTakesLessThanFiveMilliseconds() throws {
        let fit = try AnovaGolden.fit("Reaction ~ Days + (Days | Subject)", "sleepstudy")
        let clock = ContinuousClock()
        // The best of several: other work on the machine is not ours.
        var best = Duration.seconds(1)
        for _ in 0..<20 {
            let start = clock.now
            let tests = try fit.inference(.kenwardRoger).coefficientTests()
            let time = clock.now - start
            #expect(tests.count == 2)
            best = min(best, time)
        }
        #expect(best < .milliseconds(5), "\(best)")
    }
}
