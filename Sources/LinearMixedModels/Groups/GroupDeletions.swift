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
    /// For each factor of the border the levels of each group.
    let borderLevels: [GroupMembers]

    /// - Complexity: Linear in the size of the cross-products.
    package init(_ fit: LinearMixedModelFit, groups: IndependentGroups) {
        self.fit = fit
        self.groups = groups
        deviance = ProfiledDeviance(
            fit.products, terms: LinearMixedModelFit.layout(fit.design), method: fit.method, threads: 1)
        start = deviance.raised(fit.optimum.relativeFactors)
        let plan = deviance.plan
        func members(_ factor: Int, _ levels: Storage<Int32>) -> GroupMembers {
            let groupOfLevel = groups.groupOfLevel[factor]
            return GroupMembers(
                groups: (0..<levels.count).map { groupOfLevel[Int(levels.pointer[$0])] }, count: groups.count)
        }
        levels = plan.chain.map { members($0.factor, $0.levels) }
        borderLevels = plan.border.map { members($0.factor, $0.levels) }
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
        forEachBlock(of: group) { block, _ in block.update(repeating: 0) }
        let columns = deviance.fixedColumns + [shared.fit.products.fixedColumnCount]
        let width = shared.fit.products.fixedColumnCount + 1
        let start = group * PackedTriangle.count(width)
        for (column, first) in columns.enumerated() {
            for (row, second) in columns.enumerated() where row >= column {
                plan.fixed.pointer[row + column * plan.tailCount] -=
                    shared.groups.moments[start + PackedTriangle.place(second, first, width: width)]
            }
        }
    }

    /// Puts back what `remove` has changed, to the last bit.
    private func restore(_ group: Int) {
        forEachBlock(of: group) { block, original in _ = block.update(fromContentsOf: original) }
        deviance.plan.fixed.copy(from: shared.deviance.plan.fixed)
    }

    /// Visits everything that belongs to the levels of a group, with what it was originally.
    private func forEachBlock(
        of group: Int, _ body: (UnsafeMutableBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
    ) {
        let plan = deviance.plan
        let original = shared.deviance.plan
        func visit(_ own: Storage<Double>, _ source: Storage<Double>, _ start: Int, _ count: Int) {
            body(
                UnsafeMutableBufferPointer(start: own.pointer + start, count: count),
                UnsafeMutableBufferPointer(start: source.pointer + start, count: count))
        }
        for (position, factor) in plan.chain.enumerated() {
            let source = original.chain[position]
            let size = factor.width * factor.width
            for level in shared.levels[position][group] {
                visit(factor.diagonal, source.diagonal, level * size, size)
                let start = factor.rowStarts.pointer[level]
                visit(factor.rows, source.rows, start, factor.rowStarts.pointer[level + 1] - start)
            }
        }
        for (index, factor) in plan.border.enumerated() {
            let source = original.border[index]
            let size = factor.width * factor.width
            for level in shared.borderLevels[index][group] {
                visit(factor.diagonal, source.diagonal, level * size, size)
                visit(factor.rows, source.rows, level * factor.width * plan.tailCount, factor.width * plan.tailCount)
            }
        }
        for (index, pair) in plan.borderPairs.enumerated() {
            let size = plan.border[pair.first].width * plan.border[pair.second].width
            for level in shared.borderLevels[pair.first][group] {
                let start = pair.rowStarts.pointer[level]
                visit(
                    pair.blocks, original.borderPairs[index].blocks, start * size,
                    (pair.rowStarts.pointer[level + 1] - start) * size)
            }
        }
    }
}
