// Shorthands for the commonest wishes.

public import LinearMixedModels
internal import MixedReports

extension LinearMixedModelFit {
    /// The summary as text, with tests by Satterthwaite's degrees of freedom.
    ///
    /// - Parameter width: The places that a line may take.
    public func summary(width: Int = 80) -> String { FitReport(self).text(width: width) }
}
