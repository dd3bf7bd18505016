// Fitting again without one group of rows at a time: the plan stays, and a group that is left out has blocks of zeros.
//
// A level without rows adds nothing to any criterion or estimate: its block of M is the identity, and log|I| = 0.

package import MixedDesign
internal import MixedLinearAlgebra

/// What the refits without one of some independent groups share, and from which each thread makes its workspace.
package final class GroupDeletions {
    let fit: LinearMixedModelFit
    let groups: IndependentGroups
    let deviance: ProfiledDeviance
    /// The relative factors that every refit starts from.
    let start: [Matrix]
    /// For each factor of the chain the levels of each group.
    let levels: [GroupMembers]
    /// The places of each group among the values of the border that belong to random effects.
    let borderEntries: GroupMembers
    /// Where the products of fixed effects and response stand among those values, as a packed triangle.
    let fixedEntries: [Int]

    /// - Complexity: Linear in the size of the cross-products.
    package init(_ fit: LinearMixedModelFit, groups: IndependentGroups) {
        self.fit = fit
        self.groups = groups
        deviance = ProfiledDeviance(
            fit.products, terms: LinearMixedModelFit.layout(fit.design), method: fit.method, threads: 1)
        start = deviance.raised(fit.optimum.relativeFactors)
        let plan = deviance.plan
        levels = plan.chain.map { GroupMembers(groups: groups.groupOfLevel[$0.factor], count: groups.count) }
        var groupOfColumn = [Int32](repeating: -1, count: plan.borderStride)
        for factor in plan.border {
            for (level, group) in groups.groupOfLevel[factor.factor].enumerated() {
                for column in 0..<factor.width { groupOfColumn[factor.offset + level * factor.width + column] = group }
            }
        }
        let width = plan.fixedCount + 1
        var fixedEntries = [Int](repeating: 0, count: PackedTriangle.count(width))
        var groupOfEntry = [Int32](repeating: -1, count: plan.borderPlaces.count)
        for entry in 0..<plan.borderPlaces.count {
            let (column, row) = plan.borderPlaces.pointer[entry].quotientAndRemainder(dividingBy: plan.borderStride)
            if column < plan.borderEffectCount {
                groupOfEntry[entry] = groupOfColumn[column]
            } else {
                let place = PackedTriangle.place(
                    row - plan.borderEffectCount, column - plan.borderEffectCount, width: width)
                fixedEntries[place] = entry
            }
        }
        borderEntries = GroupMembers(groups: groupOfEntry, count: groups.count)
        self.fixedEntries = fixedEntries
    }

    /// Memory for refits on one thread.
    package func workspace() -> GroupDeletionWorkspace { GroupDeletionWorkspace(self) }
}

/// The members of each of some groups, in ascending order.
struct GroupMembers {
    private let starts: [Int]
    private let members: [Int]

    /// - Parameter groups: The group of each member; negative for members of none.
    init(groups: [Int32], count: Int) {
        var starts = [Int](repeating: 0, count: count + 1)
        for group in groups where group >= 0 { starts[Int(group) + 1] += 1 }
        for group in 0..<count { starts[group + 1] += starts[group] }
        var next = starts
        var members = [Int](repeating: 0, count: starts[count])
        for (member, group) in groups.enumerated() where group >= 0 {
            members[next[Int(group)]] = member
            next[Int(group)] += 1
        }
        self.starts = starts
        self.members = members
    }

    subscript(group: Int) -> ArraySlice<Int> { members[starts[group]..<starts[group + 1]] }
}

/// The memory of one thread for fitting a model without one group after another.
package final class GroupDeletionWorkspace {
    private let shared: GroupDeletions
    private let deviance: ProfiledDeviance

    fileprivate init(_ shared: GroupDeletions) {
        self.shared = shared
        deviance = ProfiledDeviance(sharing: shared.deviance, ownsDiagonal: true)
    }

    /// The estimates without a group; they do not depend on what the workspace has been used for before.
    ///
    /// - Returns: `nil` where fewer coefficients can be estimated, or no residual variance is left.
    /// - Complexity: Two to four expansions of the deviance.
    package func refit(without group: Int) -> ReducedFit? {
        let products = shared.fit.products
        let groups = shared.groups
        let rowCount = products.rowCount - groups.rowCounts[group]
        guard rowCount > deviance.fixedColumns.count,
            products.independentFixedColumns(of: products.fixedProducts(without: group, of: groups))
                == deviance.fixedColumns
        else { return nil }
        remove(group)
        defer { restore(group) }
        deviance.rowsHaveChanged(to: rowCount)
        if let minimum = deviance.descend(from: shared.start, settings: .refit), minimum.hasConverged {
            return deviance.reducedFit(minimum, design: shared.fit.design, rowCount: rowCount)
        }
        return shared.fit.refitted(to: products.removing(group: group, of: groups))
    }

    /// Sets the group's blocks to zero and takes its moments from those of the fixed effects.
    private func remove(_ group: Int) {
        let plan = deviance.plan
        for (factor, levels) in zip(plan.chain, shared.levels) {
            let size = factor.width * factor.width
            for level in levels[group] {
                (factor.diagonal.pointer + level * size).update(repeating: 0, count: size)
                let start = factor.rowStarts.pointer[level]
                (factor.rows.pointer + start).update(
                    repeating: 0, count: factor.rowStarts.pointer[level + 1] - start)
            }
        }
        let values = plan.borderValues.pointer
        for entry in shared.borderEntries[group] { values[entry] = 0 }
        let columns = deviance.fixedColumns + [shared.fit.products.fixedColumnCount]
        let width = shared.fit.products.fixedColumnCount + 1
        let start = group * PackedTriangle.count(width)
        for (column, first) in columns.enumerated() {
            for (row, second) in columns.enumerated() where row >= column {
                let entry = shared.fixedEntries[PackedTriangle.place(row, column, width: columns.count)]
                values[entry] -= shared.groups.moments[start + PackedTriangle.place(second, first, width: width)]
            }
        }
    }

    /// Puts back what `remove` has changed, to the last bit.
    private func restore(_ group: Int) {
        let plan = deviance.plan
        let original = shared.deviance.plan
        for (position, factor) in plan.chain.enumerated() {
            let source = original.chain[position]
            let size = factor.width * factor.width
            for level in shared.levels[position][group] {
                (factor.diagonal.pointer + level * size).update(
                    from: source.diagonal.pointer + level * size, count: size)
                let start = factor.rowStarts.pointer[level]
                (factor.rows.pointer + start).update(
                    from: source.rows.pointer + start, count: factor.rowStarts.pointer[level + 1] - start)
            }
        }
        let entries = shared.borderEntries[group]
        for entry in entries { plan.borderValues.pointer[entry] = original.borderValues.pointer[entry] }
        for entry in shared.fixedEntries { plan.borderValues.pointer[entry] = original.borderValues.pointer[entry] }
    }
}
