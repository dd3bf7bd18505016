// An expression as part of a saved design.

package import MixedSyntax

/// An expression that is saved as its text.
package struct StoredExpression: Hashable, Sendable, Codable {
    package let expression: TableExpression
    /// The text the expression's places refer to.
    package let source: String

    package init(_ expression: TableExpression, source: String) {
        self.expression = expression
        self.source = source
    }

    /// An expression that does not come with its text: it gets R's spelling as text, and places in it.
    package init(_ expression: TableExpression) {
        let text = expression.description
        self.source = text
        self.expression = (try? TableExpression(parsing: text)) ?? expression
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self.init(try TableExpression(parsing: text), source: text)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(expression.description)
    }

    package static func == (left: StoredExpression, right: StoredExpression) -> Bool {
        left.expression == right.expression
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(expression) }
}
