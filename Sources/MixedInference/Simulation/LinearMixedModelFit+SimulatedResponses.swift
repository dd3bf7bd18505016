// Drawing responses row by row: Xβ̂ + Zb* + ε*.

public import LinearMixedModels
public import MixedDesign
public import MixedTables
internal import MixedLinearAlgebra
internal import MixedNumerics

extension LinearMixedModelFit {
    /// Simulates responses for the rows of a table, as R's `simulate`.
    ///
    ///     y* = Xβ̂ + offset + Zb* + ε*,   b* ~ N(0, Σ̂) for every level,   ε* ~ N(0, σ̂²/w)
    ///
    /// Levels of grouping factors that the model has not seen have random effects of their own, like any other.
    /// - Parameters:
    ///   - table: The rows, with every variable of the model but the response.
    ///   - replicates: How many responses to draw.
    ///   - seed: Names the random numbers; the same seed gives the same responses.
    ///   - conditional: Whether levels that the model knows keep their estimated effects, as with `re.form = NULL`.
    /// - Throws: `DesignError` for rows that do not fit the model, `SimulationError` for an impossible number of replicates.
    /// - Complexity: O(replicates × rows × columns).
    public func simulatedResponses(
        for table: DataTable, replicates: Int = 1, seed: UInt64 = 1, conditional: Bool = false
    ) throws -> SimulatedResponses {
        var contents: FrameContents = .prediction
        if design.hasWeights { contents.insert(.weights) }
        let frame = try design.frame(for: table, containing: contents)
        guard frame.rowCount > 0 else { throw SimulationError.noRows }
        let rows = frame.keptRows ?? Array(0..<table.rowCount)
        let groups = try design.groupCodes(for: table)
        let codes = groups.map { group in frame.keptRows.map { $0.map { group.codes[$0] } } ?? group.codes }
        let values = try simulate(
            frame, codes: codes, newLevelCounts: groups.map(\.newLevels.count), replicates: replicates, seed: seed,
            conditional: conditional)
        var newLevels: [String: [String]] = [:]
        for (factor, group) in zip(design.groupingFactors, groups) where !group.newLevels.isEmpty {
            newLevels[factor.name] = group.newLevels
        }
        return SimulatedResponses(rows: rows, values: values, newLevels: newLevels)
    }

    /// Simulates responses for the rows of a frame, such as the one the model was fitted to.
    ///
    /// A row whose level the model does not know counts as a new level of its own.
    /// - **Shape:** One list for each replicate, one response for each row.
    /// - Throws: `SimulationError` for an impossible number of replicates.
    public func simulatedResponses(
        frame: ModelFrame, replicates: Int = 1, seed: UInt64 = 1, conditional: Bool = false
    ) throws(SimulationError) -> [[Double]] {
        var counts: [Int] = []
        var codes: [[Int32]] = []
        for (factor, group) in design.groupingFactors.enumerated() {
            var next = Int32(clamping: group.levels.count)
            codes.append(
                frame.codes(factor: factor).map { code in
                    guard code < 0 else { return code }
                    defer { next += 1 }
                    return next
                })
            counts.append(Int(next) - group.levels.count)
        }
        return try simulate(
            frame, codes: codes, newLevelCounts: counts, replicates: replicates, seed: seed, conditional: conditional)
    }

    private func simulate(
        _ frame: ModelFrame, codes: [[Int32]], newLevelCounts: [Int], replicates: Int, seed: UInt64, conditional: Bool
    ) throws(SimulationError) -> [[Double]] {
        let largest = max(1, (1 << 27) / max(frame.rowCount, 1))
        guard replicates >= 1, replicates <= largest else { throw .replicateCount(replicates, largest: largest) }
        let center = fittedValues(frame, includingRandomEffects: conditional)
        let deviations = center.indices.map { row in
            residualStandardDeviation / (frame.weights?[row] ?? 1).squareRoot()
        }
        let columns = design.groupingFactors.indices.map { factor in
            (0..<frame.randomColumnCount(factor: factor)).map { frame.randomColumn(factor: factor, $0) }
        }
        let relative = relativeFactors
        return (0..<replicates).map { replicate in
            var stream = RandomStream(seed: seed, stream: UInt64(replicate))
            var response = center
            for (factor, group) in design.groupingFactors.enumerated() {
                let known = group.levels.count
                let effects = drawnEffects(
                    group, relative, levelCount: known + newLevelCounts[factor], known: conditional ? known : 0, &stream
                )
                let width = group.columnCount
                for (column, values) in columns[factor].enumerated() {
                    for row in response.indices {
                        let code = Int(codes[factor][row])
                        response[row] += code < 0 ? .nan : values[row] * effects[code * width + column]
                    }
                }
            }
            for row in response.indices { response[row] += deviations[row] * stream.nextNormal() }
            return response
        }
    }

    /// Random effects of every level of a factor, zero for the first `known` levels.
    private func drawnEffects(
        _ group: GroupingFactorDesign, _ relative: [Matrix], levelCount: Int, known: Int, _ stream: inout RandomStream
    ) -> [Double] {
        let width = group.columnCount
        var effects = [Double](repeating: 0, count: levelCount * width)
        for level in known..<max(levelCount, known) {
            for term in group.terms {
                let normals = stream.normals(term.columnCount)
                let drawn = relative[term.termIndex] * normals
                for (column, value) in drawn.enumerated() {
                    effects[level * width + term.columnOffset + column] = residualStandardDeviation * value
                }
            }
        }
        return effects
    }

    /// λ of each term in lme4's order, from θ.
    private var relativeFactors: [Matrix] {
        var place = 0
        return design.randomTerms.map { term in
            var result = Matrix(rows: term.columnCount, columns: term.columnCount)
            for column in 0..<term.columnCount {
                for row in column..<term.columnCount {
                    result[row, column] = theta[place]
                    place += 1
                }
            }
            return result
        }
    }
}
