// A formula as text: its description, the columns it names, and how it is stored.

extension ModelFormula: CustomStringConvertible {
    /// The formula as R writes it, on one line and evenly spaced.
    public var description: String {
        (try? TableExpression(parsing: source))?.description ?? source
    }

    /// All columns of the data that the formula needs: response, predictors, offsets, random effects, in that order.
    public var variableNames: [String] {
        var expressions: [TableExpression] = []
        if let response { expressions.append(response) }
        expressions += fixed.variables + offsets
        for term in random { expressions += term.terms.variables + term.grouping }
        var seen: Set<String> = []
        return expressions.flatMap(\.variableNames).filter { seen.insert($0).inserted }
    }
}

extension ModelFormula: Codable {
    private enum CodingKeys: String, CodingKey {
        case formula, columns
    }

    /// Stores the text, and the columns that `.` stood for where it was used.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(source, forKey: .formula)
        try container.encodeIfPresent(dotColumns, forKey: .columns)
    }

    /// Parses the stored text again.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let source = try container.decode(String.self, forKey: .formula)
        let columns = try container.decodeIfPresent([String].self, forKey: .columns)
        do throws(Diagnostic) {
            try self.init(parsing: source, columns: columns)
        } catch {
            throw DecodingError.dataCorruptedError(
                forKey: .formula, in: container, debugDescription: error.description)
        }
    }
}
