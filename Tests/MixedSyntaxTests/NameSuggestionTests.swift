// "Did you mean": which names are near.

import MixedSyntax
import Testing

@testable import MixedSyntax

@Suite struct NameSuggestionTests {
    static let columns = ["Reaction", "Days", "Subject", "x", "age_years", "sex", "SES", "Größe"]

    @Test(arguments: [
        ("reaction", "Reaction"), ("Raection", "Reaction"), ("day", "Days"), ("Subjct", "Subject"), ("ses", "SES"),
        ("age_year", "age_years"), ("ageyears", "age_years"), ("große", "Größe"), ("X", "x"), ("Subejct", "Subject"),
    ])
    func near(_ name: String, _ expected: String) {
        #expect(NameSuggestion.nearest(to: name, among: Self.columns) == expected)
    }

    @Test(arguments: ["z", "weight", "", "Reactor Number", "yy"]) func far(_ name: String) {
        #expect(NameSuggestion.nearest(to: name, among: Self.columns) == nil)
    }

    @Test func nothingIsNearInAnEmptyList() { #expect(NameSuggestion.nearest(to: "x", among: []) == nil) }

    @Test(arguments: [("", "", 0), ("ab", "", 2), ("ab", "ba", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)])
    func distance(_ left: String, _ right: String, _ expected: Int) {
        #expect(
            NameSuggestion.editDistance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == expected)
    }
}
