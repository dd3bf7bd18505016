// What cannot be had of a fit whose equations were never factored.

extension LinearMixedModelFit {
    /// Throws where the fit was computed iteratively: factoring its equations now could take hours.
    ///
    /// - Throws: `FitError.needsExactSolver`.
    package func requireFactorization(for need: FactorizationNeed) throws(FitError) {
        if case .iterative(let search) = computation {
            throw .needsExactSolver(need, borderEffects: search.borderEffects)
        }
    }

    /// The solver for fits that are made from this one.
    var solver: SolverChoice {
        switch computation {
        case .exact: .exact
        case .iterativeThenExact: .automatic
        case .iterative: .iterative
        }
    }
}
