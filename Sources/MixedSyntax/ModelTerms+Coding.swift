// R's names for terms and its rule for which categorical variables get all their indicator columns.

extension ModelTerms {
    /// The term's name as R writes it: `x`, `a:b`, `poly(x, 2):g`.
    public func label(of term: Term) -> String {
        term.variables.map { variables.indices.contains($0) ? variables[$0].description : "?" }.joined(separator: ":")
    }

    /// How a categorical variable enters a term, by R's `terms.formula` and `model.matrix`.
    ///
    /// A variable is coded by contrasts in a term when what is left of the term without the variable is part of the model
    /// already: it is empty, or all its variables are together in one of the terms before. Otherwise the columns of the
    /// term would not span that margin, and the variable gets an indicator for each level. In a model without intercept
    /// the first categorical variable of the first term that has one is coded by indicators too.
    ///
    /// - Parameters:
    ///   - variable: index into `variables`.
    ///   - term: index into `terms`.
    ///   - isCategorical: whether the variable of an index is categorical.
    /// - **Complexity:** linear in the number of terms and their variables.
    public func coding(ofVariable variable: Int, inTerm term: Int, isCategorical: (Int) -> Bool) -> Coding {
        guard terms.indices.contains(term) else { return .contrasts }
        if !hasIntercept,
            let first = terms.firstIndex(where: { $0.variables.contains(where: isCategorical) }), first == term,
            terms[first].variables.first(where: isCategorical) == variable
        {
            return .indicators
        }
        let margin = terms[term].variables.filter { $0 != variable }
        if margin.isEmpty { return .contrasts }
        let isPresent = terms[..<term].contains { earlier in margin.allSatisfy(earlier.variables.contains) }
        return isPresent ? .contrasts : .indicators
    }
}
