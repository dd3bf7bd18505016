// Solving with the factored chain, a chunk of trees at a time.

internal import MixedLinearAlgebra

extension ChainElimination {
    /// The levels of a factor in a chunk.
    @inline(__always)
    func levels(_ position: Int, chunk: Int) -> Range<Int> {
        let starts = layout.chain[position].treeStarts
        return starts[layout.chunks[chunk]]..<starts[layout.chunks[chunk + 1]]
    }

    /// Memory for the numbers of one chunk.
    struct Scratch {
        /// What finer levels and the border bring to each level, in the units of *b*.
        let incoming: [RightHandSides]
        /// The solution in the units of *u*.
        let solution: [RightHandSides]
        /// The solution in the units of *b*.
        let scaled: [RightHandSides]

        init(_ chain: ChainElimination, groups: Int) {
            incoming = chain.chunkSizes.map { RightHandSides(rows: $0, groups: groups) }
            solution = chain.chunkSizes.map { RightHandSides(rows: $0, groups: groups) }
            scaled = chain.chunkSizes.map { RightHandSides(rows: $0, groups: groups) }
        }
    }

    /// Solves *M_cc r = Λ't + r₀* for the levels of a chunk.
    ///
    /// On entry `incoming` holds *t* and, with `addsSolution`, `solution` holds *r₀*. On return `solution` is *r* and `scaled` is *Λr*.
    func solve(chunk: Int, _ scratch: Scratch, groups: Int, addsSolution: Bool) {
        for position in layout.chain.indices { forward(position, chunk, scratch, groups, addsSolution) }
        for position in layout.chain.indices.reversed() { backward(position, chunk, scratch, groups) }
    }

    private func forward(_ position: Int, _ chunk: Int, _ scratch: Scratch, _ groups: Int, _ addsSolution: Bool) {
        let factor = layout.chain[position]
        let levels = levels(position, chunk: chunk)
        let k = factor.width
        let relative = relative[position].pointer
        let incoming = scratch.incoming[position].pointer
        let solution = scratch.solution[position].pointer
        for (place, level) in levels.enumerated() {
            let start = place * k * groups
            for row in 0..<k {
                for group in 0..<groups {
                    var sum = addsSolution ? solution[start + row * groups + group] : Lanes()
                    for inner in 0..<k { sum += relative[inner + row * k] * incoming[start + inner * groups + group] }
                    solution[start + row * groups + group] = sum
                }
            }
            for (index, width) in factor.ancestorWidths.enumerated() {
                let coarser = position + 1 + index
                let first = self.levels(coarser, chunk: chunk).lowerBound
                let target =
                    scratch.incoming[coarser].pointer
                    + (Int(factor.ancestors[index].pointer[level]) - first) * width * groups
                let block = rows[position][index].pointer + level * k * width
                for column in 0..<width {
                    for group in 0..<groups {
                        var sum = Lanes()
                        for row in 0..<k { sum += block[row + column * k] * solution[start + row * groups + group] }
                        target[column * groups + group] -= sum
                    }
                }
            }
        }
    }

    private func backward(_ position: Int, _ chunk: Int, _ scratch: Scratch, _ groups: Int) {
        let factor = layout.chain[position]
        let levels = levels(position, chunk: chunk)
        let k = factor.width
        let relative = relative[position].pointer
        let solution = scratch.solution[position].pointer
        let scaled = scratch.scaled[position].pointer
        let held = scratch.incoming[position].pointer
        for (place, level) in levels.enumerated() {
            let start = place * k * groups
            let inverse = inversePivots[position].pointer + level * k * k
            for row in 0..<k {
                for group in 0..<groups {
                    var sum = Lanes()
                    for inner in 0..<k { sum += inverse[row + inner * k] * solution[start + inner * groups + group] }
                    for (index, width) in factor.ancestorWidths.enumerated() {
                        let coarser = position + 1 + index
                        let first = self.levels(coarser, chunk: chunk).lowerBound
                        let source =
                            scratch.scaled[coarser].pointer
                            + (Int(factor.ancestors[index].pointer[level]) - first) * width * groups
                        let block = rows[position][index].pointer + level * k * width
                        for column in 0..<width { sum -= block[row + column * k] * source[column * groups + group] }
                    }
                    // What came in has been used, and makes room for the result while the old one is still read.
                    held[start + row * groups + group] = sum
                }
            }
            for index in start..<start + k * groups { solution[index] = held[index] }
            for row in 0..<k {
                for group in 0..<groups {
                    var sum = Lanes()
                    for inner in 0..<k { sum += relative[row + inner * k] * solution[start + inner * groups + group] }
                    scaled[start + row * groups + group] = sum
                }
            }
        }
    }
}
