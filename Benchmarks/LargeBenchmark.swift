// Large data, whole processes from the file to the answer: mixed and what else is installed, on the same files.

import ArgumentParser
import MixedModels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Times fits of large designs.
struct LargeBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "large",
        abstract: "Time fits of large data sets, from the file to the answer, beside other programs.",
        discussion: """
            Data are made from fixed seeds, in a folder where they stay for the next run. Every answer is checked against what the \
            data were made with and, where a program gives the same criterion, against that, before times are shown.
            """)

    @Option(help: "The designs, separated by commas; those below three gigabytes otherwise.")
    var designs: String?

    @Option(help: "The other programs, separated by commas; none with 'none'.")
    var peers: String?

    @Option(help: "How often mixed is timed; the median is shown. Other programs run once.")
    var repeats = 5

    @Option(help: "The longest another program may run, in seconds.")
    var limit = 1800

    @Option(help: "Where the data are kept.")
    var folder = "/tmp/mixed-large"

    @Option(help: "The Python that has the other programs.")
    var python = "python3"

    @Option(help: "Options for 'mixed fit', separated by blanks.")
    var options = ""

    @Option(help: "The command that is timed; the one beside this program otherwise.")
    var mixed: String?

    @Option(help: "The folder with the scripts of the other programs.")
    var scripts = "Benchmarks/Peers"

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats must be at least 1") }
    }

    func run() throws {
        let command = mixed ?? String(CommandLine.arguments[0].prefixUpToLast("/") + "mixed")
        mkdir(folder, 0o755)
        let chosen = designs.map { $0.split(separator: ",").map(String.init) }
        let programs = peers.map { $0.split(separator: ",").map { $0.lowercased() } }
        for design in LargeDesign.all {
            if let chosen { guard chosen.contains(design.name) else { continue } }
            if chosen == nil, design.name == "slopes100000000" { continue }
            let path = "\(folder)/\(design.name).csv"
            if access(path, R_OK) != 0 {
                try design.write(path + ".part")
                rename(path + ".part", path)
            }
            print("\n**\(design.title)**: `\(design.formula)`\n")
            print("| program | seconds | times mixed | of processors | MB |\n| :--- | ---: | ---: | ---: | ---: |")
            let (seconds, answer) = try time(command, design, path)
            for peer in Peer.all(python: python) where peer.designs.contains(where: design.name.hasPrefix) {
                if let programs { guard programs.contains(peer.name.lowercased()) else { continue } }
                show(peer, peer.run(design, path, scripts: scripts, limit: limit), beside: seconds, answer)
            }
        }
    }

    /// Times mixed and checks its answer.
    private func time(
        _ command: String, _ design: LargeDesign, _ path: String
    ) throws -> (seconds: Double, answer: Peer.Answer) {
        let output = path + ".answer"
        defer { unlink(output) }
        let words = ["fit", design.formula, path, "--format", "json"] + options.split(separator: " ").map(String.init)
        let runs = try (0..<repeats).map { _ in try WholeProcess(command, words, output: output) }
        guard let answer = Peer.Answer(contentsOf: output), let names = Peer.Answer.names(contentsOf: output) else {
            throw WholeProcess.Failure(description: "Wrong answer: \(design.name) has none")
        }
        for (name, value, tolerance) in design.truth {
            let found = names.firstIndex(of: name).map { answer.coefficients[$0] } ?? .nan
            guard abs(found - value) < tolerance else {
                throw WholeProcess.Failure(
                    description: "Wrong answer: \(design.name): \(name) is \(found), made with \(value)")
            }
        }
        let seconds = runs.map(\.seconds).median
        row("mixed", seconds, nil, runs.map(\.processorSeconds).median, runs.map(\.peakBytes).max() ?? 0)
        return (seconds, answer)
    }

    private func show(
        _ peer: Peer, _ result: (run: WholeProcess, answer: Peer.Answer)?, beside seconds: Double, _ ours: Peer.Answer
    ) {
        guard let (run, theirs) = result else {
            print("| \(peer.name) | none within \(limit) | | | |")
            return
        }
        row(peer.name, run.seconds, run.seconds / seconds, run.processorSeconds, run.peakBytes)
        if let criterion = theirs.criterion, let own = ours.criterion, own > criterion + 1e-6 * max(1, abs(criterion)) {
            print("<!-- \(peer.name) has the criterion \(criterion), mixed \(own) -->")
        }
        // Programs have their own order of the terms.
        let pairs = zip(theirs.coefficients.sorted(), ours.coefficients.sorted())
        let difference = pairs.map { abs($0 - $1) / max(1e-3, abs($1)) }.max() ?? 0
        if difference > 1e-3 { print("<!-- a coefficient of \(peer.name) differs by \(difference) of its size -->") }
    }

    private func row(_ name: String, _ seconds: Double, _ ratio: Double?, _ processors: Double, _ bytes: Int) {
        let times = ratio.map { $0.shown(decimals: $0 < 10 ? 1 : 0) } ?? ""
        print(
            "| \(name) | \(seconds.shown(decimals: seconds < 10 ? 3 : 1)) | \(times) | "
                + "\(processors.shown(decimals: processors < 10 ? 3 : 1)) | \((Double(bytes) / 1e6).shown(decimals: 0)) |"
        )
        fflush(nil)
    }
}
