// Reads the reference values that R wrote.

import Foundation
import Testing

/// A file of reference values beside the tests.
enum Golden {
    static func load<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")
        return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appendingPathComponent(name)))
    }
}

/// The largest difference between two lists of numbers, relative to the larger of 1 and the expected size.
func distance(_ actual: [Double], _ expected: [Double]) -> Double {
    guard actual.count == expected.count else { return .infinity }
    var largest = 0.0
    for (a, e) in zip(actual, expected) {
        let difference = (a - e).magnitude / max(1, e.magnitude)
        guard !difference.isNaN else { return .infinity }
        largest = max(largest, difference)
    }
    return largest
}
