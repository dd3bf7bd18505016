// What several cubes have in common, and the levels of all of them in one order.

internal import MixedSyntax

/// The variables and groups of several cubes, with the levels that occur in any of them.
struct CubeUnion {
    let variables: [DesignVariable]
    let groups: [GroupingLevels]
    /// For each cube and group, in the order of `groups`, the place of each level.
    let levelMaps: [[[Int]]]
    let columnKinds: [String: DataCube.ColumnKind]

    /// - Throws: `CubeError` where formulas, variables, contrasts, kinds of columns or orders of levels disagree.
    init(_ cubes: [DataCube], names: [String]) throws(CubeError) {
        guard let first = cubes.first else { throw CubeError(.noCubes, "There is no cube to merge") }
        var kinds = first.columnKinds
        for (cube, name) in zip(cubes, names).dropFirst() {
            try DataCube.checkKinds(kinds, names[0], cube.columnKinds, name)
            for (column, kind) in cube.columnKinds {
                kinds[column] = kinds[column].map { $0 == .integer ? kind : $0 } ?? kind
            }
            try Self.checkFormulas(first, names[0], cube, name)
        }
        columnKinds = kinds
        var variables: [DesignVariable] = []
        for index in first.design.variables.indices {
            variables.append(
                try Self.variable(index, of: cubes, names, kinds: kinds))
        }
        self.variables = variables

        var groups: [GroupingLevels] = []
        var maps = [[[Int]]](repeating: [], count: cubes.count)
        for factor in first.design.groupingFactors {
            let (group, own) = try Self.group(factor.name, of: cubes, names, kinds: kinds)
            groups.append(group)
            for cube in cubes.indices { maps[cube].append(own[cube]) }
        }
        self.groups = groups
        levelMaps = maps
    }

    private static func checkFormulas(
        _ first: DataCube, _ firstName: String, _ second: DataCube, _ secondName: String
    ) throws(CubeError) {
        func refuse(_ what: String, _ one: String, _ other: String) -> CubeError {
            CubeError(
                .differentFormula,
                "The cubes have different \(what): \(one) in \(firstName), \(other) in \(secondName)",
                hint: "make both with the same formula and options")
        }
        let (one, other) = (first.design, second.design)
        guard one.formula == other.formula else {
            throw refuse("formulas", one.formula.description, other.formula.description)
        }
        guard one.weights?.expression == other.weights?.expression else {
            func text(_ design: ModelDesign) -> String {
                design.weights?.expression.expression.description ?? "none"
            }
            throw refuse("weights", text(one), text(other))
        }
        guard one.offsets.map(\.expression) == other.offsets.map(\.expression) else {
            func text(_ design: ModelDesign) -> String {
                design.offsets.isEmpty
                    ? "none" : design.offsets.map { $0.expression.expression.description }.joined(separator: ", ")
            }
            throw refuse("offsets", text(one), text(other))
        }
        let learned =
            [(one.responseTrained, other.responseTrained, one.responseName)]
            + zip(one.offsets, other.offsets).map { ($0.trained, $1.trained, $0.expression.expression.description) }
            + zip([one.weights].compactMap { $0 }, [other.weights].compactMap { $0 }).map {
                ($0.trained, $1.trained, $0.expression.expression.description)
            }
        for (left, right, name) in learned where left != right { throw learnedApart(name, firstName, secondName) }
        guard one.variables.map(\.expression) == other.variables.map(\.expression) else {
            throw refuse("formulas", one.formula.description, other.formula.description)
        }
    }

    private static func learnedApart(_ name: String, _ first: String, _ second: String) -> CubeError {
        CubeError(
            .differentVariable(name),
            "'\(name)' was computed from the rows of each cube, and differs between \(first) and \(second)",
            hint:
                "write the numbers into the formula, as in I((x - 50) / 10) for scale(x), or add the data itself: mixed cube add CUBE DATA"
        )
    }

    private static func variable(
        _ index: Int, of cubes: [DataCube], _ names: [String], kinds: [String: DataCube.ColumnKind]
    ) throws(CubeError) -> DesignVariable {
        let first = cubes[0].design.variables[index]
        var lists: [[String]] = []
        for (cube, name) in zip(cubes, names) {
            let other = cube.design.variables[index]
            guard other.trained == first.trained else { throw learnedApart(first.name, names[0], name) }
            switch (first.kind, other.kind) {
            case (.numeric, .numeric): continue
            case (.basis(let one), .basis(let two)):
                guard one == two else { throw learnedApart(first.name, names[0], name) }
            case (.categorical(_, let coding), .categorical(let levels, let otherCoding)):
                guard coding == otherCoding else {
                    throw CubeError(
                        .differentVariable(first.name),
                        "'\(first.name)' is coded by \(coding.words) in \(names[0]) and by \(otherCoding.words) in \(name)",
                        hint: "make both with the same --contrasts")
                }
                lists.append(cube.levels(levels, of: first.expression.expression, mergedKinds: kinds))
            default:
                throw CubeError(
                    .differentVariable(first.name),
                    "'\(first.name)' is a number in one of \(names[0]) and \(name), and has levels in the other")
            }
        }
        guard case .categorical(_, let coding) = first.kind else { return first }
        let order = Self.order(of: first.expression.expression, kinds: kinds)
        guard let levels = LevelUnion.union(lists, order: order) else {
            throw conflict(first.name, lists)
        }
        if case .custom = coding, levels != first.levels {
            throw CubeError(
                .differentVariable(first.name),
                "'\(first.name)' has contrasts of its own and other levels in another cube",
                hint: "give the same levels everywhere")
        }
        return DesignVariable(
            name: first.name, kind: .categorical(levels: levels, coding: coding), expression: first.expression,
            trained: first.trained)
    }

    private static func order(
        of expression: TableExpression, kinds: [String: DataCube.ColumnKind]
    ) -> LevelUnion.Order {
        guard case .name(let column) = expression.withoutParentheses.node else { return .given }
        return switch kinds[column] {
        case .integer, .number: .numeric
        case .text, .truth: .text
        case .factor, nil: .given
        }
    }

    private static func conflict(_ name: String, _ lists: [[String]]) -> CubeError {
        func text(_ list: [String]) -> String {
            list.prefix(6).joined(separator: ", ") + (list.count > 6 ? ", ..." : "")
        }
        let other = lists.dropFirst().first { LevelUnion.union([lists[0], $0], order: .given) == nil } ?? []
        return CubeError(
            .differentOrder(name),
            "The levels of '\(name)' stand in different orders: \(text(lists[0])) and \(text(other))",
            hint: "give all levels when the cubes are made: --levels '\(name)=FIRST,SECOND,...'")
    }

    private static func group(
        _ name: String, of cubes: [DataCube], _ names: [String], kinds: [String: DataCube.ColumnKind]
    ) throws(CubeError) -> (GroupingLevels, [[Int]]) {
        var own: [GroupingFactorDesign] = []
        for (cube, cubeName) in zip(cubes, names) {
            guard let factor = cube.design.groupingFactors.first(where: { $0.name == name }) else {
                throw CubeError(.differentFormula, "\(cubeName) has no random effects of '\(name)'")
            }
            own.append(factor)
        }
        var variables: [GroupingVariable] = []
        /// For each cube and variable the place of each of the variable's levels.
        var places = [[[Int]]](repeating: [], count: cubes.count)
        for (index, first) in own[0].variables.enumerated() {
            var lists: [[String]] = []
            for (cube, factor) in own.enumerated() {
                guard factor.variables.count == own[0].variables.count,
                    factor.variables[index].expression == first.expression,
                    factor.variables[index].trained == first.trained
                else { throw learnedApart(name, names[0], names[cube]) }
                lists.append(
                    cubes[cube].levels(
                        factor.variables[index].levels, of: first.expression.expression, mergedKinds: kinds))
            }
            guard let levels = LevelUnion.union(lists, order: order(of: first.expression.expression, kinds: kinds))
            else { throw conflict(name, lists) }
            let place = Dictionary(levels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            for (cube, list) in lists.enumerated() {
                let found = list.compactMap { place[$0] }
                guard Set(found).count == list.count else {
                    throw CubeError(
                        .differentColumn(name),
                        "'\(name)' has whole numbers in one cube and others in another, and some of them cannot be told apart",
                        hint: "declare it as a factor when the cubes are made: --factor \(name)")
                }
                places[cube].append(found)
            }
            variables.append(GroupingVariable(expression: first.expression, trained: first.trained, levels: levels))
        }
        guard variables.count > 1 else {
            let levels = variables[0].levels
            return (
                GroupingLevels(
                    name: name, variables: variables, levels: levels, levelParts: [levels.indices.map { Int32($0) }]),
                own.indices.map { cube in own[cube].levelParts[0].map { places[cube][0][Int($0)] } }
            )
        }
        return combined(name, variables, own, places)
    }

    /// The levels of an interaction: the combinations that occur, in lexicographic order.
    private static func combined(
        _ name: String, _ variables: [GroupingVariable], _ own: [GroupingFactorDesign], _ places: [[[Int]]]
    ) -> (GroupingLevels, [[Int]]) {
        let keys = own.indices.map { cube in
            own[cube].levels.indices.map { level in
                variables.indices.map {
                    Int32(truncatingIfNeeded: places[cube][$0][Int(own[cube].levelParts[$0][level])])
                }
            }
        }
        let all = Set(keys.joined()).sorted { $0.lexicographicallyPrecedes($1) }
        let place = Dictionary(uniqueKeysWithValues: zip(all, all.indices))
        let levels = all.map { key in
            zip(variables, key).map { $0.levels[Int($1)] }.joined(separator: ":")
        }
        return (
            GroupingLevels(
                name: name, variables: variables, levels: levels,
                levelParts: variables.indices.map { variable in all.map { $0[variable] } }),
            keys.map { own in own.map { place[$0] ?? 0 } }
        )
    }
}

extension GroupingLevels {
    /// The levels at some places, and of the variables only levels that still occur.
    func keeping(_ kept: [Int]) -> GroupingLevels {
        guard kept.count < levels.count else { return self }
        var newVariables: [GroupingVariable] = []
        var parts: [[Int32]] = []
        for (variable, codes) in zip(variables, levelParts) {
            let used = Set(kept.map { codes[$0] }).sorted()
            let place = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, Int32(truncatingIfNeeded: $0)) })
            newVariables.append(
                GroupingVariable(
                    expression: variable.expression, trained: variable.trained,
                    levels: used.map { variable.levels[Int($0)] }))
            parts.append(kept.map { place[codes[$0]] ?? 0 })
        }
        return GroupingLevels(
            name: name, variables: newVariables, levels: kept.map { levels[$0] }, levelParts: parts)
    }
}

extension DataCube {
    /// Levels of this cube as the merged column would name them: whole numbers are spelled otherwise beside others.
    fileprivate func levels(
        _ levels: [String], of expression: TableExpression, mergedKinds: [String: ColumnKind]
    ) -> [String] {
        guard case .name(let column) = expression.withoutParentheses.node, columnKinds[column] == .integer,
            mergedKinds[column] == .number
        else { return levels }
        return LevelUnion.asNumbers(levels)
    }
}

extension ContrastCoding {
    /// The coding as a message says it.
    package var words: String {
        switch self {
        case .treatment(let reference): reference.map { "treatment contrasts against '\($0)'" } ?? "treatment contrasts"
        case .sum: "sum contrasts"
        case .helmert: "Helmert contrasts"
        case .polynomial: "polynomial contrasts"
        case .custom: "contrasts of its own"
        }
    }
}
