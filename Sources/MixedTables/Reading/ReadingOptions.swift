// How a data file is to be read, where its own looks do not decide.

/// Choices for reading a delimited text file. The defaults read what R's `read.csv`, `read.csv2` and `read.table` read.
public struct ReadingOptions: Hashable, Sendable {
    /// What stands between two fields.
    public enum Delimiter: Hashable, Sendable {
        /// Found from the header and the first rows.
        case automatic
        case comma
        case tab
        case semicolon
        /// Any run of blanks and tabs, as in files of R's `write.table`.
        case whitespace
        /// Another ASCII character, such as `|`.
        case other(UInt8)
    }

    /// What separates the whole part of a number from its decimals.
    public enum DecimalMark: Hashable, Sendable {
        /// A point; in semicolon-separated files a comma when some numbers have a comma and none has a point.
        case automatic
        case point
        case comma
    }

    /// How characters are stored in the file.
    public enum Encoding: Hashable, Sendable {
        case utf8
        /// ISO 8859-1, as older programs write Western European text.
        case latin1
    }

    public var delimiter: Delimiter = .automatic
    /// Fields that stand for a missing value, quoted or not. Blank fields are missing in columns of numbers and truth
    /// values whatever this says; in columns of text only when `""` is listed.
    public var missingCodes: [String] = ["NA", ""]
    /// The columns to keep, or `nil` for all. Naming the few that are needed saves time.
    public var columns: Set<String>?
    /// Whether the first line names the columns; without it they are called `V1`, `V2`, ...
    public var hasHeader = true
    public var decimalMark: DecimalMark = .automatic
    public var encoding: Encoding = .utf8
    /// How many threads read; `nil` for all processors. What is read does not depend on it.
    public var threads: Int?

    public init(
        delimiter: Delimiter = .automatic, missingCodes: [String] = ["NA", ""], columns: Set<String>? = nil,
        hasHeader: Bool = true, decimalMark: DecimalMark = .automatic, encoding: Encoding = .utf8,
        threads: Int? = nil
    ) {
        self.delimiter = delimiter
        self.missingCodes = missingCodes
        self.columns = columns
        self.hasHeader = hasHeader
        self.decimalMark = decimalMark
        self.encoding = encoding
        self.threads = threads
    }

    var threadCount: Int { max(1, threads ?? OpenFile.processorCount) }
}
