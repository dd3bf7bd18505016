// The names under which a formula may ask for a covariance structure, as in `diag(x | g)`.

/// A covariance structure that a formula names.
struct CovarianceNotation {
    let name: String
    /// Whether the columns of the term vary independently.
    let isIndependent: Bool
    /// Whether linear mixed models here have this structure.
    let isAvailable: Bool

    /// The structures that can be asked for: one line each.
    private static let available: [(name: String, isIndependent: Bool)] = [
        ("us", false),
        ("diag", true),
    ]

    /// Structures that other packages have, so that their names are not taken for functions.
    private static let known: Set<String> = [
        "ar1", "cs", "exp", "equalto", "gau", "hetar1", "homcs", "homdiag", "homtoep", "mat", "ou", "propto", "rr",
        "toep",
    ]

    /// The structure of that name, or nil when the name is no structure's.
    init?(_ name: String) {
        if let found = Self.available.first(where: { $0.name == name }) {
            self.init(name: name, isIndependent: found.isIndependent, isAvailable: true)
        } else if Self.known.contains(name) {
            self.init(name: name, isIndependent: false, isAvailable: false)
        } else {
            return nil
        }
    }

    private init(name: String, isIndependent: Bool, isAvailable: Bool) {
        self.name = name
        self.isIndependent = isIndependent
        self.isAvailable = isAvailable
    }

    /// The available structures in words.
    static var availableList: String {
        available.map { "\($0.name)(... | g)" }.joined(separator: " and ")
    }
}
