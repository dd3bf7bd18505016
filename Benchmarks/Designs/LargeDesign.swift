// The designs that large fits are timed on: how their rows are made, and the model.

import MixedModels

/// A data set made from a seed, and the model that is fitted to it.
struct LargeDesign: Sendable {
    /// A word for file names and for the scripts of other programs.
    let name: String
    let title: String
    let formula: String
    /// Coefficients that the data were made with, and how far from them an estimate may lie.
    let truth: [(name: String, value: Double, tolerance: Double)]
    let write: @Sendable (_ path: String) throws -> Void

    static let all: [LargeDesign] = [
        slopes(rows: 1_000_000, groups: 10_000), nested, instructors,
        ratings("ratings1", count: 775_000, users: 6_000, films: 4_000, tail: (1.1, 1.6), seed: 11),
        ratings("ratings8", count: 8_300_000, users: 65_000, films: 10_000, tail: (1.1, 1.6), seed: 12),
        ratings("ratings25", count: 25_000_000, users: 162_541, films: 59_047, tail: (1.2, 2.4), seed: 13),
        slopes(rows: 100_000_000, groups: 10_000),
    ]

    /// Repeated measures with a slope in every group.
    static func slopes(rows: Int, groups: Int) -> LargeDesign {
        LargeDesign(
            name: rows == 1_000_000 ? "slopes" : "slopes\(rows)",
            title: "\(grouped(rows)) rows, \(grouped(groups)) groups, correlated slope",
            formula: "y ~ x * h + z + (1 + x | g)",
            truth: [("x", 0.5, 0.05), ("z", -0.2, 0.02), ("x:hyes", 0.15, 0.05)]
        ) { path in
            var random = RandomNumbers(seed: 20_261_121)
            let effects = (0..<groups).map { _ in (random.normal(), 0.3 * random.normal()) }
            let writer = try RowWriter(path, header: ["y", "x", "z", "f", "h", "g"])
            for _ in 0..<rows {
                let group = random.below(groups)
                let (x, z, level, isYes) = (random.normal(), random.normal(), random.below(3), random.below(2) == 1)
                let fixed = 2 + 0.5 * x - 0.2 * z + (isYes ? 0.1 + 0.15 * x : 0)
                writer.number(fixed + effects[group].0 + effects[group].1 * x + random.normal(), decimals: 4)
                writer.number(x, decimals: 4)
                writer.number(z, decimals: 4)
                writer.text(level == 0 ? "a" : level == 1 ? "b" : "c")
                writer.text(isYes ? "yes" : "no")
                writer.level("g", group)
                writer.endRow()
            }
            try writer.finish()
        }
    }

    /// Students in classes in schools.
    static let nested = LargeDesign(
        name: "nested", title: "1,000,000 rows, 500 schools, 2,500 classes, 100,000 students",
        formula: "y ~ x1 + x2 + (1 | school) + (1 | class) + (1 | student)",
        truth: [("x1", 2, 0.05), ("x2", -1, 0.05)]
    ) { path in
        var random = RandomNumbers(seed: 3)
        let schoolOfClass = (0..<2_500).map { _ in random.below(500) }
        let classOfStudent = (0..<100_000).map { _ in random.below(2_500) }
        let schools = (0..<500).map { _ in 3 * random.normal() }
        let classes = (0..<2_500).map { _ in 2 * random.normal() }
        let students = (0..<100_000).map { _ in 4 * random.normal() }
        let writer = try RowWriter(path, header: ["y", "x1", "x2", "school", "class", "student"])
        for _ in 0..<1_000_000 {
            let student = random.below(100_000)
            let room = classOfStudent[student]
            let school = schoolOfClass[room]
            let (x1, x2) = (random.normal(), random.normal())
            let mean = 50 + 2 * x1 - x2 + schools[school] + classes[room] + students[student]
            writer.number(mean + 5 * random.normal(), decimals: 3)
            writer.number(x1, decimals: 4)
            writer.number(x2, decimals: 4)
            writer.level("s", school)
            writer.level("c", room)
            writer.level("p", student)
            writer.endRow()
        }
        try writer.finish()
    }

    /// Lectures rated by students: the data set InstEval of lme4, which comes with mixed.
    static let instructors = LargeDesign(
        name: "insteval", title: "InstEval: 73,421 ratings, 2,972 students x 1,128 lecturers, 14 departments",
        formula: "y ~ service + (1 | s) + (1 | d) + (1 | dept)", truth: []
    ) { path in
        try DataTable.bundled("insteval").write(to: path)
    }

    /// Films rated by users, with few busy users and few popular films.
    static func ratings(
        _ name: String, count: Int, users: Int, films: Int, tail: (users: Double, films: Double), seed: UInt64
    ) -> LargeDesign {
        LargeDesign(
            name: name, title: "\(grouped(count)) ratings, \(grouped(users)) users x \(grouped(films)) films",
            formula: "rating ~ age + (1 | user) + (1 | movie)", truth: [("age", 0.02, 0.005)]
        ) { path in
            try RatingsGenerator(count: count, users: users, films: films, tail: tail, seed: seed).write(to: path)
        }
    }

    private static func grouped(_ number: Int) -> String {
        var digits = Array(String(number))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
        return String(digits)
    }
}
