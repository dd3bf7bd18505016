// A running sum whose rounding error does not grow with the number of its terms.

/// Neumaier's compensated sum.
struct CompensatedSum: Sendable {
    private var sum = 0.0
    private var compensation = 0.0

    /// The sum of all terms added.
    var value: Double { sum + compensation }

    mutating func add(_ term: Double) {
        let next = sum + term
        compensation += abs(sum) >= abs(term) ? (sum - next) + term : (term - next) + sum
        sum = next
    }
}
