// The formula of a sub-model as text, term by term.

package import MixedSyntax

extension ModelFormula {
    /// A formula with the same response and offsets and other terms.
    ///
    /// - Throws: the first mistake in the text that the terms make, which no terms of a formula do.
    package func replacing(fixed: ModelTerms, random: [RandomTerm]) throws(Diagnostic) -> ModelFormula {
        var parts = fixed.terms.map(fixed.label)
        if !fixed.hasIntercept {
            parts.insert("0", at: 0)
        } else if parts.isEmpty {
            parts = ["1"]
        }
        parts += offsets.map { "offset(\($0))" }
        parts += random.map(\.text)
        let left = response.map { "\($0) " } ?? ""
        return try ModelFormula(parsing: "\(left)~ \(parts.joined(separator: " + "))")
    }
}

extension ModelFormula.RandomTerm {
    /// The term as R writes it, such as `(1 + Days | Subject)`.
    package var text: String {
        let columns = [terms.hasIntercept ? "1" : "0"] + terms.terms.map(terms.label)
        return "(\(columns.joined(separator: " + ")) \(isIndependent ? "||" : "|") \(groupName))"
    }
}

extension ModelTerms {
    /// The terms without some of them, and without the variables that nothing else needs.
    package func removing(_ removed: Set<Int>) -> ModelTerms {
        let kept = terms.indices.filter { !removed.contains($0) }.map { terms[$0] }
        let used = Set(kept.flatMap(\.variables)).sorted()
        let place = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        return ModelTerms(
            hasIntercept: hasIntercept, variables: used.map { variables[$0] },
            terms: kept.map { Term(variables: $0.variables.compactMap { place[$0] }) })
    }
}
