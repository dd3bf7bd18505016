// The levels of the grouping factors while rows arrive in parts.

import MixedTables

/// Numbers the levels of a grouping factor, a combination of the numbers of its variables, as they are met.
struct GroupCoder {
    /// The number of every combination so far of two numbers.
    private struct Pairs {
        var codes: [UInt64: Int32] = [:]
        var parts: [(Int32, Int32)] = []
        var isFull = false

        mutating func code(_ first: Int32, _ second: Int32) -> Int32 {
            let key = UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
            if let code = codes[key] { return code }
            guard parts.count < Int(Int32.max) else {
                isFull = true
                return 0
            }
            let code = Int32(truncatingIfNeeded: parts.count)
            codes[key] = code
            parts.append((first, second))
            return code
        }
    }

    /// One table for each variable after the first.
    private var crossings: [Pairs]
    /// How many levels have been met.
    private(set) var levelCount = 0

    /// Whether there were more levels than can be numbered; the numbers then mean nothing.
    var isFull: Bool { crossings.contains(where: \.isFull) }

    init(variableCount: Int) { crossings = Array(repeating: Pairs(), count: max(variableCount - 1, 0)) }

    /// The numbers of some rows' levels from those of their variables.
    mutating func codes(_ variables: [[Int32]], counts: [Int]) -> [Int32] {
        guard var codes = variables.first else { return [] }
        levelCount = counts[0]
        for (index, next) in variables.dropFirst().enumerated() {
            for row in codes.indices { codes[row] = crossings[index].code(codes[row], next[row]) }
            levelCount = crossings[index].parts.count
        }
        return codes
    }

    /// For each level the numbers of its variables.
    private var combinations: [[Int32]] {
        (0..<Int32(levelCount)).map { level in
            var parts: [Int32] = []
            var code = level
            for crossing in crossings.reversed() {
                let (first, last) = crossing.parts[Int(code)]
                parts.append(last)
                code = first
            }
            return [code] + parts.reversed()
        }
    }

    /// For each variable which of its numbers a level with rows has.
    func usedNumbers(rowCounts: [Int], counts: [Int]) -> [[Bool]] {
        if crossings.isEmpty { return [rowCounts.map { $0 > 0 }] }
        var used = counts.map { [Bool](repeating: false, count: $0) }
        for (level, parts) in combinations.enumerated() where rowCounts[level] > 0 {
            for (variable, part) in parts.enumerated() { used[variable][Int(part)] = true }
        }
        return used
    }

    /// The levels in lexicographic order of their variables' places.
    ///
    /// - Returns: Where each level stands, and for each place the places of its variables.
    func arrangement(
        rowCounts: [Int], places: [[Int32]], counts: [Int]
    ) -> (arrangement: LevelArrangement, parts: [[Int32]]) {
        if crossings.isEmpty {
            let arrangement = LevelArrangement(levelCount: counts[0], places: places[0])
            return (arrangement, [(0..<Int32(clamping: counts[0])).map { $0 }])
        }
        var levels: [(parts: [Int32], level: Int)] = []
        for (level, parts) in combinations.enumerated() where rowCounts[level] > 0 {
            levels.append((zip(places, parts).map { $0[Int($1)] }, level))
        }
        levels.sort { $0.parts.lexicographicallyPrecedes($1.parts) }
        var result = LevelArrangement(levelCount: 0, places: [Int32](repeating: -1, count: levelCount))
        var parts = places.map { _ in [Int32]() }
        var last: [Int32] = []
        for (combination, level) in levels {
            if combination != last {
                last = combination
                result.levelCount += 1
                for variable in parts.indices { parts[variable].append(combination[variable]) }
            }
            result.places[level] = Int32(clamping: result.levelCount - 1)
        }
        return (result, parts)
    }
}
