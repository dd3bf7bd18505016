// Files as R reads them.

import Testing

@testable import MixedTables

@Suite struct ReadingGoldenTests {
    /// R 4.2.2: `read.csv`, `read.csv2`, `read.delim` or `read.table(header = TRUE)`, whichever suits the text, with
    /// `na.strings = c("NA", "")`; type and values of each column.
    static let goldens: [(String, [String])] = [
        ("a,b\n1,x\n2,y\n", ["integer: 1|2", "character: x|y"]),
        ("a,b\n1,x\n2,y", ["integer: 1|2", "character: x|y"]),
        ("a,b\r\n1,x\r\n2,y\r\n", ["integer: 1|2", "character: x|y"]),
        ("a,b\n\n1,x\n\n\n2,y\n", ["integer: 1|2", "character: x|y"]),
        ("\"a\",\"b\"\n\"1\",\"x, \"\"y\"\"\"\n\"2\",\"z\nz\"\n", ["integer: 1|2", "character: x, \"y\"|z\nz"]),
        ("a,b\nT,1\nF,T\n", ["logical: TRUE|FALSE", "character: 1|T"]),
        ("a,b\n1,1.5\n2,2e3\n", ["integer: 1|2", "double: 1.5|2000"]),
        ("a,b\n1,Inf\n2,-Inf\n", ["integer: 1|2", "double: Inf|-Inf"]),
        ("a,b\nNaN,1\n2,inf\n", ["double: NA|2", "double: 1|Inf"]),
        ("a,b\n1.0,1\nx,2\n", ["character: 1.0|x", "integer: 1|2"]),
        ("a,b\n007,+5\n08,-3\n", ["integer: 7|8", "integer: 5|-3"]),
        ("a,b\n1e5,.5\n1E-5,5.\n", ["double: 1e+05|1e-05", "double: 0.5|5"]),
        ("a,b\nNA,NA\nNA,1\n", ["logical: NA|NA", "integer: NA|1"]),
        ("a,b\n\"NA\",1\nx,\"2\"\n", ["character: NA|x", "integer: 1|2"]),
        ("a,b\n1,\n,2\n", ["integer: 1|NA", "integer: NA|2"]),
        ("a;b\n1,5;x\n2;y\n", ["double: 1.5|2", "character: x|y"]),
        ("a\tb\n1\tx y\n2\tz\n", ["integer: 1|2", "character: x y|z"]),
        ("\"x\" \"y\"\n\"1\" 1 \"a b\"\n\"2\" 2.5 \"c\"\n", ["double: 1|2.5", "character: a b|c"]),
        ("x y\n1 a\n2 b\n", ["integer: 1|2", "character: a|b"]),
        ("  x   y  \n 1   a  \n 2 b\n", ["integer: 1|2", "character: a|b"]),
        ("x\ty\n1\ta\n2 b\n", ["integer: 1|2", "character: a|b"]),
        ("\"x\" \"y\"\n\"1\" 1 \"a\\\"b\"\n\"2\" NA \"c\"\n", ["integer: 1|NA", "character: a\"b|c"]),
        ("a,b\n1,1L\n2,0\n", ["integer: 1|2", "character: 1L|0"]),
        ("a,b\n-,1\n2,3\n", ["character: -|2", "integer: 1|3"]),
        ("a\n123456789012345678901\n1.5\n", ["double: 1.23456789012346e+20|1.5"]),
        ("a,b\n0.1,1e400\n0.30000000000000004,1e-400\n", ["double: 0.1|0.3", "double: Inf|0"]),
        ("a,b\n1,\"x\"\n2,\"y\"z\n", ["integer: 1|2", "character: x|yz"]),
    ]

    @Test(arguments: goldens) func agreesWithR(_ text: String, _ columns: [String]) throws {
        let table = try read(text)
        #expect(table.columns.map { "\(type($0.values)): " + shown($0.values).joined(separator: "|") } == columns)
    }

    /// The same in pieces of a few bytes: pieces differ in type and are united.
    @Test(arguments: goldens, [1, 5, 12]) func agreesWithRInPieces(_ golden: (String, [String]), _ size: Int) throws {
        let table = try read(golden.0, pieceSize: size)
        #expect(table.columns.map { "\(type($0.values)): " + shown($0.values).joined(separator: "|") } == golden.1)
    }
}
