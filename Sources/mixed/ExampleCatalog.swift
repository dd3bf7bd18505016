// The data sets that come with the program: what they are, and a model to try on each.

import MixedModels

/// A data set to learn with.
struct Example {
    let name: String
    /// What was measured on whom, with the source.
    let sentence: String
    let rowCount: Int
    let columnNames: [String]
    /// The arguments of `mixed fit` before the data.
    let formula: String
    /// Options of `mixed fit` that go with the formula.
    var options = ""

    /// The command that fits the model.
    var command: String { "mixed fit '\(formula)' @\(name)" + (options.isEmpty ? "" : " " + options) }

    /// All data sets, by name.
    static let all: [Example] = [
        Example(
            name: "cake",
            sentence: "Breaking angle of chocolate cakes: 3 recipes, 6 baking temperatures, 15 batches (Cook 1938).",
            rowCount: 270, columnNames: ["replicate", "recipe", "temperature", "angle", "temp"],
            formula: "angle ~ recipe * temp + (1 | recipe:replicate)"),
        Example(
            name: "cbpp",
            sentence:
                "New cases of a cattle disease in 15 herds over 4 periods (Lesnoff et al. 2004); here the share of sick animals.",
            rowCount: 56, columnNames: ["herd", "incidence", "size", "period"],
            formula: "incidence / size ~ factor(period) + (1 | herd)", options: "--weights size"),
        Example(
            name: "dyestuff", sentence: "Yield of dyestuff from 6 batches of an intermediate product (Davies 1947).",
            rowCount: 30, columnNames: ["Batch", "Yield"], formula: "Yield ~ 1 + (1 | Batch)"),
        Example(
            name: "dyestuff2",
            sentence: "Simulated yields whose batches do not differ: a singular fit (Box and Tiao 1973).",
            rowCount: 30, columnNames: ["Batch", "Yield"], formula: "Yield ~ 1 + (1 | Batch)"),
        Example(
            name: "ham",
            sentence: "How 81 consumers liked 4 hams, with and without information about them.",
            rowCount: 648, columnNames: ["Consumer", "Product", "Informed.liking", "Information", "Gender", "Age"],
            formula: "Informed.liking ~ Product * Information + (1 | Consumer) + (1 | Consumer:Product)",
            options: "--factor Product,Information"),
        Example(
            name: "insteval",
            sentence: "Ratings of 1,128 lecturers by 2,972 students of ETH Zurich: two large crossed factors.",
            rowCount: 73_421, columnNames: ["s", "d", "studage", "lectage", "service", "dept", "y"],
            formula: "y ~ service + (1 | s) + (1 | d) + (1 | dept)"),
        Example(
            name: "oats", sentence: "A split-plot field trial: 3 varieties of oats, 4 doses of nitrogen (Yates 1935).",
            rowCount: 72, columnNames: ["Block", "Variety", "nitro", "yield"],
            formula: "yield ~ nitro * Variety + (1 | Block/Variety)"),
        Example(
            name: "orthodont", sentence: "Growth of a distance in the skull of 27 children (Potthoff and Roy 1964).",
            rowCount: 108, columnNames: ["distance", "age", "Subject", "Sex"],
            formula: "distance ~ age * Sex + (age | Subject)"),
        Example(
            name: "penicillin", sentence: "Six samples of penicillin on 24 plates: crossed factors (Davies 1972).",
            rowCount: 144, columnNames: ["diameter", "plate", "sample"],
            formula: "diameter ~ 1 + (1 | plate) + (1 | sample)"),
        Example(
            name: "salamanders",
            sentence: "Counts of salamanders in streams with and without coal mining (Price et al. 2016).",
            rowCount: 644, columnNames: ["site", "mined", "cover", "sample", "DOP", "Wtemp", "DOY", "spp", "count"],
            formula: "log1p(count) ~ mined + spp + (1 | site)"),
        Example(
            name: "sleepstudy",
            sentence: "Reaction times of 18 people over 10 days of too little sleep (Belenky et al. 2003).",
            rowCount: 180, columnNames: ["Reaction", "Days", "Subject"],
            formula: "Reaction ~ Days + (1 + Days | Subject)"),
        Example(
            name: "sleepstudy_pooling",
            sentence: "The same, with two more people who have very few measurements: what partial pooling does.",
            rowCount: 183, columnNames: ["Reaction", "Days", "Subject"],
            formula: "Reaction ~ Days + (1 + Days | Subject)"),
        Example(
            name: "verbagg",
            sentence: "Would 316 people curse, scold or shout in 24 situations? (Vansteelandt 2000)",
            rowCount: 7_584,
            columnNames: ["Anger", "Gender", "item", "resp", "id", "btype", "situ", "mode", "r2", "r01"],
            formula: "r01 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)"),
    ]

    /// The catalogue as a table.
    static var table: ReportTable {
        ReportTable(
            columns: [
                .init("name", format: .text), .init("rows", format: .integer), .init("columns", format: .integer),
                .init("description", format: .text), .init("column_names", format: .text),
                .init("formula", format: .text), .init("command", format: .text),
            ],
            rows: all.map { example in
                [
                    .text(example.name), .integer(example.rowCount), .integer(example.columnNames.count),
                    .text(example.sentence), .text(example.columnNames.joined(separator: " ")),
                    .text(example.formula), .text(example.command),
                ]
            })
    }

    /// The catalogue for reading on a terminal.
    static var text: String {
        var lines = ["Data sets that come with mixed; name them as @NAME wherever a data file can be.", ""]
        for example in all {
            lines += [
                "@\(example.name): \(example.rowCount) rows; \(example.columnNames.joined(separator: ", "))",
                "  \(example.sentence)", "  \(example.command)", "",
            ]
        }
        lines.append("The data of one as CSV: mixed examples NAME")
        return lines.joined(separator: "\n") + "\n"
    }
}
