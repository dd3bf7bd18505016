// JSON written and read back, and what a strict parser refuses.

import MixedReports
import MixedTestSupport
import Testing

@Suite struct JSONValueTests {
    static let sample: JSONValue = [
        "formula": "y ~ \"x\"\n\t\\ é 中 🙂 \u{01}\u{7f}", "nobs": 180, "sigma": 25.591795732113454,
        "tiny": .number(.leastNonzeroMagnitude),
        "converged": true, "none": nil, "theta": [0.1, -0.0, 1e300], "empty": [],
        "nested": ["a": [["b": 1]], "c": [:]],
    ]

    @Test(arguments: [JSONValue.Layout.compact, .pretty])
    func roundTrip(layout: JSONValue.Layout) throws {
        #expect(try JSONValue(parsing: Self.sample.text(layout)) == Self.sample)
    }

    @Test func compactText() {
        #expect(
            Self.sample.text()
                == #"{"formula":"y ~ \"x\"\n\t\\ é 中 🙂 \u0001\u007f","nobs":180,"sigma":25.591795732113454,"tiny":5e-324,"converged":true,"none":null,"theta":[0.1,-0.0,1e+300],"empty":[],"nested":{"a":[{"b":1}],"c":{}}}"#
        )
    }

    @Test func prettyText() {
        let value: JSONValue = ["a": 1, "b": [1.5, 2, nil], "c": [["d": "e"]], "f": [:], "g": []]
        let expected = """
            {
              "a": 1,
              "b": [1.5, 2, null],
              "c": [
                {
                  "d": "e"
                }
              ],
              "f": {},
              "g": []
            }
            """
        #expect(value.text(.pretty) == expected)
    }

    @Test func numbersThatJSONLacksAreNull() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity), .number(-.infinity)]).text() == "[null,null,null]")
    }

    @Test func numbersKeepTheirBits() throws {
        var bits: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<5000 {
            bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: bits)
            guard value.isFinite else { continue }
            #expect(try JSONValue(parsing: JSONValue.number(value).text()).number?.bitPattern == value.bitPattern)
        }
        for value in [Int.min, -1, 0, Int.max] {
            #expect(try JSONValue(parsing: "\(value)") == .integer(value))
        }
    }

    @Test func kindsOfNumbers() throws {
        #expect(try JSONValue(parsing: " 12 ") == .integer(12))
        #expect(try JSONValue(parsing: "-0").number?.sign == .minus)
        #expect(try JSONValue(parsing: "12.0").integer == 12)
        #expect(try JSONValue(parsing: "1.5e3") == .number(1500))
        #expect(try JSONValue(parsing: "1E-2") == .number(0.01))
        #expect(try JSONValue(parsing: "99999999999999999999") == .number(1e20))
        #expect(JSONValue.number(.nan).integer == nil)
        #expect(JSONValue.number(1e300).integer == nil)
    }

    @Test func escapes() throws {
        #expect(try JSONValue(parsing: #""\u00e9\/\b\f\ud83d\ude42""#) == .string("é/\u{08}\u{0C}🙂"))
    }

    @Test func accessors() {
        let value = Self.sample
        #expect(value["theta"]?[2]?.number == 1e300)
        #expect(value["theta"]?[3] == nil)
        #expect(value["theta"]?[-1] == nil)
        #expect(value["absent"] == nil)
        #expect(value["none"]?.isNull == true)
        #expect(value["formula"]?["x"] == nil)
        #expect(value["converged"]?.boolean == true)
        #expect(value.members?.count == 9)
        #expect(value["empty"]?.elements == [])
    }

    @Test(arguments: [
        ("", 0), ("  ", 2), ("{", 1), ("[1,]", 3), ("[1 2]", 3), ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{a:1}", 1),
        ("{\"a\":1,\"a\":2}", 7), ("nul", 0), ("True", 0), ("01", 0), ("-", 1), ("1.", 2), (".5", 0), ("1e", 2),
        ("1e999", 0),
        ("+1", 0), ("NaN", 0), ("\"abc", 0), ("\"a\nb\"", 2), (#""\x""#, 1), (#""\u12g4""#, 5), (#""\ud800""#, 1),
        (#""\ud800\u0041""#, 1), (#""\udc00""#, 1), ("1 1", 2), ("[1]]", 3), ("'a'", 0), ("// x\n1", 0), ("\"\\", 1),
    ])
    func malformedTextIsAnErrorWithItsPlace(text: String, offset: Int) {
        do {
            let value = try JSONValue(parsing: text)
            Issue.record("'\(text)' was read as \(value)")
        } catch {
            #expect(error.offset == offset, "'\(text)': \(error)")
        }
    }

    @Test func placesAreLinesAndColumns() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "{\n  \"a\": 1,\n  b: 2\n}") }
        #expect(error?.description == "line 3, column 3: a key in double quotes should stand here")
    }

    @Test func depthIsLimited() throws {
        let limit = JSONValue.depthLimit
        let deepest = String(repeating: "[", count: limit + 1) + String(repeating: "]", count: limit + 1)
        #expect((try? JSONValue(parsing: deepest)) != nil)
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "[", count: limit + 2)) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "{\"a\":", count: 1_000_000)) }
    }

    @Test func invalidUTF8() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0xEF, 0xBB, 0xBF, 0x31]) }
    }

    @Test func damagedTextNeverTraps() {
        let original = Array(Self.sample.text(.pretty).utf8)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.removeLast(bytes.count - max(1, index))
                }
            }
            _ = try? JSONValue(parsing: bytes)
        }
    }
}
