// A running sum whose rounding error does not grow with the number of its terms.

/// Neumaier's compensated sum.
package struct CompensatedSum: Sendable {
    private var sum = 0.0
    private var compensation = 0.0

    /// The sum of no terms.
    package init() {}

    /// The sum of all terms added.
    package var value: Double { sum + compensation }

    package mutating func add(_ term: Double) {
        let next = sum + term
        compensation += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
        sum = next
    }
}
