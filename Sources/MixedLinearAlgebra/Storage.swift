// A block of memory for kernels: one allocation, no bounds checks, no copy on write.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Memory that a kernel works on through a raw pointer and that frees itself.
///
/// Class properties of array type are slow to index in loops, and arrays inside closures nest deeply; kernels take the
/// pointer once and work on it. Reading from several threads is safe, writing is not synchronised.
package final class Storage<Element: BitwiseCopyable>: @unchecked Sendable {
    package let count: Int
    package let pointer: UnsafeMutablePointer<Element>

    /// Memory for `count` elements whose bytes are all zero; the system hands out such pages when they are first touched.
    package init(zeros count: Int) {
        self.count = count
        let size = max(count, 1)
        let bytes =
            Self.largePages(byteCount: size * MemoryLayout<Element>.stride)
            ?? calloc(size, MemoryLayout<Element>.stride)
        // Where there is no memory to be had, the standard library's allocation says so and stops.
        let raw = bytes ?? UnsafeMutableRawPointer(UnsafeMutablePointer<Element>.allocate(capacity: size))
        pointer = raw.bindMemory(to: Element.self, capacity: size)
    }

    /// Zeroed memory on large pages for a large matrix: thousands of page faults cost as much as factoring it.
    private static func largePages(byteCount: Int) -> UnsafeMutableRawPointer? {
        #if os(Linux)
            let page = 2 << 20
            guard byteCount >= 2 * page else { return nil }
            var raw: UnsafeMutableRawPointer?
            guard posix_memalign(&raw, page, byteCount) == 0, let raw else { return nil }
            let adviseLargePages: Int32 = 14  // MADV_HUGEPAGE
            _ = madvise(raw, byteCount, adviseLargePages)
            memset(raw, 0, byteCount)
            return raw
        #else
            return nil
        #endif
    }

    /// A copy of an array.
    package convenience init(_ elements: [Element]) {
        self.init(zeros: elements.count)
        elements.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: elements.count) }
        }
    }

    deinit { free(pointer) }

    /// Copies as many elements as both hold.
    package func copy(from other: Storage<Element>) {
        pointer.update(from: other.pointer, count: min(count, other.count))
    }

    /// Memory of its own with the same elements.
    package func copy() -> Storage<Element> {
        let result = Storage(zeros: count)
        result.copy(from: self)
        return result
    }

    /// Sets every byte to zero.
    package func clear() {
        memset(pointer, 0, count * MemoryLayout<Element>.stride)
    }
}

extension Storage where Element == Double {
    /// Adds as many elements as both hold.
    package func add(_ other: Storage<Double>) {
        let target = pointer
        let source = other.pointer
        for index in 0..<min(count, other.count) { target[index] += source[index] }
    }
}
