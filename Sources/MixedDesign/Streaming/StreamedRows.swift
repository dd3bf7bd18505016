// A second look at rows that are not held: read again, part by part, with the levels of the finished design.

package import MixedProgress
internal import MixedTables

/// The rows of a streamed design, as often as they are wanted.
package struct StreamedRows: Sendable {
    /// What a factor of the design is among those of the pass.
    struct Source: Sendable {
        /// Its place among the factors of the formula.
        var group: Int
        /// The places of its columns among those of the formula's terms.
        var columns: [Int]
    }

    let stream: TableStream
    let sample: DataTable
    let formula: SampledFormula
    /// The rows with the codes that the pass gave them, where they are few enough to be kept.
    let held: [ModelFrame]?
    let coders: [Int: LevelCoder]
    let groupCoders: [GroupCoder]
    let arrangements: [LevelArrangement]
    let sources: [Source]
    let prepare: @Sendable (DataTable) throws -> DataTable

    /// What messages call the text.
    package var name: String { stream.name }
    /// How many bytes a second look reads: none where the rows are still there.
    package var byteCount: Int { held == nil ? stream.byteCount : 0 }

    /// Rows are kept for a second look up to this many bytes of them, which is less than reading them again would cost and
    /// does not grow with their number.
    static let largestHeldByteCount = 1 << 27

    /// Reads the rows again and passes on frames of them.
    ///
    /// - Parameters:
    ///   - purpose: What for, as the monitor is told.
    ///   - monitor: Is told how far the reading is, and can stop it.
    ///   - transform: Work on a part; done by several threads at once.
    ///   - body: Takes what `transform` made, in the order of the rows.
    /// - Throws: `TableError.changedWhileRead` where the rows are not what they were, and what the closures throw.
    package func forEachFrame<Result>(
        purpose: ReadingProgress.Purpose = .residuals, monitor: WorkMonitor = .none,
        transform: @escaping (ModelFrame) throws -> Result,
        body: @escaping (Result) throws -> Void
    ) throws {
        if let held {
            var next = 0
            try OrderedPipeline.run(threads: stream.threads) { () -> ModelFrame? in
                guard next < held.count else { return nil }
                defer { next += 1 }
                return held[next]
            } perform: { _, frame -> Result in
                guard let arranged = arranged(frame, codes: frame.groupings.map(\.codes)) else {
                    throw TableError.changedWhileRead(file: stream.name)
                }
                return try transform(arranged)
            } commit: { result in
                try body(result)
            }
            return
        }
        try stream.forEachPart(
            like: sample, coded: formula.codedColumns, purpose: purpose, monitor: monitor
        ) { part -> Result in
            guard !part.isSurprising,
                let evaluated = try? EvaluatedPart(prepare(part.table), levels: part.levels, of: formula),
                let frame = frame(of: evaluated)
            else { throw TableError.changedWhileRead(file: stream.name) }
            return try transform(frame)
        } body: { result, _, _ in
            try body(result)
        }
    }

    /// The rows of a part with the levels of the design; `nil` where they have others.
    private func frame(of part: EvaluatedPart) -> ModelFrame? {
        var numbers: [Int: [Int32]] = [:]
        for (index, values) in part.groupValues {
            guard var coder = coders[index] else { return nil }
            let known = coder.count
            numbers[index] = coder.codes(
                values, levels: part.levels[formula.builder.evaluated[index].name])
            // A part may have texts in rows that are left out, but no more of them than the first time.
            guard coder.count == known else { return nil }
        }
        let own = formula.groups.enumerated().map { index, group in
            var coder = groupCoders[index]
            return coder.codes(
                group.variables.map { numbers[$0] ?? [] }, counts: group.variables.map { coders[$0]?.count ?? 0 })
        }
        return arranged(part.frame, codes: own)
    }

    /// Rows with the factors, columns and levels of the design, from the codes that the pass has given each group; `nil`
    /// where the design does not have one of them.
    private func arranged(_ part: ModelFrame, codes: [[Int32]]) -> ModelFrame? {
        var placed: [[Int32]] = []
        for (own, arrangement) in zip(codes, arrangements) {
            let places = arrangement.places
            guard own.allSatisfy({ $0 >= 0 && Int($0) < places.count && places[Int($0)] >= 0 }) else { return nil }
            placed.append(own.map { places[Int($0)] })
        }
        var frame = part
        frame.groupings = sources.map { source in
            ModelFrame.Grouping(
                codes: placed[source.group],
                columns: source.columns.map { part.groupings[source.group].columns[$0] })
        }
        return frame
    }
}
