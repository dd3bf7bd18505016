// The options of every subcommand that fits a model.

public import ArgumentParser
public import MixedModels

/// What is estimated, and how.
struct ModelOptions: ParsableArguments {
    @Flag(help: "Maximum likelihood, to compare models of different fixed effects. Restricted (REML) otherwise.")
    var ml = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Precision weights: the residual variance of a row is divided by its weight.", valueName: "expr"))
    var weights: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Added to the prediction with a coefficient of 1.", valueName: "expr"))
    var offset: String?

    @Option(help: "The distribution of the response. This version has gaussian.")
    var family = "gaussian"

    @Option(help: "The link function. This version has identity.")
    var link = "identity"

    @Option(
        help: ArgumentHelp(
            "How crossed factors are computed: exact by factorisation, iterative by conjugate gradients and estimated traces, auto by their size.",
            valueName: "auto|exact|iterative"))
    var solver: SolverChoice = .automatic

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most memory that may be taken, such as 8GB; a model that needs more is refused at once. What the machine has free otherwise; 'unlimited' to try.",
            valueName: "size"))
    var memory: MemoryLimit = .available

    @OptionGroup
    var threadOptions: ThreadOptions

    mutating func validate() throws {
        guard ["gaussian", "normal"].contains(family.lowercased()) else {
            throw ValidationError(
                "--family \(family): this version fits linear models, which have the family gaussian")
        }
        guard link.lowercased() == "identity" else {
            throw ValidationError("--link \(link): this version fits linear models, which have the link identity")
        }
    }

    var method: EstimationMethod { ml ? .likelihood : .restrictedLikelihood }
}

extension SolverChoice: ExpressibleByArgument {}

extension MemoryLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }

    public var defaultValueDescription: String {
        switch self {
        case .available: "available"
        case .bytes(let count): "\(count)"
        case .unlimited: "unlimited"
        }
    }
}

/// How the coefficients are tested.
struct InferenceOptions: ParsableArguments {
    @Option(name: .customLong("df"), help: "Degrees of freedom of the t-tests.")
    var degreesOfFreedom: DegreesOfFreedomMethod = .satterthwaite

    @OptionGroup
    var levelOptions: LevelOptions

    var level: Double { levelOptions.level }

    /// The tests and intervals of a fit by the chosen method.
    func inference(_ fit: LinearMixedModelFit) throws(DegreesOfFreedomError) -> FixedEffectsInference {
        try fit.inference(degreesOfFreedom)
    }
}

extension DegreesOfFreedomMethod: ExpressibleByArgument {}
