// Quadratic forms of the border's inverse with the rows of each level, taken block by block as the border was formed.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// *K H K'* of every level of a factor without ancestors, with *H* the border's inverse.
    func addBorderForms(at position: Int, to forms: Storage<Double>) {
        let factor = plan.chain[position]
        guard let buckets = factor.buckets else { return }
        let context = TileContext(factor, buckets, limit: plan.borderSize)
        let k = factor.width
        let rows = solved[position]
        // Each bucket has the share of its row of tiles, so that no two tasks write to the same place.
        let shares = Storage<Double>(zeros: buckets.levels.count * k * k)
        let inverse = borderInverse
        let tiles = buckets.heaviestFirst.filter { $0 < context.blockCount }
        ParallelLoop.forEachTask(tiles.count, threads: threads) { worker, index in
            let row = tiles[index]
            for column in 0...row {
                let tile = context.block(row, column, of: inverse)
                for run in 0..<buckets.runCount {
                    if context.isDense(row, column, run: run, share: Self.densePairShare) {
                        addPanelForms(rows, context, row, column, run: run, tile, to: shares, scratch[worker])
                    } else {
                        context.forEachMeeting(row, column, run: run) { left, right in
                            Self.addForm(
                                rows, left, right, size: k, isDiagonal: row == column, tile,
                                to: shares.pointer + left.bucket * k * k, scratch[worker].block.pointer)
                        }
                    }
                }
            }
        }
        for level in 0..<factor.levelCount {
            let target = forms.pointer + level * k * k
            for bucket in buckets.levelStarts.pointer[level]..<buckets.levelStarts.pointer[level + 1] {
                for element in 0..<k * k { target[element] += shares.pointer[bucket * k * k + element] }
            }
        }
    }

    /// Adds *L G R'*, off the diagonal with its transpose, for a level's columns that meet a tile *G*.
    @inline(__always)
    private static func addForm(
        _ rows: Storage<Double>, _ left: Bucket, _ right: Bucket, size k: Int, isDiagonal: Bool,
        _ tile: UnsafePointer<Double>, to form: UnsafeMutablePointer<Double>, _ scratch: UnsafeMutablePointer<Double>
    ) {
        let leftValues = rows.pointer + left.offset
        let rightValues = rows.pointer + right.offset
        if k == 1 {
            var sum = 0.0
            for column in 0..<right.count {
                let source = tile + Int(right.places[column]) << TiledMatrix.tileShift
                var inner = 0.0
                for row in 0..<left.count { inner += source[Int(left.places[row])] * leftValues[row] }
                sum += inner * rightValues[column]
            }
            form[0] += isDiagonal ? sum : 2 * sum
            return
        }
        for element in 0..<k * k { scratch[k + element] = 0 }
        for column in 0..<right.count {
            let source = tile + Int(right.places[column]) << TiledMatrix.tileShift
            for element in 0..<k { scratch[element] = 0 }
            for row in 0..<left.count {
                let value = source[Int(left.places[row])]
                for element in 0..<k { scratch[element] += value * leftValues[row * k + element] }
            }
            for second in 0..<k {
                let value = rightValues[column * k + second]
                for element in 0..<k { scratch[k + element + second * k] += scratch[element] * value }
            }
        }
        addBlock(scratch + k, size: k, isDiagonal: isDiagonal, to: form)
    }

    /// The same for a run of levels at once.
    private func addPanelForms(
        _ rows: Storage<Double>, _ context: TileContext, _ row: Int, _ column: Int, run: Int,
        _ tile: UnsafePointer<Double>, to shares: Storage<Double>, _ scratch: LevelScratch
    ) {
        let k = context.width
        let left = scratch.panels[0].pointer
        let right = scratch.panels[1].pointer
        let product = scratch.panels[2].pointer
        context.pack(rows, row, run: run, weights: nil, isTransposed: false, into: left, scratch)
        context.pack(rows, column, run: run, weights: nil, isTransposed: false, into: right, scratch)
        TilePanel.multiply(tile, right, depth: context.depth(run), into: product)
        let block = scratch.block.pointer
        let size = TilePanel.blockSize
        context.forEachBucket(row, run: run) { bucket in
            let start = (bucket.level - run * context.buckets.runLength) * k * size
            for second in 0..<k {
                for first in 0..<k {
                    block[first + second * k] = Self.longDot(
                        left + start + first * size, product + start + second * size, size)
                }
            }
            Self.addBlock(
                block, size: k, isDiagonal: row == column, to: shares.pointer + bucket.bucket * k * k)
        }
    }

    @inline(__always)
    private static func addBlock(
        _ block: UnsafePointer<Double>, size k: Int, isDiagonal: Bool, to form: UnsafeMutablePointer<Double>
    ) {
        for column in 0..<k {
            for row in 0..<k {
                form[row + column * k] += block[row + column * k] + (isDiagonal ? 0 : block[column + row * k])
            }
        }
    }
}
