// Formulas as values: text, equality, storage, and the columns they need.

import Foundation
import MixedSyntax
import Testing

@Suite struct FormulaTextTests {
    @Test func descriptionIsEvenlySpaced() throws {
        let formula = try ModelFormula(parsing: "Reaction~Days+(1+Days|Subject) # slopes\n")
        #expect(formula.description == "Reaction ~ Days + (1 + Days | Subject)")
        #expect(formula.source == "Reaction~Days+(1+Days|Subject) # slopes\n")
    }

    @Test func equalityIsAboutTheModel() throws {
        let left = try ModelFormula(parsing: "y ~ a*b + (x | g)")
        let right = try ModelFormula(parsing: "y~a + b + a:b+(1+x|g)")
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(try left != ModelFormula(parsing: "y ~ a*b + (x || g)"))
        #expect(try left != ModelFormula(parsing: "y ~ a*b + (x | h)"))
        #expect(try left != ModelFormula(parsing: "log(y) ~ a*b + (x | g)"))
    }

    @Test(arguments: [
        "y ~ x", "log(y) ~ . + (x | g/h)", "y ~ x*z + offset(w) + (1 | g) + (0 + z || h)", "~ a",
    ])
    func survivesStorage(_ text: String) throws {
        let formula = try ModelFormula(parsing: text, columns: ["y", "x", "z z", "g", "h"])
        let data = try JSONEncoder().encode(formula)
        let decoded = try JSONDecoder().decode(ModelFormula.self, from: data)
        #expect(decoded == formula)
        #expect(decoded.source == text)
        #expect(decoded.dotColumns == formula.dotColumns)
    }

    @Test func storedNonsenseIsRefused() {
        let data = Data(#"{"formula": "y ~ x +"}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ModelFormula.self, from: data) }
    }

    @Test func variableNamesAreAllThatIsRead() throws {
        let formula = try ModelFormula(
            parsing: "log(y) ~ poly(x, 2) * z + offset(w) + (0 + x + v | g/h) + (1 | factor(k)) + q - q")
        #expect(formula.variableNames == ["y", "x", "z", "w", "v", "h", "g", "k"])
    }
}
