// Ten thousand damaged formulas and files, from text to fit: never a crash, never a hang, and every refusal says why.

import ArgumentParser
import MixedModels
import MixedTestSupport
import Testing

@testable import mixed

/// Reads, designs and fits as the command does, without a process for every try.
private enum Pipeline {
    /// What became of a try.
    enum Outcome: Equatable {
        case fitted
        case refused(String)
        /// An error of a type that has no sentence for people.
        case unexpected(String)
    }

    static func run(_ formula: String, _ file: [UInt8]) -> Outcome {
        do {
            let table = try DataTable(parsing: file, named: "data.csv")
            let model = try LinearMixedModel(formula, data: table)
            let fit = try model.fit(threads: 1)
            let report = FitReport(fit)
            // What is shown must hold too.
            guard !report.text(width: 80).isEmpty, try JSONValue(parsing: report.rendered(as: .json)) != .null else {
                return .unexpected("an empty report")
            }
            return .fitted
        } catch let error as TableError {
            return .refused(error.message)
        } catch let error as Diagnostic {
            return .refused(error.description)
        } catch let error as DesignError {
            return .refused(error.description)
        } catch let error as FitError {
            return .refused(error.description)
        } catch {
            return .unexpected("\(error)")
        }
    }
}

/// Changes bytes of a text at random.
private struct Mutator {
    var generator: SeededGenerator
    /// Pieces that are likely to lead somewhere.
    let pieces: [String]

    private static let operators = ["+", "-", "*", ":", "/", "^", "|", "||", "~", "%in%"]
    private static let operands = [
        "hours", "sex", "SES", "size", "school", "pupil", "score", "0", "1", "2", ".", "log(size)", "poly(hours, 2)",
        "I(size^2)", "factor(hours)", "ns(hours, 2)", "offset(size)", "scale(size)", "(1 | school)",
        "(hours || school)",
        "cut(hours, 2)", "abs(hours - 5)",
    ]

    /// Exchanges words for others of their kind, and now and then adds or removes one: much of that can be understood.
    mutating func rephrased(_ text: String) -> String {
        var words = text.split(separator: " ").map(String.init)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0..<words.count, using: &generator)
            let isOperator = Self.operators.contains(words[place])
            switch Int.random(in: 0..<12, using: &generator) {
            case 0 where words.count > 1: words.remove(at: place)
            case 1: words.swapAt(place, Int.random(in: 0..<words.count, using: &generator))
            case 2, 3, 4: words += ["+", Self.operands.randomElement(using: &generator) ?? "1"]
            default:
                let kind = isOperator ? Self.operators : Self.operands
                if isOperator || words[place].allSatisfy(\.isLetter) {
                    words[place] = kind.randomElement(using: &generator) ?? "1"
                }
            }
        }
        return words.joined(separator: " ")
    }

    /// Gives some fields of a file other values: the file stays a table.
    mutating func refilled(_ file: String) -> [UInt8] {
        var lines = file.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            let line = Int.random(in: 0..<lines.count, using: &generator)
            let field = Int.random(in: 0..<lines[line].count, using: &generator)
            lines[line][field] = pieces.randomElement(using: &generator) ?? ""
        }
        return Array(lines.map { $0.joined(separator: ",") }.joined(separator: "\n").utf8)
    }

    /// Changes, adds and removes bytes anywhere.
    mutating func mutated(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let length = min(Int.random(in: 0...6, using: &generator), bytes.count - place)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes.removeSubrange(place..<place + length)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            case 2: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
            case 3: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
            default:
                bytes.replaceSubrange(
                    place..<place + length, with: Array((pieces.randomElement(using: &generator) ?? "").utf8))
            }
        }
        return bytes
    }
}

@Suite struct HostileInputTests {
    private static let file = SmallData.schools

    private func expectSentences(_ outcomes: [(input: String, outcome: Pipeline.Outcome)]) {
        // Most damage is found, and not all input is damaged beyond use.
        let fitted = outcomes.count { $0.outcome == .fitted }
        #expect((20...400).contains(fitted), "\(fitted) of \(outcomes.count) were fitted")
        for (input, outcome) in outcomes {
            switch outcome {
            case .fitted: break
            case .refused(let sentence):
                let first = sentence.split(separator: "\n").first ?? ""
                #expect(first.count > 10 && first.contains(" "), "\(input.debugDescription): \(sentence)")
            case .unexpected(let error): Issue.record("\(input.debugDescription): \(error)")
            }
        }
    }

    @Test(arguments: 0..<10)
    func formulas(_ seed: Int) {
        let formulas = [
            "score ~ hours + (1 | school)", "score ~ hours * sex + (1 + hours | school)",
            "score ~ SES / sex + (sex || school)",
            "log(score) ~ poly(hours, 2) + I(size^2) + (1 | school / sex)", "score ~ . - pupil - school + (1 | school)",
            "score ~ ns(hours, 3) + offset(size) + factor(SES):sex",
            "score ~ scale(hours) + cut(size, 3) + (0 + hours | school:sex)",
        ]
        let pieces = [
            "+", "-", "*", ":", "^", "/", "|", "||", "~", "(", ")", "%in%", "0", "1", "-1", ".", "score", "hours",
            "school",
            "sex", "SES", "size", "pupil", "log(", "poly(hours, ", "ns(", "bs(", "I(", "scale(", "factor(", "offset(",
            "\"",
            "`", ",", " ", "NA", "Inf", "1e308", "99999999999999999999", "^9", "\u{301}", "é", "==", "relevel(", "cut(",
        ]
        var mutator = Mutator(generator: SeededGenerator(seed: UInt64(seed)), pieces: pieces)
        let file = Array(Self.file.utf8)
        expectSentences(
            (0..<500).map { number in
                let formula = formulas[number % formulas.count]
                let text =
                    number % 2 == 0
                    ? mutator.rephrased(formula) : String(decoding: mutator.mutated(formula), as: UTF8.self)
                return (text, Pipeline.run(text, file))
            })
    }

    @Test(arguments: 0..<10)
    func files(_ seed: Int) {
        let formulas = [
            "score ~ hours + (1 | school)", "score ~ hours * sex + (1 + hours | school)",
            "score ~ . - school + (1 | SES)",
        ]
        let pieces = [
            ",", "\n", "\r\n", "\r", "\"", "\"\"", "\t", ";", "NA", "", "Inf", "-Inf", "NaN", "1e999", "1e-999", "-0",
            "0x1F",
            "9223372036854775808", "-9223372036854775808", "TRUE", "school", "north", "\u{FEFF}", "\0", "é", "1,2",
            "1.7976931348623157e308", "\n\n", ",,,,,,,", "'", "#",
        ]
        var mutator = Mutator(generator: SeededGenerator(seed: 1000 + UInt64(seed)), pieces: pieces)
        expectSentences(
            (0..<500).map { number in
                let bytes = number % 2 == 0 ? mutator.refilled(Self.file) : mutator.mutated(Self.file)
                return (String(decoding: bytes, as: UTF8.self), Pipeline.run(formulas[number % formulas.count], bytes))
            })
    }

    @Test(arguments: 0..<4)
    func options(_ seed: Int) throws {
        let texts: [(WritableKeyPath<DataOptions, [String]>, String)] = [
            (\.mutations, "z = log(hours) + size / 2"), (\.conditions, "hours > 2 & sex %in% c('f', 'm')"),
            (\.factors, "hours, `size`, 'sex'"), (\.levels, "SES=Low,\"Medium\", 'High'"),
            (\.contrasts, "SES=treatment(Low)"), (\.missingCodes, "north"),
        ]
        let pieces = [
            "=", "==", ",", ",,", "`", "'", "\"", " ", "(", ")", "hours", "SES", "Low", "sum", "poly", "NA", "log(",
            "é",
            "\u{301}", "!", "&", "|", "ifelse(", "[", "~",
        ]
        var mutator = Mutator(generator: SeededGenerator(seed: 2000 + UInt64(seed)), pieces: pieces)
        let table = try DataTable(parsing: Array(Self.file.utf8), named: "data.csv")
        for number in 0..<500 {
            let (option, plain) = texts[number % texts.count]
            let text = String(decoding: mutator.mutated(plain), as: UTF8.self)
            var options = try DataOptions.parse([])
            options[keyPath: option] = [text]
            do throws(CommandError) {
                let prepared = try DataRequest(options).prepared(table)
                #expect(prepared.table.rowCount <= table.rowCount)
            } catch {
                #expect(error.message.contains(" ") && error.message.hasPrefix("--"), "\(text.debugDescription)")
            }
        }
    }
}
