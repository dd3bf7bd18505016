// The table that R's reference values were computed on.

import Foundation
import MixedTables

@testable import MixedDesign

enum ReferenceTable {
    /// The columns of table.json: `g` and `item` are factors, `o` is ordered, other text is text.
    static let table: DataTable = {
        do {
            let values = try Golden.load("table.json", as: [String: Values].self)
            let order = ["y", "x", "z", "w", "f", "g", "o", "b", "k", "subject", "item", "ward", "bed no", "day"]
            return try DataTable(
                columns: order.compactMap { name in values[name].map { Column(name, $0.column(name)) } })
        } catch {
            preconditionFailure("table.json cannot be read: \(error)")
        }
    }()

    /// The table without some of its rows, or with them in another order.
    static func rows(_ rows: [Int]) throws -> DataTable {
        try DataTable(columns: table.columns.map { Column($0.name, $0.values.selecting(rows)) })
    }

    /// The table with one more column, or another in the place of one.
    static func replacing(_ name: String, _ values: ColumnValues) throws -> DataTable {
        try DataTable(columns: table.columns.filter { $0.name != name } + [Column(name, values)])
    }

    private enum Values: Decodable {
        case numbers([Double]), truths([Bool]), texts([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let values = try? container.decode([Bool].self) {
                self = .truths(values)
            } else if let values = try? container.decode([Double].self) {
                self = .numbers(values)
            } else {
                self = .texts(try container.decode([String].self))
            }
        }

        func column(_ name: String) -> ColumnValues {
            switch self {
            case .numbers(let values) where name == "k": .integer(values.map { Int($0) })
            case .numbers(let values): .double(values)
            case .truths(let values): .boolean(values.map { $0 ? 1 : 0 })
            case .texts(let values):
                switch name {
                case "g": text(values, levels: ["lo", "hi"], kind: .factor)
                case "item": text(values, levels: ["1", "2", "3", "4"], kind: .factor)
                case "o": text(values, levels: ["small", "medium", "large", "huge"], kind: .ordered)
                default: text(values)
                }
            }
        }
    }
}

/// Dictionary-coded text; without `levels` these stand in order of first appearance.
func text(_ values: [String?], levels: [String]? = nil, kind: CategoricalValues.Kind = .text) -> ColumnValues {
    var levels = levels ?? []
    let codes = values.map { value -> Int32 in
        guard let value else { return CategoricalValues.missing }
        if let index = levels.firstIndex(of: value) { return Int32(index) }
        levels.append(value)
        return Int32(levels.count - 1)
    }
    return .categorical(CategoricalValues(codes: codes, levels: levels, kind: kind))
}

/// The two sums by which a column is compared.
func checksums(_ values: [Double]) -> [Double] {
    var sums = [0.0, 0.0]
    for (index, value) in values.enumerated() {
        let row = Double(index + 1)
        sums[0] += value * sin(row)
        sums[1] += value * cos(row * row)
    }
    return sums
}
