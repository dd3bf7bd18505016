// How the levels of a categorical variable become numbers in a model.

/// The coding of a categorical variable, as R's `contr.*` functions name them.
public enum ContrastCoding: Hashable, Sendable, Codable {
    /// Each level against the reference: the named level, or the first (`contr.treatment`).
    case treatment(reference: String?)
    /// Each level but the last against the mean of all levels (`contr.sum`).
    case sum
    /// Each level against the mean of the levels before it (`contr.helmert`).
    case helmert
    /// Orthogonal polynomials over equally spaced levels (`contr.poly`).
    case polynomial
    /// One row for each level; the columns are numbered when they have no names.
    case custom(rows: [[Double]], names: [String]?)

    /// The coding R gives a factor by default.
    public static let treatment: ContrastCoding = .treatment(reference: nil)

    /// The coding that goes by a name such as `sum`, `contr.helmert`, `poly` or `treatment(Low)`; `nil` for another name.
    ///
    /// `treatment(Low)` makes `Low` the reference level. The name may be quoted.
    public init?(named text: String) {
        var name = Substring(text).trimmed
        if name.hasPrefix("contr.") { name = name.dropFirst("contr.".count) }
        if let open = name.firstIndex(of: "("), name.last == ")" {
            guard ["treatment", "treat"].contains(String(name[..<open].trimmed)) else { return nil }
            var level = name[name.index(after: open)...].dropLast().trimmed
            for quote in ["\"", "'"] where level.count >= 2 && level.hasPrefix(quote) && level.hasSuffix(quote) {
                level = level.dropFirst().dropLast()
            }
            guard !level.isEmpty else { return nil }
            self = .treatment(reference: String(level))
            return
        }
        switch name {
        case "treatment", "treat": self = .treatment
        case "sum", "deviation", "effect": self = .sum
        case "helmert": self = .helmert
        case "poly", "polynomial": self = .polynomial
        default: return nil
        }
    }

    /// The names that `init(named:)` understands, for messages.
    public static let names = ["treatment", "treatment(LEVEL)", "sum", "helmert", "poly"]
}

extension Substring {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmed: Substring {
        var rest = self.drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
