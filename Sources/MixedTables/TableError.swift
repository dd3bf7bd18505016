// What can be wrong with a table or the file it is read from.

/// An error in a table or a data file, with the place it is about.
public enum TableError: Error, Hashable, Sendable {
    /// Columns of a table made in memory differ in length.
    case unequalColumns(name: String, count: Int, expected: Int)
    /// Two columns of a table made in memory share a name.
    case duplicateColumn(name: String)
    /// No column has this name; `nearest` is the known name that looks most like it.
    case unknownColumn(name: String, nearest: String?, origin: String?)
    /// A column of text stands where numbers are needed. `row` counts the rows of the table from 1.
    case notNumeric(column: String, row: Int, value: String)
    /// A list of levels names one of them twice.
    case duplicateLevel(column: String, level: String)

    /// There is no such file.
    case missingFile(String)
    /// The path names a folder.
    case isFolder(String)
    /// The system refused to read the file.
    case unreadable(file: String, reason: String)
    /// The file holds no text at all.
    case empty(file: String)
    /// The file became shorter or newer while it was read.
    case changedWhileRead(file: String)
    /// Reading was stopped before its end.
    case interrupted(file: String)
    /// The file has a header and nothing under it.
    case noRows(file: String)
    /// A row has more or fewer fields than the header. `row` counts the rows of data from 1.
    case raggedRow(file: String, line: Int, row: Int, expected: Int, found: Int)
    /// A quoted field that begins on `line` never ends.
    case unterminatedQuote(file: String, line: Int)
    /// The file is no text; `looksLike` says what it seems to be.
    case notText(file: String, looksLike: String)
    /// Text that is not UTF-8, in a column or (`nil`) in the header.
    case notUTF8(file: String, line: Int, column: String?)
    /// Two columns of a file share a name; positions count from 1.
    case duplicateHeader(file: String, name: String, first: Int, second: Int)
    /// A column has more distinct texts, or a grouping factor more levels, than there are codes: 2³¹ − 1.
    case tooManyLevels(file: String, column: String)
    /// A gzip stream that ends early or is damaged.
    case corruptCompression(file: String, reason: String)
    /// Text that is unpacked or received from a pipe is more than memory is to hold, and the folder for temporary files has no
    /// room for it.
    case storageFull(file: String, folder: String, storedBytes: Int, neededBytes: Int?)
    /// Such text cannot be stored in the folder for temporary files for another reason.
    case unusableStorage(file: String, folder: String, reason: String)

    /// The system refused to write the file.
    case unwritable(file: String, reason: String)
    /// A value cannot be written in a file separated by white space, and the like.
    case unsuitableDelimiter(reason: String)
}

extension TableError: CustomStringConvertible {
    /// One or two lines: what is wrong, where, and what to do.
    public var description: String { message }

    /// One or two lines: what is wrong, where, and what to do.
    public var message: String {
        switch self {
        case .unequalColumns(let name, let count, let expected):
            return "The column '\(name)' has \(count) values where the others have \(expected)"
        case .duplicateColumn(let name):
            return "Two columns are called '\(name)': rename one of them"
        case .unknownColumn(let name, let nearest, let origin):
            let place = origin.map { "\($0): " } ?? ""
            let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
            return "\(place)there is no column '\(name)'\(hint)"
        case .notNumeric(let column, let row, let value):
            return "The column '\(column)' holds text where a number is needed: row \(row) is \"\(value)\"\n"
                + "Correct the value, or declare it as missing (--na \"\(value)\")"
        case .duplicateLevel(let column, let level):
            return "The level \"\(level)\" of '\(column)' is given twice"
        case .tooManyLevels(let file, let column):
            return
                "\(file): '\(column)' has more than \(LevelDictionary.codeCount) levels, and no more can be counted\n"
                + "Group by something coarser, or fit parts of the rows"
        case .missingFile(let file):
            return "\(file): there is no such file"
        case .isFolder(let file):
            return "\(file): this is a folder; name a file in it"
        case .unreadable(let file, let reason):
            return "\(file): cannot be read (\(reason))"
        case .empty(let file):
            return "\(file): the file is empty"
        case .changedWhileRead(let file):
            return "\(file): the file changed while it was read: try again when nothing writes to it"
        case .interrupted(let file):
            return "\(file): reading was interrupted before the end of the file"
        case .noRows(let file):
            return "\(file): the file has a header but no rows"
        case .raggedRow(let file, let line, let row, let expected, let found):
            return "\(file):\(line): row \(row) has \(found) \(found == 1 ? "field" : "fields") where \(expected) "
                + "\(expected == 1 ? "is" : "are") expected\n"
                + "Correct the row, quote fields that hold the delimiter, or name the right one with --delimiter"
        case .unterminatedQuote(let file, let line):
            return "\(file):\(line): the quote \" that opens here is never closed\n"
                + "Close it, or write a quote inside a quoted field twice (\"\")"
        case .notText(let file, let looksLike):
            return "\(file): this is not a text file; it looks like \(looksLike)\n"
                + "Save the data as comma-separated text (.csv) first"
        case .notUTF8(let file, let line, let column):
            let place = column.map { "the column '\($0)'" } ?? "the header"
            return "\(file):\(line): \(place) holds text that is not UTF-8\n"
                + "Save the file as UTF-8, or read it as Latin-1 text"
        case .duplicateHeader(let file, let name, let first, let second):
            return "\(file): the columns \(first) and \(second) are both called '\(name)': rename one of them"
        case .corruptCompression(let file, let reason):
            return "\(file): the gzip file is damaged (\(reason)): fetch or compress it again"
        case .storageFull(let file, let folder, let stored, let needed):
            let whole = needed.map { " of about \(Self.megabytes($0))" } ?? ""
            return "\(file): the folder '\(folder)' has no room for the text, which is kept there while it is read "
                + "(\(Self.megabytes(stored))\(whole) stored so far)\n" + Self.storageAdvice
        case .unusableStorage(let file, let folder, let reason):
            return "\(file): the text cannot be kept in the folder '\(folder)' while it is read (\(reason))\n"
                + Self.storageAdvice
        case .unwritable(let file, let reason):
            return "\(file): cannot be written (\(reason))"
        case .unsuitableDelimiter(let reason):
            return reason
        }
    }

    private static let storageAdvice =
        "Set TMPDIR to a folder with room, or name a file that is not compressed: it is read where it is"

    private static func megabytes(_ count: Int) -> String { "\(count / 1_000_000) MB" }
}
