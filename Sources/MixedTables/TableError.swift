// What can be wrong with a table or the file it is read from.

/// An error in a table or a data file, with the place it is about.
public enum TableError: Error, Hashable, Sendable {
    case unequalColumns(name: String, count: Int, expected: Int)
    case duplicateColumn(name: String)
}
