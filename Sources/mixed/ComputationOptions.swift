// Options that several subcommands have: how many threads compute, and the level of confidence intervals.

import ArgumentParser

/// On how many threads work is done.
struct ThreadOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many threads may compute; all processors otherwise.", valueName: "n"))
    var threads: Int?

    mutating func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads needs a whole number from 1") }
    }

    /// The threads that are asked for, or one for each processor.
    var count: Int { threads ?? Console.processorCount }
}

/// The level of confidence intervals.
struct LevelOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The level of confidence intervals, between 0 and 1.", valueName: "level"))
    var level = 0.95

    mutating func validate() throws { try Self.check(level, option: "--level") }

    /// Refuses a level that is none.
    static func check(_ level: Double, option: String) throws {
        guard level > 0, level < 1 else {
            throw ValidationError("\(option) needs a number between 0 and 1, such as 0.95")
        }
    }
}
