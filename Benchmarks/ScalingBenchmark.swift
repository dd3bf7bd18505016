// How time and memory of a fit grow with rows, with groups and with the border that crossed factors leave.

import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Times fits of designs of growing size and draws the curves.
struct ScalingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling",
        abstract: "Time fits of growing size, from the file to the answer, and draw how time and memory grow.")

    @Option(help: "The curves, separated by commas: rows, groups, border.")
    var curves = "rows,groups,border"

    @Option(help: "The largest number of rows; 100000000 makes a file of three gigabytes.")
    var rows = 10_000_000

    @Option(help: "How often each size is timed; the median is shown.")
    var repeats = 3

    @Option(help: "Where the data are made, and removed again.")
    var folder = "/tmp/mixed-large"

    @Option(help: "Where the plots are written.")
    var plots = "Benchmarks/Plots"

    @Option(help: "The command that is timed; the one beside this program otherwise.")
    var mixed: String?

    /// One curve: designs by size.
    private struct Curve {
        let name: String
        let title: String
        let axis: String
        let points: [(size: Int, design: LargeDesign)]
    }

    private var all: [Curve] {
        let sizes = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000].filter { $0 <= rows }
        return [
            Curve(
                name: "rows", title: "Rows: y ~ x * h + z + (1 + x | g), 10,000 groups", axis: "rows",
                points: sizes.map { ($0, .slopes(rows: $0, groups: min(10_000, $0 / 10))) }),
            Curve(
                name: "groups", title: "Groups: the same model, 1,000,000 rows", axis: "groups",
                points: [100, 1_000, 10_000, 100_000].map { ($0, .slopes(rows: 1_000_000, groups: $0)) }),
            Curve(
                name: "border", title: "Crossed: rating ~ age + (1 | user) + (1 | movie), 100 ratings a user",
                axis: "films; half as many users again",
                points: [250, 500, 1_000, 2_000, 4_000].map { films in
                    let users = 3 * films / 2
                    return (
                        films,
                        .ratings(
                            "border\(films)", count: min(100 * users, users * films / 8), users: users, films: films,
                            tail: (1.1, 1.6), seed: UInt64(films))
                    )
                }),
        ]
    }

    func run() throws {
        let command = mixed ?? String(CommandLine.arguments[0].prefixUpToLast("/") + "mixed")
        let chosen = Set(curves.split(separator: ",").map(String.init))
        mkdir(folder, 0o755)
        mkdir(plots, 0o755)
        for curve in all where chosen.contains(curve.name) {
            print("\n**\(curve.title)**\n")
            print("| \(curve.axis) | seconds | of processors | MB |\n| ---: | ---: | ---: | ---: |")
            var seconds: [(Double, Double)] = []
            var megabytes: [(Double, Double)] = []
            for (size, design) in curve.points {
                let path = "\(folder)/scaling.csv"
                try design.write(path)
                defer { unlink(path) }
                let runs = try (0..<repeats).map { _ in
                    try WholeProcess(command, ["fit", design.formula, path, "--format", "json"])
                }
                let time = runs.map(\.seconds).median
                let peak = Double(runs.map(\.peakBytes).max() ?? 0) / 1e6
                seconds.append((Double(size), time))
                megabytes.append((Double(size), peak))
                print(
                    "| \(size) | \(time.shown(decimals: 3)) | "
                        + "\(runs.map(\.processorSeconds).median.shown(decimals: 3)) | \(peak.shown(decimals: 0)) |")
                fflush(nil)
            }
            let plot = LogLogPlot(
                title: curve.title, horizontal: curve.axis,
                panels: [.init(vertical: "seconds", points: seconds), .init(vertical: "MB at most", points: megabytes)])
            try plot.write(to: "\(plots)/scaling-\(curve.name).svg")
        }
    }
}
