// A block of memory for kernels: one allocation, no bounds checks, no copy on write.

/// Memory that a kernel works on through a raw pointer and that frees itself.
///
/// Class properties of array type are slow to index in loops, and arrays inside closures nest deeply; kernels take the
/// pointer once and work on it. Reading from several threads is safe, writing is not synchronised.
package final class Storage<Element: BitwiseCopyable>: @unchecked Sendable {
    package let count: Int
    package let pointer: UnsafeMutablePointer<Element>

    /// Memory for `count` elements, each equal to `value`.
    @inlinable
    package init(repeating value: Element, count: Int) {
        self.count = count
        pointer = .allocate(capacity: max(count, 1))
        pointer.initialize(repeating: value, count: max(count, 1))
    }

    /// A copy of an array.
    @inlinable
    package init(_ elements: [Element]) {
        count = elements.count
        pointer = .allocate(capacity: max(count, 1))
        elements.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.initialize(from: base, count: count) }
        }
    }

    @inlinable
    deinit { pointer.deallocate() }

    /// Copies as many elements as both hold.
    @inlinable
    package func copy(from other: Storage<Element>) {
        pointer.update(from: other.pointer, count: min(count, other.count))
    }

    /// Sets every element.
    @inlinable
    package func fill(_ value: Element) {
        pointer.update(repeating: value, count: count)
    }
}
