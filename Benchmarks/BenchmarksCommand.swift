// `make bench`: how fast the command and the library are on this machine.

import ArgumentParser

/// The benchmarks, one subcommand for each subject.
@main
struct BenchmarksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measure how fast mixed is on this machine; answers are checked before anything is timed.",
        subcommands: [InferenceBenchmark.self, LargeBenchmark.self, ScalingBenchmark.self],
        defaultSubcommand: InferenceBenchmark.self)
}
