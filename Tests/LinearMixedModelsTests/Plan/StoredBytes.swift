// The bytes of all memory that a value holds on to, found by looking into it.

import MixedLinearAlgebra

@testable import LinearMixedModels

/// Adds up the memory blocks and the arrays of numbers behind a value, each block once.
struct StoredBytes {
    private(set) var total = 0.0
    private var seen: Set<ObjectIdentifier> = []

    /// - Parameter skipped: Names of properties that are not looked into.
    init(of values: Any..., skipping skipped: Set<String> = []) {
        for value in values { add(value, skipped) }
    }

    private mutating func add(_ value: Any, _ skipped: Set<String>) {
        switch value {
        case let storage as Storage<Double>: add(storage, count: storage.count, size: 8)
        case let storage as Storage<Int>: add(storage, count: storage.count, size: 8)
        case let storage as Storage<Int32>: add(storage, count: storage.count, size: 4)
        case let storage as Storage<UInt8>: add(storage, count: storage.count, size: 1)
        case let numbers as [Double]: total += 8 * Double(numbers.count)
        case let numbers as [Int]: total += 8 * Double(numbers.count)
        case let numbers as [Int32]: total += 4 * Double(numbers.count)
        default:
            let mirror = Mirror(reflecting: value)
            if mirror.displayStyle == .class, !seen.insert(ObjectIdentifier(value as AnyObject)).inserted { return }
            for child in mirror.children where !skipped.contains(child.label ?? "") { add(child.value, skipped) }
        }
    }

    private mutating func add(_ storage: AnyObject, count: Int, size: Double) {
        if seen.insert(ObjectIdentifier(storage)).inserted { total += size * Double(count) }
    }
}
