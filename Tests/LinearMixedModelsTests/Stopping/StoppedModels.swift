// Models whose searches are stopped, and monitors that stop them at a known place.

import MixedDesign
import MixedProgress
import MixedTables
import MixedTestSupport
import Synchronization

@testable import LinearMixedModels

/// A model of the reference data.
struct StoppedModel: Sendable, CustomStringConvertible {
    let formula: String
    let data: String
    var description: String { formula }

    func model() throws -> LinearMixedModel {
        try LinearMixedModel(
            formula, data: DataTable(contentsOf: ReferenceFolder.dataPath("standard/\(data).csv")))
    }

    static let sleep = StoppedModel(formula: "Reaction ~ Days + (1 + Days | Subject)", data: "sleepstudy")
    static let penicillin = StoppedModel(formula: "diameter ~ 1 + (1 | plate) + (1 | sample)", data: "penicillin")
    static let ratings = StoppedModel(formula: "y ~ service + (1 | s) + (1 | d) + (1 | dept)", data: "insteval")
}

/// Listens to a search, and stops it when a chosen evaluation begins.
final class Listener: Sendable {
    private let heard = Mutex<[FittingProgress]>([])
    private let stop = StopRequest()
    private let last: Int

    init(stoppingAt evaluation: Int = .max) { last = evaluation }

    var monitor: WorkMonitor {
        WorkMonitor(stop: stop) { progress in
            guard case .fitting(let state) = progress else { return }
            self.heard.withLock { $0.append(state) }
            if state.evaluation >= self.last { self.stop.request() }
        }
    }

    var states: [FittingProgress] { heard.withLock { $0 } }
}

extension LinearMixedModel {
    /// A fit that is stopped in the midst of an evaluation, as one of a large border is.
    func fitStoppedWithin(_ listener: Listener, threads: Int = 2) throws(FitError) -> LinearMixedModelFit {
        let deviance = ProfiledDeviance(
            CrossProducts(FrameRows(design, frame)), terms: LinearMixedModelFit.layout(design), method: method,
            threads: threads, monitor: listener.monitor, largestPromptBorder: 0)
        let minimum = deviance.minimize()
        return try LinearMixedModelFit.finished(design, deviance, minimum)
    }
}
