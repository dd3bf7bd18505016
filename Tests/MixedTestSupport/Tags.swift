// What tests can be chosen by.

public import Testing

extension Tag {
    /// Tests that take seconds because they simulate.
    @Tag public static var slow: Self
}
