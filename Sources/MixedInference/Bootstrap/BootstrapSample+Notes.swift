// What there is to say about a bootstrap: how many replicates count, and what not to make of them.

extension BootstrapSample {
    /// How the refits ended, as a sentence.
    public var countSentence: String {
        var sentence = "Of \(replicateCount) replicates, \(convergedCount) converged inside the parameter space"
        if singularCount > 0 {
            sentence +=
                " and \(singularCount) (\(Self.percent(singularCount, of: replicateCount))) on its boundary, with a variance of zero or a correlation of 1 or -1; both kinds count"
        }
        sentence += failedCount > 0 ? "; \(failedCount) could not be fitted and are left out." : "; none failed."
        return sentence
    }

    /// Whether more than half of the replicates that count lie on the boundary.
    public var isMostlySingular: Bool { 2 * singularCount > replicateCount - failedCount }

    /// Sentences on what the replicates and intervals made of them are worth.
    ///
    /// - Parameters:
    ///   - method: How the intervals are made.
    ///   - level: Their level.
    public func notes(method: BootstrapIntervalMethod, level: Double) -> [String] {
        var notes = [countSentence]
        if isMostlySingular {
            notes.append(
                "Most replicates are singular: data of this size say little about the variances of these random effects. Intervals of standard deviations pile up at zero, those of correlations rest on few replicates, and those of coefficients are fair. What to do: simplify the random terms, or use profile intervals."
            )
        }
        if 10 * failedCount > replicateCount {
            notes.append(
                "More than a tenth of the replicates failed, and those that did may be the unusual ones: do not trust these intervals."
            )
        }
        let partial = parameterNames.indices.filter { parameterKinds[$0] == .correlation }
            .map { (parameterNames[$0], finiteValues($0).count) }
            .filter { $0.1 < replicateCount - failedCount }
        for (name, count) in partial {
            notes.append(
                "\(name) exists in \(count) of \(replicateCount) replicates; in the others one of the effects does not vary."
            )
        }
        let needed = Self.smallestReplicateCount(level: level)
        if method != .normal, replicateCount - failedCount < needed {
            notes.append(
                "There are too few replicates for limits at \(Self.percent(level)): they are the smallest and the largest replicate. Use at least \(needed), better 1000."
            )
        }
        if method != .percentile, parameterKinds.contains(where: { $0 == .standardDeviation || $0 == .correlation }) {
            notes.append(
                "\(method == .basic ? "Basic" : "Normal") intervals know nothing of boundaries: a limit of a standard deviation may be negative, one of a correlation beyond 1. Percentile intervals stay inside."
            )
        }
        if isConditional {
            notes.append(
                "The random effects were kept and only errors drawn: the intervals hold for these groups, not for others like them."
            )
        }
        return notes
    }

    private static func percent(_ count: Int, of total: Int) -> String {
        let tenths = (1000 * Double(count) / Double(max(total, 1))).rounded() / 10
        return "\(tenths)%"
    }

    private static func percent(_ share: Double) -> String {
        let value = (1e9 * share).rounded() / 1e7
        return value == value.rounded() ? "\(Int(value))%" : "\(value)%"
    }
}
