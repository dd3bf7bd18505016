// The options of `mixed predict` that say what is predicted.

public import ArgumentParser
public import MixedModels

/// For whom predictions are made, and with which intervals.
struct PredictionOptions: ParsableArguments {
    @Option(help: "For the average group, or for each row's own group.")
    var level: PredictionLevel = .population

    @Option(
        help:
            "What the limits are to hold: nothing, the mean (confidence), or one new observation (prediction).")
    var interval: PredictionInterval = .confidence

    @Option(help: ArgumentHelp("The level of the intervals, between 0 and 1.", valueName: "level"))
    var confidence = 0.95

    @Option(name: .customLong("df"), help: "Degrees of freedom of the intervals for the average group.")
    var degreesOfFreedom: DegreesOfFreedomMethod = .satterthwaite

    mutating func validate() throws { try LevelOptions.check(confidence, option: "--confidence") }
}

extension PredictionLevel: ExpressibleByArgument {}
extension PredictionInterval: ExpressibleByArgument {}
