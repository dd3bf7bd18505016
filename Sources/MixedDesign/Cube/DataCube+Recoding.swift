// The cube with other contrasts, or the levels of a factor in another order: linear maps of its columns.

extension DataCube {
    /// The cube with other contrasts of factors, or their levels in another order.
    ///
    /// - Parameters:
    ///   - contrasts: By the name of the factor or of its column.
    ///   - levels: All levels in their new order, by the same names; the first is the reference of treatment contrasts.
    /// - Complexity: a pass over the levels and pairs.
    /// - Throws: `CubeError` for a factor that is not in the cube, for other levels than it has, and for contrasts that do not
    ///   fit them.
    package func recoded(contrasts: [String: ContrastCoding], levels: [String: [String]]) throws(CubeError) -> DataCube
    {
        guard !contrasts.isEmpty || !levels.isEmpty else { return self }
        var changed = design.variables
        for (name, coding) in contrasts.sorted(by: { $0.key < $1.key }) {
            let index = try factor(name)
            guard case .categorical(let levels, _) = changed[index].kind else { continue }
            do throws(ContrastError) {
                _ = try coding.matrix(levels: levels)
            } catch {
                throw CubeError(.coding(name), "The factor '\(name)': \(error.sentence)")
            }
            changed[index] = changed[index].with(.categorical(levels: levels, coding: coding))
        }
        for (name, order) in levels.sorted(by: { $0.key < $1.key }) {
            let index = try factor(name)
            guard case .categorical(let known, let coding) = changed[index].kind else { continue }
            guard order.sorted() == known.sorted() else {
                throw CubeError(
                    .coding(name),
                    "A cube can put the levels of '\(name)' in another order, but not leave any out",
                    hint: "its levels are \(known.prefix(12).joined(separator: ", "))\(known.count > 12 ? ", ..." : "")"
                )
            }
            changed[index] = changed[index].with(.categorical(levels: order, coding: coding))
        }
        return changed == design.variables ? self : try recoded(variables: changed, notes: notes)
    }

    /// The index of the factor that goes by a name.
    private func factor(_ name: String) throws(CubeError) -> Int {
        let found =
            design.variables.firstIndex { $0.isCategorical && $0.name == name }
            ?? design.variables.firstIndex { $0.isCategorical && $0.columnNames == [name] }
        if let found { return found }
        let factors = design.variables.filter(\.isCategorical).map { "'\($0.name)'" }
        throw CubeError(
            .coding(name), "The cube has no factor '\(name)' among its terms",
            hint: factors.isEmpty ? "it has none" : "it has \(factors.joined(separator: ", "))")
    }
}

extension DesignVariable {
    /// The same variable with other levels or contrasts.
    fileprivate func with(_ kind: Kind) -> DesignVariable {
        DesignVariable(name: name, kind: kind, expression: expression, trained: trained)
    }
}
