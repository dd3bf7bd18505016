// Limits of memory: how they are written, what the system says, and what is said when they do not suffice.

import Foundation
import Testing

@testable import MixedDesign

@Suite struct MemoryLimitTests {
    @Test(arguments: [
        ("8GB", 8_000_000_000), ("8 gb", 8_000_000_000), ("1.5g", 1_500_000_000), ("800MB", 800_000_000),
        ("2GiB", 2_147_483_648), ("64k", 64_000), ("1KiB", 1024), ("1t", 1_000_000_000_000), ("4096", 4096),
        ("12 bytes", 12),
    ])
    func sizes(_ text: String, bytes: Int) {
        #expect(MemoryLimit(text) == .bytes(bytes))
        #expect(MemoryLimit(text)?.byteCount == Double(bytes))
    }

    @Test func words() {
        #expect(MemoryLimit("unlimited") == .unlimited && MemoryLimit("Available") == .available)
        #expect(MemoryLimit.unlimited.byteCount == nil)
    }

    @Test(arguments: [
        "", "GB", "-1GB", "8 cats", "1e9", "nan", "0", "0.2", "8GBGB", "1..5G", "99999999999999999999TB", "+3", "0x10",
    ])
    func whatIsNoSize(_ text: String) { #expect(MemoryLimit(text) == nil) }

    @Test func checks() throws {
        try MemoryLimit.unlimited.check(1e30, for: .iteration)
        try MemoryLimit.bytes(100).check(100, for: .iteration)
        #expect(throws: MemoryShortage(needed: 101, available: 100, work: .iteration, limit: .bytes(100))) {
            try MemoryLimit.bytes(100).check(101, for: .iteration)
        }
        // No machine has a million terabytes.
        #expect(throws: MemoryShortage.self) { try MemoryLimit.available.check(1e18, for: .iteration) }
    }

    @Test(arguments: [
        (0.0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (9949, "9.9 kB"), (9950, "10 kB"),
        (999_499, "999 kB"), (999_500, "1 MB"), (14.1e9, "14 GB"), (1.26e9, "1.3 GB"), (3e15, "3 PB"),
    ])
    func words(_ bytes: Double, text: String) { #expect(ByteCount(bytes).description == text) }

    @Test func machinesHaveRoomForTheSystem() {
        #expect(ByteCount(1e6).machineSize.description == "4 GB")
        #expect(ByteCount(7.5e9).machineSize.description == "16 GB")
        #expect(ByteCount(13.5e9).machineSize.description == "16 GB")
        #expect(ByteCount(60e9).machineSize.description == "128 GB")
    }

    @Test func shortagesSayWhatToDo() {
        let exact = MemoryShortage(
            needed: 56e9, available: 20e9, work: .factorization(equations: 59_049, iterativeBytes: 0.9e9))
        #expect(
            exact.sentence
                == "The fit needs 56 GB of memory, and 20 GB can be had: it solves 59,049 equations as a whole")
        #expect(
            exact.hint
                == "fit it with --solver iterative (in Swift: solver: .iterative), which takes about 900 MB; or leave out random slopes or one of the crossed groups; or use a machine with 128 GB"
        )
        let tight = MemoryShortage(
            needed: 56e9, available: 0.5e9, work: .factorization(equations: 59_049, iterativeBytes: 0.9e9))
        #expect(!tight.hint.contains("iterative"))
        let reading = MemoryShortage(needed: 30e9, available: 20e9, work: .reading(pairs: 1_234_567_890))
        #expect(reading.sentence.contains("more than 1,234,567,890 pairs"))
        #expect(reading.hint.contains("--where"))
        #expect(!MemoryShortage(needed: 3e9, available: 2e9, work: .iteration).hint.contains("--solver"))
        let chosen = MemoryShortage(needed: 3e9, available: 2e9, work: .iteration, limit: .bytes(2_000_000_000))
        #expect(chosen.hint.hasSuffix("or allow more with --memory (in Swift: memory:)"))
    }
}

@Suite struct LinuxMemoryTests {
    /// A folder with the files of a Linux machine.
    private final class Machine {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("mixed-memory-\(UUID().uuidString)")

        init(_ files: [String: String]) throws {
            for (path, text) in files {
                let file = root.appendingPathComponent(path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
        }

        deinit { try? FileManager.default.removeItem(at: root) }

        // The files must not go while they are read.
        var memory: MachineMemory? { withExtendedLifetime(self) { LinuxMemory(root: root.path).current() } }
    }

    private static let information = "MemTotal: 1000 kB\nMemFree:   100 kB\nMemAvailable:    800 kB\nSwapTotal: 9 kB\n"

    @Test func theMachineAlone() throws {
        let machine = try Machine(["proc/meminfo": Self.information])
        #expect(machine.memory == MachineMemory(available: 800 * 1024, resident: 0))
        #expect(try Machine([:]).memory == nil)
        #expect(try Machine(["proc/meminfo": "MemTotal: 1000 kB\n"]).memory == nil)
        #expect(try Machine(["proc/meminfo": "MemAvailable: lots\n"]).memory == nil)
    }

    @Test func whatTheProcessHas() throws {
        let machine = try Machine(["proc/meminfo": Self.information, "proc/self/statm": "5000 300 120 10 0 200 0\n"])
        #expect(machine.memory?.resident == 180 * Double(sysconf(Int32(_SC_PAGESIZE))))
    }

    @Test func secondVersionOfControlGroups() throws {
        // The group of the process has no limit of its own; the one that it is in has.
        let machine = try Machine([
            "proc/meminfo": Self.information, "proc/self/cgroup": "0::/user/app\n",
            "sys/fs/cgroup/user/app/memory.max": "max\n", "sys/fs/cgroup/user/app/memory.current": "1000\n",
            "sys/fs/cgroup/user/memory.max": "500000\n", "sys/fs/cgroup/user/memory.current": "400000\n",
            "sys/fs/cgroup/user/memory.stat": "anon 100000\ninactive_file 200000\nactive_file 50000\n",
        ])
        #expect(machine.memory?.available == 350_000)
    }

    @Test func firstVersionOfControlGroups() throws {
        // In a container the path is that of the host, which is not there.
        let machine = try Machine([
            "proc/meminfo": Self.information, "proc/self/cgroup": "5:cpu:/a\n4:memory:/docker/abc\n0::/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "300000\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "280000\n",
            "sys/fs/cgroup/memory/memory.stat": "inactive_file 1\ntotal_inactive_file 30000\ntotal_active_file 0\n",
        ])
        #expect(machine.memory?.available == 50_000)
        let unlimited = try Machine([
            "proc/meminfo": Self.information, "proc/self/cgroup": "4:memory:/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "280000\n",
        ])
        let available = try #require(unlimited.memory?.available)
        #expect(available == 819_200)
    }

    @Test func nothingBelowZeroIsLeft() throws {
        let machine = try Machine([
            "proc/meminfo": Self.information, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "1000\n",
            "sys/fs/cgroup/memory.current": "5000\n",
        ])
        #expect(machine.memory?.available == 0)
    }

    @Test func thisMachineHasMemory() throws {
        let memory = try #require(MachineMemory.current())
        #expect(memory.available > 1e6)
        #expect(try #require(MachineMemory.peak) > 1e6)
    }
}
