// What a sub-model keeps of a model's columns.

/// A linear map from the columns of a design to those of a sub-model.
package struct CrossProductsRestriction: Sendable {
    /// The weights of each new fixed-effects column: *X' = X T*.
    ///
    /// - **Shape:** one array for each new column, of pairs of an old column and its weight.
    package var fixed: [[(column: Int, weight: Double)]]
    /// The combination of the new fixed-effects columns that is constant, or `nil`.
    package var constantCombination: [Double]?
    /// The grouping factors that are kept, in their new order.
    package var factors: [Factor]
    /// Old fixed-effects columns that are subtracted from the response, with their coefficients.
    package var responseOffset: [(column: Int, weight: Double)]
    /// Whether levels keep the moments of their own rows, which nothing but leaving levels out needs.
    package var keepsFixedMoments: Bool

    /// A grouping factor and its new columns.
    package struct Factor: Sendable {
        /// The factor's index in the model.
        package var source: Int
        /// The weights of each new column of the factor.
        package var columns: [[(column: Int, weight: Double)]]

        package init(source: Int, columns: [[(column: Int, weight: Double)]]) {
            self.source = source
            self.columns = columns
        }
    }

    package init(
        fixed: [[(column: Int, weight: Double)]], constantCombination: [Double]?, factors: [Factor],
        responseOffset: [(column: Int, weight: Double)] = [], keepsFixedMoments: Bool = true
    ) {
        self.fixed = fixed
        self.constantCombination = constantCombination
        self.factors = factors
        self.responseOffset = responseOffset
        self.keepsFixedMoments = keepsFixedMoments
    }
}
