// How much memory the machine can give to this process.

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The memory that can be had, and that the process has.
package struct MachineMemory: Hashable, Sendable {
    /// Bytes that can be had without swapping.
    package var available: Double
    /// Bytes that the process has: some of them are free again.
    package var resident: Double

    /// What the system says now; `nil` where it does not.
    package static func current() -> MachineMemory? {
        #if os(Linux)
            LinuxMemory().current()
        #elseif canImport(Darwin)
            darwin()
        #else
            nil
        #endif
    }

    /// The most bytes that the process has had so far; `nil` where the system does not say.
    package static var peak: Double? {
        var usage = rusage()
        #if canImport(Glibc)
            guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        #else
            guard getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
        #endif
        #if canImport(Darwin)
            return Double(usage.ru_maxrss)
        #else
            return 1024 * Double(usage.ru_maxrss)
        #endif
    }

    #if canImport(Darwin)
        private static func darwin() -> MachineMemory? {
            var statistics = vm_statistics64()
            var count = mach_msg_type_number_t(MemoryLayout<vm_statistics64>.stride / MemoryLayout<integer_t>.stride)
            let result = withUnsafeMutablePointer(to: &statistics) { pointer in
                pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                    host_statistics64(mach_host_self(), HOST_VM_INFO64, $0, &count)
                }
            }
            guard result == KERN_SUCCESS else { return nil }
            let pages =
                Double(statistics.free_count) + Double(statistics.inactive_count) + Double(statistics.purgeable_count)
            return MachineMemory(available: pages * Double(sysconf(_SC_PAGESIZE)), resident: peak ?? 0)
        }
    #endif
}
