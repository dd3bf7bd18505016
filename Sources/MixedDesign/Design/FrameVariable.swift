// The values of a design variable over the rows of a frame, and columns put together from them.

/// What a frame keeps of a variable.
enum FrameVariable: Sendable {
    case numeric([Double])
    case categorical([Int32])
    case basis([[Double]])
}

/// Puts frame columns together from the values of the design's variables.
struct FrameAssembly {
    private let values: [FrameVariable]
    private let contrasts: [[[Double]]]

    init(variables: [DesignVariable], values: [FrameVariable]) throws(DesignError) {
        self.values = values
        var contrasts: [[[Double]]] = []
        for variable in variables {
            guard case .categorical(let levels, let coding) = variable.kind else {
                contrasts.append([])
                continue
            }
            if case .treatment = coding {
                contrasts.append([])
                continue
            }
            let matrix = try variable.contrastMatrix(levels: levels, coding: coding)
            contrasts.append(matrix.columnNames.indices.map { column in matrix.rows.map { $0[column] } })
        }
        self.contrasts = contrasts
    }

    /// The column over the rows of the frame.
    func column(_ design: DesignColumn) -> FrameColumn {
        FrameColumn(components: design.parts.compactMap(component))
    }

    private func component(_ part: DesignColumn.Part) -> FrameColumn.Component? {
        switch part {
        case .value(let variable):
            if case .numeric(let values) = values[variable] { return .values(values) }
        case .basis(let variable, let column):
            if case .basis(let columns) = values[variable] { return .values(columns[column]) }
        case .indicator(let variable, let level):
            if case .categorical(let codes) = values[variable] { return .indicator(codes: codes, level: Int32(level)) }
        case .contrast(let variable, let column):
            if case .categorical(let codes) = values[variable] {
                return .table(codes: codes, values: contrasts[variable][column])
            }
        }
        return nil
    }
}
