// The Johnson-Neyman interval in words and as a table.

internal import MixedInference

/// The regions of a moderator in which a slope is significant, and those in which it is not.
struct JohnsonNeymanReport {
    let intervals: [JohnsonNeyman]
    /// The variables whose combinations the intervals belong to.
    let groups: [String]

    /// A table of the regions.
    var section: ResultsReport.Section {
        let moderator = intervals.first?.moderator ?? ""
        var rows: [[ReportTable.Cell]] = []
        for interval in intervals {
            for region in interval.regions {
                rows.append(
                    interval.group.map(\.cell) + [
                        .number(region.from), .number(region.to), .number(region.slope), .boolean(region.isSignificant),
                    ])
            }
        }
        return .init(
            "johnson_neyman",
            ReportTable(
                title: "Johnson-Neyman regions of \(moderator):",
                columns: groups.map(ReportTable.Column.grid) + [
                    .init("from", header: "From", format: .estimate()), .init("to", header: "To", format: .estimate()),
                    .init("slope", header: "Slope in the middle", format: .estimate()),
                    .init("significant", header: "Significant", format: .text),
                ], rows: rows))
    }

    /// What the regions mean.
    var notes: [String] {
        intervals.map(sentence)
            + (intervals.contains { !$0.isQuadratic }
                ? ["Bounds were searched, because the degrees of freedom or the slope change along the moderator."]
                : [])
    }

    /// The bounds for other programs.
    var details: JSONValue.Member {
        JSONValue.Member(
            "bounds",
            .array(
                intervals.map { interval in
                    .object([
                        .init("group", .array(interval.group.map { .string($0.label) })),
                        .init("bounds", .array(interval.bounds.map(JSONValue.number))),
                        .init(
                            "range", .array([.number(interval.range.lowerBound), .number(interval.range.upperBound)])),
                    ])
                }))
    }

    private func sentence(_ interval: JohnsonNeyman) -> String {
        func text(_ value: Double) -> String { MarginalNotes.short(.number(value)) }
        let place = zip(groups, interval.group).map { "\($0) = \($1.label)" }.joined(separator: ", ")
        let start = (place.isEmpty ? "" : "For \(place): ")
        let alpha = text(interval.threshold)
        let range =
            "in the data \(interval.moderator) goes from \(text(interval.range.lowerBound)) to \(text(interval.range.upperBound))"
        let subject = "the slope of \(interval.variable)"
        guard interval.regions.contains(where: { $0.slope.isFinite }) else {
            return MarginalNotes.sentence(start + "\(subject) is not estimable")
        }
        let significant = interval.regions.filter(\.isSignificant)
        if significant.isEmpty {
            return MarginalNotes.sentence(
                start + "\(subject) differs from zero (p < \(alpha)) nowhere within the data; \(range)")
        }
        if significant.count == interval.regions.count {
            return MarginalNotes.sentence(
                start + "\(subject) differs from zero (p < \(alpha)) everywhere within the data; \(range)")
        }
        let parts = significant.map { region -> String in
            let sign = region.slope < 0 ? "negative" : "positive"
            let isFirst = region.from == interval.range.lowerBound
            let isLast = region.to == interval.range.upperBound
            let place =
                isFirst
                ? "below \(text(region.to))"
                : isLast ? "above \(text(region.from))" : "between \(text(region.from)) and \(text(region.to))"
            return "\(sign) where \(interval.moderator) is \(place)"
        }
        return MarginalNotes.sentence(
            start
                + "\(subject) differs from zero (p < \(alpha)): it is \(MarginalNotes.list(parts)); elsewhere it does not; \(range)"
        )
    }
}
