// The formats that every report can be had in.

/// How a report is written.
public enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    /// For reading on a terminal.
    case text
    /// For other programs: one object, with all digits.
    case json
    /// The rows of the report's table, with all digits.
    case csv
    case markdown
    /// A fragment that can be pasted into a page.
    case html
    /// Tables for the package booktabs.
    case latex
}
