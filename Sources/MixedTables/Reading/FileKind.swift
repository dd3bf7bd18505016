// Recognising files that are not delimited text by their first bytes, so that the error can name them.

/// What the beginning of a file says about its kind.
enum FileKind {
    private static let signatures: [(prefix: [UInt8], description: String)] = [
        (Array("PK\u{3}\u{4}".utf8), "a zip archive or an Excel workbook (.xlsx)"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook (.xls)"),
        (Array("PAR1".utf8), "a Parquet file"),
        (Array("RDX2\n".utf8), "an R data file (.RData)"),
        (Array("RDX3\n".utf8), "an R data file (.RData)"),
        (Array("RDA2\n".utf8), "an R data file (.RData)"),
        (Array("RDA3\n".utf8), "an R data file (.RData)"),
        ([0x58, 0x0A, 0, 0, 0], "an R object (.rds)"),
        (Array("%PDF".utf8), "a PDF document"),
        (Array("SQLite format 3".utf8), "an SQLite database"),
        ([0x89, 0x48, 0x44, 0x46], "an HDF5 file"),
        ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"),
        ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
        (Array("$FL2".utf8), "an SPSS data file (.sav)"),
        (Array("$FL3".utf8), "an SPSS data file (.zsav)"),
        (Array("<stata_dta>".utf8), "a Stata data file (.dta)"),
        (Array("ARROW1".utf8), "an Arrow or Feather file"),
        (Array("FEA1".utf8), "a Feather file"),
        (Array("BZh".utf8), "a bzip2-compressed file"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz-compressed file"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard-compressed file"),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7-Zip archive"),
        ([0x1F, 0x8B], "a file that was compressed twice"),
        ([0x7F, 0x45, 0x4C, 0x46], "a program"),
        ([0xFF, 0xFE], "UTF-16 text"),
        ([0xFE, 0xFF], "UTF-16 text"),
        (Array("{\\rtf".utf8), "a Rich Text document"),
    ]

    /// What the bytes look like when they are no delimited text, or `nil`.
    ///
    /// Only the first 64 KB are searched for zero bytes; a zero byte further on makes its column text and is found there.
    static func nonText(_ bytes: UnsafeRawBufferPointer) -> String? {
        for (prefix, description) in signatures where bytes.starts(with: prefix) {
            // The letters alone could begin the header of a text file.
            let isCertain = !prefix.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
            if isCertain || bytes.prefix(4096).contains(where: { $0 == 0 || $0 >= 0xF8 }) { return description }
            if description == "a PDF document" || description == "a Rich Text document" { return description }
        }
        let start = bytes.prefix(64).drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        let beginning = String(decoding: start.prefix(16), as: UTF8.self).lowercased()
        if beginning.hasPrefix("<!doctype html") || beginning.hasPrefix("<html") { return "a web page (HTML)" }
        if beginning.hasPrefix("<?xml") { return "an XML document" }
        return bytes.prefix(1 << 16).contains(0) ? "binary data" : nil
    }
}
