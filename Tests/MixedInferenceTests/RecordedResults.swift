// Reads what R's packages said, beside the tests.

import Foundation

/// A file of the folder `Goldens`.
enum RecordedResults {
    static func load<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")
        return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/\(name)").path
    }
}
