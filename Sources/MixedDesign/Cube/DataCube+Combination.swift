// Adding, taking away and merging cubes, by the names of levels.

public import MixedTables
internal import MixedSyntax

extension DataCube {
    /// The cube of the rows of both.
    ///
    /// - Complexity: a pass over the levels and pairs of both; the number of rows does not matter.
    /// - Throws: `CubeError` where formulas, contrasts, kinds of columns or orders of levels disagree.
    public func adding(_ other: DataCube) throws(CubeError) -> DataCube {
        try Self.sum([(self, 1), (other, 1)])
    }

    /// The cube of the rows that are left without those of another one. Levels that have no rows any more are gone.
    ///
    /// What the smallest and largest values are then cannot be known; they are those of before.
    /// - Throws: `CubeError` where the cubes disagree, or rows are to be taken away that are not there.
    public func subtracting(_ other: DataCube) throws(CubeError) -> DataCube {
        try Self.sum([(self, 1), (other, -1)])
    }

    /// The cube with the rows of a table, which are coded with the levels, contrasts, means and knots of this one.
    ///
    /// - Throws: `DesignError` for rows that do not fit the design, such as a new level of a fixed factor; `CubeError`.
    public func adding(_ table: DataTable, notes: [String] = []) throws -> DataCube {
        try adding(part(of: table, notes: notes))
    }

    /// The cube without the rows of a table, which are coded with the levels, contrasts, means and knots of this one.
    ///
    /// - Throws: `DesignError` for rows that do not fit the design; `CubeError` for rows that are not in the cube.
    public func subtracting(_ table: DataTable, notes: [String] = []) throws -> DataCube {
        try subtracting(part(of: table, notes: notes))
    }

    /// The cube of the rows of all.
    ///
    /// - Throws: `CubeError` where two of them disagree; the message names both.
    public static func merging(_ cubes: [DataCube]) throws(CubeError) -> DataCube {
        guard let first = cubes.first else { throw CubeError(.noCubes, "There is no cube to merge") }
        return cubes.count == 1 ? first : try sum(cubes.map { ($0, 1) })
    }

    private static func sum(_ parts: [(cube: DataCube, sign: Int)]) throws(CubeError) -> DataCube {
        let cubes = parts.map(\.cube)
        let ordinals = ["the first cube", "the second cube"]
        let names = cubes.enumerated().map { index, cube in
            cube.origin.map { "'\($0)'" } ?? (cubes.count == 2 ? ordinals[index] : "cube \(index + 1)")
        }
        let union = try CubeUnion(cubes, names: names)
        let first = cubes[0].design

        // The levels that are left, on whose numbers the order of the groups depends.
        var kept: [GroupingLevels] = []
        for (group, levels) in union.groups.enumerated() {
            var counts = [Int](repeating: 0, count: levels.levels.count)
            for (index, part) in parts.enumerated() {
                guard let factor = part.cube.design.groupingFactors.firstIndex(where: { $0.name == levels.name })
                else { continue }
                for (level, rows) in part.cube.products.factors[factor].rowCounts.enumerated() {
                    counts[union.levelMaps[index][group][level]] += part.sign * rows
                }
            }
            kept.append(levels.keeping(counts.indices.filter { counts[$0] > 0 }))
        }
        let summary = try DataSummary.sum(parts, union)
        let wide: ModelDesign
        do throws(DesignError) {
            wide = try first.recoded(
                variables: union.variables, groups: kept, data: summary,
                notes: DesignNote.combined(cubes.map(\.design.notes), summary, kept))
        } catch {
            throw CubeError(.coding(""), error.diagnostic.message, hint: error.diagnostic.hint)
        }
        let groupOrder = wide.groupingFactors.map { factor in
            union.groups.firstIndex { $0.name == factor.name } ?? 0
        }
        var products: [CrossProductsPart] = []
        for (index, part) in parts.enumerated() {
            products.append(
                try part.cube.part(of: wide, levels: groupOrder.map { union.levelMaps[index][$0] }, sign: part.sign))
        }
        let sum: CrossProductsSum
        do throws(CrossProductsSum.Problem) {
            sum = try CrossProductsSum(products, levelCounts: groupOrder.map { union.groups[$0].levels.count })
        } catch {
            throw CubeError(error, groups: groupOrder.map { union.groups[$0] }, names: names)
        }
        var notes: [String] = []
        for note in cubes.flatMap(\.notes) where !notes.contains(note) { notes.append(note) }
        let withdrawn =
            "Rows were taken out of the cube: the smallest and largest values of its variables are those of before."
        if parts.contains(where: { $0.sign < 0 }), !notes.contains(withdrawn) { notes.append(withdrawn) }
        for (index, part) in parts.enumerated() where part.sign > 0 {
            let twin = parts[..<index].firstIndex {
                $0.sign > 0 && $0.cube.design.data.fingerprint == part.cube.design.data.fingerprint
            }
            guard let twin else { continue }
            notes.append(
                "\(names[twin]) and \(names[index]) have the same responses: the same rows may be in the cube twice.")
        }
        let result = DataCube(
            design: wide.keepingNotes(thatHoldIn: sum.products), products: sum.products, pairCounts: sum.pairCounts,
            columnKinds: union.columnKinds, notes: notes)
        return try result.withoutEmptyLevels()
    }

    /// This cube's cross-products by the columns of another design.
    private func part(of wide: ModelDesign, levels: [[Int]], sign: Int) throws(CubeError) -> CrossProductsPart {
        guard let restriction = design.restriction(to: wide) else {
            throw CubeError(
                .coding(""),
                "The contrasts of a factor do not tell all of its levels apart, so that cubes with other levels cannot be added",
                hint: "use treatment, sum or Helmert contrasts")
        }
        let isSame =
            wide.variables == design.variables
            && wide.groupingFactors.map(\.columns) == design.groupingFactors.map(\.columns)
            && wide.groupingFactors.map(\.name) == design.groupingFactors.map(\.name)
        if isSame { return CrossProductsPart(products: products, pairCounts: pairCounts, levels: levels, sign: sign) }
        return CrossProductsPart(
            products: products.restricted(to: restriction), pairCounts: reorderedCounts(restriction), levels: levels,
            sign: sign)
    }

    /// The rows of pairs of levels for the factors that a restriction keeps, in its order.
    package func reorderedCounts(_ restriction: CrossProductsRestriction) -> [[Int32]] {
        var counts: [[Int32]] = []
        for (index, first) in restriction.factors.enumerated() {
            for second in restriction.factors[(index + 1)...] {
                counts.append(products.orientedCounts(pairCounts, first.source, second.source))
            }
        }
        return counts
    }

    /// The cube without the levels of fixed-effects factors that have lost all their rows.
    private func withoutEmptyLevels() throws(CubeError) -> DataCube {
        var notes = notes
        var changed = design.variables
        for (index, variable) in design.variables.enumerated() {
            guard case .categorical(let levels, let coding) = variable.kind,
                case .categorical(let summary)? = design.data.variables[variable.name],
                summary.counts.contains(0), levels != ["FALSE", "TRUE"]
            else { continue }
            let left = zip(levels, summary.counts).filter { $0.1 > 0 }.map(\.0)
            var newCoding = coding
            switch coding {
            case .treatment(let reference?) where !left.contains(reference):
                newCoding = .treatment
                notes.append(
                    "The reference level '\(reference)' of '\(variable.name)' has no rows any more; '\(left.first ?? "")' is the reference now."
                )
            case .custom(let rows, let names):
                newCoding = .custom(rows: zip(rows, summary.counts).filter { $0.1 > 0 }.map(\.0), names: names)
            default: break
            }
            changed[index] = DesignVariable(
                name: variable.name, kind: .categorical(levels: left, coding: newCoding),
                expression: variable.expression, trained: variable.trained)
        }
        return changed == design.variables ? self : try recoded(variables: changed, notes: notes)
    }

    /// The same rows where factors have other levels, of which none has rows that is left out, or other contrasts.
    func recoded(variables: [DesignVariable], notes: [String]) throws(CubeError) -> DataCube {
        let wide: ModelDesign
        do throws(DesignError) {
            wide = try design.recoded(
                variables: variables, groups: design.groupingFactors.map(GroupingLevels.init),
                data: design.data.recoded(from: design.variables, to: variables), notes: design.notes)
        } catch {
            throw CubeError(.coding(""), error.diagnostic.message, hint: error.diagnostic.hint)
        }
        guard let restriction = design.restriction(to: wide) else {
            throw CubeError(
                .coding(""),
                "The contrasts of the cube do not tell all levels of a factor apart, so that they cannot be changed",
                hint: "make the cube with treatment contrasts")
        }
        return DataCube(
            design: wide, products: products.restricted(to: restriction),
            pairCounts: reorderedCounts(restriction), columnKinds: columnKinds, notes: notes, origin: origin)
    }
}

extension CubeError {
    /// Words for what the sums found.
    fileprivate init(_ problem: CrossProductsSum.Problem, groups: [GroupingLevels], names: [String]) {
        let hint = "subtract only rows that were collected, with the same data options"
        let from = names.first ?? "the cube"
        switch problem {
        case .level(let factor, let level, let has, let taken):
            let rows = has == 0 ? "no rows" : has == 1 ? "1 row" : "\(has) rows"
            self.init(
                .rowsNotInside,
                "'\(groups[factor].levels[level])' of '\(groups[factor].name)' has \(rows) in \(from), and \(taken) are to be taken out",
                hint: hint)
        case .pair(let first, let firstLevel, let second, let secondLevel):
            self.init(
                .rowsNotInside,
                "\(from) has fewer rows than are to be taken out in which '\(groups[first].levels[firstLevel])' of '\(groups[first].name)' occurs with '\(groups[second].levels[secondLevel])' of '\(groups[second].name)'",
                hint: hint)
        case .remainder(let factor, let level):
            self.init(
                .rowsNotInside,
                "The rows of '\(groups[factor].levels[level])' of '\(groups[factor].name)' that are to be taken out have other values than those in \(from)",
                hint: hint)
        case .total:
            self.init(
                .nothingLeft, "Nothing would be left, or more rows are to be taken out than \(from) has", hint: hint)
        case .tooManyRows:
            self.init(.coding(""), "A pair of levels has more than 2147483647 rows")
        }
    }
}
