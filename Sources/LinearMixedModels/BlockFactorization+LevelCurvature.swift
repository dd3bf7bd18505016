// What single levels add to the traces of products of inverses, and what they pass on to the levels they lie in.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// What the levels of one chain factor share.
    struct CurvaturePass {
        let position: Int
        let inverse: SelectedInverse
        /// The blocks of the inverse of coarser levels.
        let neighbours: [AncestorBlocks]
        let directions: [ActiveDirection]
    }

    /// A direction that a chain factor or a finer one owns.
    struct ActiveDirection {
        let first: Int
        let second: Int
        /// What finer levels have left, unless the factor itself owns the direction.
        let diagonal: UnsafePointer<Double>?
        let rows: UnsafePointer<Double>?
        /// Where what is left for coarser levels goes.
        let ancestors: [AncestorBlocks]
        /// The levels' *Q* of *Q'K + K'Q*, where the border takes them tile by tile.
        let halves: Storage<Double>?

        init(
            _ direction: SymmetricDirection, diagonal: Storage<Double>?, rows: Storage<Double>?,
            ancestors: [AncestorBlocks], halves: Storage<Double>?
        ) {
            first = direction.first
            second = direction.second
            self.diagonal = diagonal.map { UnsafePointer($0.pointer) }
            self.rows = rows.map { UnsafePointer($0.pointer) }
            self.ancestors = ancestors
            self.halves = halves
        }
    }

    /// Adds a range of levels to the traces, lower triangle row by row, and passes their tangents on.
    func addTraces(
        _ pass: CurvaturePass, levels: Range<Int>, _ own: LevelScratch, borders: [Storage<Double>?],
        to sums: UnsafeMutablePointer<Double>
    ) {
        let position = pass.position
        let factor = plan.chain[position]
        let relative = relativeFactors[factor.factor].pointer
        let count = pass.directions.count
        let (rows, lower) = (solved[position].pointer, lower[position].pointer)
        let corrections = pass.inverse.corrections[position].pointer
        let needsNeighbourhood = position > 0
        let widest = plan.widestNeighbourhood + 1
        // Blocks and row blocks of all directions; kept apart, they would be allocated one by one.
        let size = factor.width
        let memory = Storage<Double>(zeros: (5 + count) * size * size + (2 * count + 1) * size * widest)
        @inline(__always) func add(size k: Int) {
            let blockInverse = memory.pointer
            let scratch = blockInverse + k * k
            let tangentBlocks = scratch + 4 * k * k
            let variations = tangentBlocks + count * k * k
            let products = variations + count * k * widest
            let halves = products + count * k * widest
            for level in levels {
                let start = factor.rowStarts.pointer[level]
                let row = rows + start
                let width = (factor.rowStarts.pointer[level + 1] - start) / k - 1
                SmallBlock.inverse(fromCholesky: lower + level * k * k, size: k, into: blockInverse)
                for (index, direction) in pass.directions.enumerated() {
                    let block = tangentBlocks + index * k * k
                    let variation = variations + index * k * widest
                    if let below = direction.diagonal, let rows = direction.rows {
                        Self.scaledBlock(
                            below + level * k * k, by: relative, size: k, identity: 0, into: block)
                        for column in 0..<width {
                            Self.multiplyTransposed(
                                relative, rows + start + column * k, size: k, into: variation + column * k)
                        }
                    } else {
                        for element in 0..<k * k { block[element] = 0 }
                        block[direction.first + direction.second * k] = 1
                        block[direction.second + direction.first * k] = 1
                        for element in 0..<k * width { variation[element] = 0 }
                    }
                    for column in 0..<width {
                        for left in 0..<k {
                            var sum = 0.0
                            for right in 0..<k { sum += block[left + right * k] * row[right + column * k] }
                            variation[left + column * k] -= sum
                        }
                    }
                }
                if needsNeighbourhood {
                    _ = gatherNeighbourhood(of: level, in: factor, pass.neighbours, into: own)
                    for index in 0..<count {
                        multiplyNeighbourhood(
                            own.neighbourhood.pointer, variations + index * k * widest, width: width, size: k,
                            into: products + index * k * widest)
                    }
                }
                let correction = corrections + level * k * k
                for left in 0..<count {
                    let leftBlock = tangentBlocks + left * k * k
                    for right in 0...left {
                        let rightBlock = tangentBlocks + right * k * k
                        var value = Self.traceOfProducts(
                            blockInverse, leftBlock, blockInverse, rightBlock, size: k, scratch: scratch)
                        if needsNeighbourhood {
                            let middle = scratch + 2 * k * k
                            for element in 0..<k * k { middle[element] = 0 }
                            Self.addProductTransposed(
                                products + left * k * widest, variations + right * k * widest, width: width, size: k,
                                to: middle)
                            for element in 0..<k * k { value += 2 * blockInverse[element] * middle[element] }
                        } else {
                            value +=
                                Self.traceOfProducts(
                                    blockInverse, leftBlock, correction, rightBlock, size: k, scratch: scratch)
                                + Self.traceOfProducts(
                                    blockInverse, rightBlock, correction, leftBlock, size: k, scratch: scratch)
                        }
                        sums[left * count + right] += value
                    }
                }
                for (index, direction) in pass.directions.enumerated() {
                    let block = tangentBlocks + index * k * k
                    let variation = variations + index * k * widest
                    let half = direction.halves.map { $0.pointer + start } ?? halves
                    for column in 0..<width {
                        for left in 0..<k {
                            var sum = 0.0
                            for right in 0..<k { sum += block[left + right * k] * row[right + column * k] }
                            half[left + column * k] = -(variation[left + column * k] + 0.5 * sum)
                        }
                    }
                    passOn(
                        half, row, width: width, patternStart: factor.patternStarts.pointer[level], size: k, of: level,
                        to: direction.ancestors)
                    if direction.halves == nil, let border = borders[index] {
                        addToBorder(half, row, factor.pattern(level), of: factor, to: border.pointer)
                    }
                }
            }
        }
        // With the size known to the compiler, loops over one effect are no loops.
        if size == 1 { add(size: 1) } else { add(size: size) }
    }

    /// Adds *Q'K + K'Q* of a level to the tangents of its ancestors.
    @inline(__always)
    private func passOn(
        _ halves: UnsafePointer<Double>, _ row: UnsafePointer<Double>, width: Int, patternStart: Int, size k: Int,
        of level: Int, to ancestors: [AncestorBlocks]
    ) {
        guard let last = ancestors.last else { return }
        let ancestorColumns = last.offset + last.width
        let fixed = plan.fixedCount
        let patternCount = width - ancestorColumns - fixed
        @inline(__always) func pass(size k: Int, to ancestor: AncestorBlocks, width own: Int) {
            let offset = ancestor.offset
            let next = offset + own
            let block = ancestor.diagonalBlock(level)
            let target = ancestor.rowBlock(level)
            let places = ancestor.places + patternStart
            let tail = target + ancestor.elementCount(level) - (fixed + 1) * own
            for column in 0..<own {
                for element in 0..<own {
                    block[element + column * own] += Self.symmetricProduct(
                        halves, row, offset + element, offset + column, size: k)
                }
            }
            // The coarser level has the columns after it in three runs.
            for column in next..<width {
                let place: UnsafeMutablePointer<Double>
                if column < ancestorColumns {
                    place = target + (column - next) * own
                } else if column < ancestorColumns + patternCount {
                    place = target + (ancestorColumns - next + Int(places[column - ancestorColumns])) * own
                } else {
                    place = tail + (column - ancestorColumns - patternCount) * own
                }
                for element in 0..<own {
                    place[element] += Self.symmetricProduct(halves, row, offset + element, column, size: k)
                }
            }
        }
        for ancestor in ancestors {
            if k == 1 && ancestor.width == 1 {
                pass(size: 1, to: ancestor, width: 1)
            } else {
                pass(size: k, to: ancestor, width: ancestor.width)
            }
        }
    }

    /// Adds *Q'K + K'Q* of a level to a border of one tile.
    private func addToBorder(
        _ halves: UnsafePointer<Double>, _ row: UnsafePointer<Double>, _ pattern: UnsafeBufferPointer<Int32>,
        of factor: EliminationPlan.ChainFactor, to border: UnsafeMutablePointer<Double>
    ) {
        let k = factor.width
        let size = plan.borderSize
        let halves = halves + factor.ancestorColumnCount * k
        let row = row + factor.ancestorColumnCount * k
        let count = pattern.count
        for column in 0..<count + plan.fixedCount {
            let borderColumn = column < count ? Int(pattern[column]) : plan.borderEffectCount + column - count
            let target = border + borderColumn * size
            for other in column..<max(count, column) {
                target[Int(pattern[other])] += Self.symmetricProduct(halves, row, other, column, size: k)
            }
            for other in max(column, count)..<count + plan.fixedCount {
                target[plan.borderEffectCount + other - count] += Self.symmetricProduct(
                    halves, row, other, column, size: k)
            }
        }
    }

    /// An element of *Q'K + K'Q*.
    @inline(__always)
    private static func symmetricProduct(
        _ halves: UnsafePointer<Double>, _ row: UnsafePointer<Double>, _ left: Int, _ right: Int, size k: Int
    ) -> Double {
        if k == 1 { return halves[left] * row[right] + row[left] * halves[right] }
        return dot(halves + left * k, row + right * k, k) + dot(row + left * k, halves + right * k, k)
    }

    // MARK: Kernels

    /// *tr(ABCD)* of small blocks.
    private static func traceOfProducts(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>, _ d: UnsafePointer<Double>,
        size k: Int, scratch: UnsafeMutablePointer<Double>
    ) -> Double {
        if k == 1 { return a[0] * b[0] * c[0] * d[0] }
        multiplyBlocks(a, b, size: k, into: scratch)
        multiplyBlocks(c, d, size: k, into: scratch + k * k)
        var sum = 0.0
        for column in 0..<k {
            for row in 0..<k { sum += scratch[row + column * k] * scratch[k * k + column + row * k] }
        }
        return sum
    }

    private static func multiplyBlocks(
        _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, size k: Int,
        into result: UnsafeMutablePointer<Double>
    ) {
        for column in 0..<k {
            for row in 0..<k {
                var sum = 0.0
                for inner in 0..<k { sum += left[row + inner * k] * right[inner + column * k] }
                result[row + column * k] = sum
            }
        }
    }
}
