// The rows of a design matrix at chosen values of the table's columns.

internal import MixedDesign
internal import MixedLinearAlgebra
internal import MixedSyntax
internal import MixedTables

/// Evaluates a design where there are no rows: at the points of a grid.
struct DesignEvaluator {
    let design: ModelDesign

    /// The values of some variables, one for each point.
    typealias Values = [(variable: GridVariable, values: [GridValue])]

    /// The columns of the fixed effects at some points, aliased ones included.
    ///
    /// - **Shape:** one row a point.
    func rows(_ values: Values, count: Int) throws(MarginalMeansError) -> Matrix {
        var matrix = Matrix(rows: count, columns: design.fixedColumns.count)
        let frame = try frame(values, count: count, containing: [])
        matrix.storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, count > 0 else { return }
            frame.fillFixed(rows: 0..<count, into: base, leadingDimension: count)
        }
        return matrix
    }

    /// The sum of the offsets at some points.
    func offsets(_ values: Values, count: Int) throws(MarginalMeansError) -> [Double] {
        try frame(values, count: count, containing: .offset).offset ?? []
    }

    private func frame(
        _ values: Values, count: Int, containing contents: FrameContents
    ) throws(MarginalMeansError) -> ModelFrame {
        var columns = values.map { Column($0.variable.name, Self.column($0.values)) }
        // A table without columns has no rows.
        let isFiller = columns.isEmpty
        if isFiller { columns = [Column("1", .double([Double](repeating: 1, count: count)))] }
        let frame: ModelFrame
        do {
            frame = try design.frame(for: try DataTable(columns: columns), containing: contents)
        } catch let error as DesignError {
            throw .undefined(Self.point(values, at: 0), name: error.diagnostic.message)
        } catch {
            throw .undefined(Self.point(values, at: 0), name: nil)
        }
        guard frame.rowCount == count else {
            let kept = Set(frame.keptRows ?? [])
            let missing = (0..<count).first { !kept.contains($0) } ?? 0
            throw .undefined(Self.point(values, at: missing), name: frame.dropped.first?.column)
        }
        return frame
    }

    private static func point(_ values: Values, at index: Int) -> String {
        let parts = values.compactMap { variable, values in
            values.indices.contains(index) ? "\(variable.name) = \(values[index].label)" : nil
        }
        return parts.isEmpty ? "the point of the grid" : parts.joined(separator: ", ")
    }

    private static func column(_ values: [GridValue]) -> ColumnValues {
        if values.allSatisfy({ $0.number != nil }) { return .double(values.map { $0.number ?? .nan }) }
        var levels: [String] = []
        var known: [String: Int32] = [:]
        let codes = values.map { value -> Int32 in
            let label = value.label
            if let code = known[label] { return code }
            let code = Int32(truncatingIfNeeded: levels.count)
            known[label] = code
            levels.append(label)
            return code
        }
        // Truth values are truth values again, for formulas that calculate with them.
        if Set(levels).isSubset(of: ["FALSE", "TRUE"]) {
            return .boolean(values.map { $0.label == "TRUE" ? 1 : 0 })
        }
        return .categorical(CategoricalValues(codes: codes, levels: levels, kind: .factor))
    }
}
