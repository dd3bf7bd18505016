// What a cube holds for a formula: the sub-model, or what is missing and what is there instead.

package import MixedSyntax

extension DataCube {
    /// The sub-model of a formula.
    ///
    /// - Throws: `CubeError` that names what was not collected and what was, `DesignError` where the rows cannot answer the
    ///   formula, such as for a grouping factor of a single level.
    package func submodel(_ formula: ModelFormula) throws -> Submodel {
        let found: Submodel
        do throws(SubmodelError) {
            found = try design.submodel(formula)
        } catch {
            throw explained(error, formula)
        }
        try found.design.checkEstimability()
        return found
    }

    private func explained(_ error: SubmodelError, _ formula: ModelFormula) -> CubeError {
        let advice = "make a cube that has it from the data"
        switch error {
        case .unknownTerm(let name, _), .unknownVariable(let name):
            return CubeError(
                .notCollected(name), "The cube does not have '\(name)'",
                hint: "it has \(Self.list(design.variables.map(\.name))); \(advice)")
        case .unknownGroup(let name):
            let groups = design.groupingFactors.map(\.name)
            return CubeError(
                .notCollected(name), "The cube has no random effects of '\(name)'",
                hint: (groups.isEmpty ? "it has none at all" : "it has those of \(Self.list(groups))") + "; \(advice)")
        case .columnOutsideModel(let name):
            if let group = groupMissing(formula) {
                return CubeError(
                    .notCollected(name), "The cube has no random effects of '\(name)' by '\(group.name)'",
                    hint: "by '\(group.name)' it has \(Self.list(group.columnNames)); \(advice)")
            }
            return CubeError(
                .notCollected(name), "The cube did not collect the column '\(name)'",
                hint: "its terms are \(Self.list(design.fixedTerms.map(\.label))); \(advice)")
        case .differentResponse:
            if formula.response != self.formula.response {
                let given = formula.response?.description ?? "none"
                return CubeError(
                    .notCollected(given), "The response of the cube is '\(design.responseName)', not '\(given)'",
                    hint: "a cube answers for one response; make another for '\(given)'")
            }
            let offsets = self.formula.offsets.map { "offset(\($0))" }
            return CubeError(
                .notCollected("offset"), "The cube was made with another offset",
                hint: offsets.isEmpty ? "leave offset() out of the formula" : "its formula has \(Self.list(offsets))")
        case .formula(let message): return CubeError(.notCollected(formula.description), message)
        }
    }

    /// The grouping factor whose random effects a formula's columns are not among; `nil` where the fixed effects are at fault.
    private func groupMissing(_ formula: ModelFormula) -> GroupingFactorDesign? {
        guard let plain = try? formula.replacing(fixed: formula.fixed, random: []),
            (try? design.submodel(plain)) != nil
        else { return nil }
        for term in formula.random {
            guard let single = try? formula.replacing(fixed: formula.fixed, random: [term]) else { continue }
            if (try? design.submodel(single)) == nil {
                let name = RandomEffectsBuilder.name(of: term)
                return design.groupingFactors.first { $0.name == name }
            }
        }
        return nil
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(12).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 12 ? ", ..." : "")
    }
}

extension ModelDesign {
    /// Refuses a design that no model can be fitted to, by the rules that a design of rows is held to.
    func checkEstimability() throws(DesignError) {
        if data.response.isConstant {
            throw DesignError(
                .responseConstant(name: responseName, value: data.response.mean),
                "The response '\(responseName)' has the same value, \(RNumber.text(data.response.mean)), in every row: there is nothing to explain"
            )
        }
        for variable in variables {
            guard let levels = variable.levels, levels.count < 2 else { continue }
            throw DesignError(
                .contrasts(variable: variable.name, .tooFewLevels(count: levels.count)),
                "The factor '\(variable.name)' has only one level, '\(levels.first ?? "")': there is nothing to compare it with",
                hint: "leave it out of the formula")
        }
        for factor in groupingFactors {
            let count = factor.levels.count
            guard count > 1 else {
                let level = factor.levels.first ?? ""
                throw DesignError(
                    .singleGroup(name: factor.name, level: level),
                    "The grouping factor '\(factor.name)' has only one level, '\(level)': a variance between levels needs several"
                )
            }
            guard count < data.rowCount else {
                throw DesignError(
                    .groupsAsManyAsRows(name: factor.name, levels: count, rows: data.rowCount),
                    "The grouping factor '\(factor.name)' has as many levels as there are rows (\(data.rowCount)): its variance cannot be told from the residuals'"
                )
            }
            for term in factor.terms {
                let (effects, overflow) = count.multipliedReportingOverflow(by: term.columnCount)
                guard !overflow, effects < data.rowCount else {
                    throw DesignError(
                        .randomEffectsAsManyAsRows(term: factor.name, count: effects, rows: data.rowCount),
                        "The random term of '\(factor.name)' has \(effects) effects (\(count) levels × \(term.columnCount) columns) but there are only \(data.rowCount) rows: its variances cannot be told from the residuals'",
                        hint: "leave out columns of the term")
                }
            }
        }
    }
}
