// The loops over pairs of levels, which is where the time goes.
//
// Scalar blocks have loops of their own for one and two groups of eight right-hand sides, whose sums stay in registers.

internal import MixedLinearAlgebra

enum PairKernel {
    /// Runs through the columns of a row without values, each with how many times it is listed.
    @inline(__always)
    static func forEachCount(_ pairs: LevelPairs, row: Int, _ body: (Int32, Double) -> Void) {
        let columns = pairs.columns.pointer
        let end = pairs.rowStarts.pointer[row + 1]
        var position = pairs.rowStarts.pointer[row]
        while position < end {
            let column = columns[position]
            var count = 1.0
            position += 1
            while position < end, columns[position] == column {
                count += 1
                position += 1
            }
            body(column, count)
        }
    }

    /// Adds *A_iB ξ* for a range of rows to `target`, which begins with the first of them.
    static func gather(
        _ pairs: LevelPairs, rows: Range<Int>, from source: UnsafePointer<Lanes>, groups: Int,
        into target: UnsafeMutablePointer<Lanes>
    ) {
        let starts = pairs.rowStarts.pointer
        let columns = pairs.columns.pointer
        guard pairs.rowWidth == 1, pairs.columnWidth == 1, groups <= 2 else {
            gatherBlocks(pairs, rows: rows, from: source, groups: groups, into: target)
            return
        }
        if groups == 1 {
            for row in rows {
                var sum = Lanes()
                if let values = pairs.values?.pointer {
                    for position in starts[row]..<starts[row + 1] {
                        sum += values[position] * source[Int(columns[position])]
                    }
                } else {
                    for position in starts[row]..<starts[row + 1] { sum += source[Int(columns[position])] }
                }
                target[row - rows.lowerBound] += sum
            }
            return
        }
        for row in rows {
            var first = Lanes()
            var second = Lanes()
            if let values = pairs.values?.pointer {
                for position in starts[row]..<starts[row + 1] {
                    let own = source + 2 * Int(columns[position])
                    first += values[position] * own[0]
                    second += values[position] * own[1]
                }
            } else {
                for position in starts[row]..<starts[row + 1] {
                    let own = source + 2 * Int(columns[position])
                    first += own[0]
                    second += own[1]
                }
            }
            let own = target + 2 * (row - rows.lowerBound)
            own[0] += first
            own[1] += second
        }
    }

    private static func gatherBlocks(
        _ pairs: LevelPairs, rows: Range<Int>, from source: UnsafePointer<Lanes>, groups: Int,
        into target: UnsafeMutablePointer<Lanes>
    ) {
        let starts = pairs.rowStarts.pointer
        let columns = pairs.columns.pointer
        let (height, width) = (pairs.rowWidth, pairs.columnWidth)
        let values = pairs.values?.pointer
        for row in rows {
            let own = target + (row - rows.lowerBound) * height * groups
            for position in starts[row]..<starts[row + 1] {
                let other = source + Int(columns[position]) * groups
                for column in 0..<width {
                    for element in 0..<height {
                        let value = values?[position * height * width + element + column * height] ?? 1
                        for group in 0..<groups {
                            own[element * groups + group] += value * other[column * groups + group]
                        }
                    }
                }
            }
        }
    }

    /// Subtracts *A_Bi s_i* for a range of rows; `source` begins with the first of them.
    static func subtractScattered(
        _ pairs: LevelPairs, rows: Range<Int>, from source: UnsafePointer<Lanes>, groups: Int,
        into target: UnsafeMutablePointer<Lanes>
    ) {
        let starts = pairs.rowStarts.pointer
        let columns = pairs.columns.pointer
        guard pairs.rowWidth == 1, pairs.columnWidth == 1, groups <= 2 else {
            scatterBlocks(pairs, rows: rows, from: source, groups: groups, into: target)
            return
        }
        if groups == 1 {
            for row in rows {
                let value = source[row - rows.lowerBound]
                if let values = pairs.values?.pointer {
                    for position in starts[row]..<starts[row + 1] {
                        target[Int(columns[position])] -= values[position] * value
                    }
                } else {
                    for position in starts[row]..<starts[row + 1] { target[Int(columns[position])] -= value }
                }
            }
            return
        }
        for row in rows {
            let first = source[2 * (row - rows.lowerBound)]
            let second = source[2 * (row - rows.lowerBound) + 1]
            if let values = pairs.values?.pointer {
                for position in starts[row]..<starts[row + 1] {
                    let own = target + 2 * Int(columns[position])
                    own[0] -= values[position] * first
                    own[1] -= values[position] * second
                }
            } else {
                for position in starts[row]..<starts[row + 1] {
                    let own = target + 2 * Int(columns[position])
                    own[0] -= first
                    own[1] -= second
                }
            }
        }
    }

    private static func scatterBlocks(
        _ pairs: LevelPairs, rows: Range<Int>, from source: UnsafePointer<Lanes>, groups: Int,
        into target: UnsafeMutablePointer<Lanes>
    ) {
        let starts = pairs.rowStarts.pointer
        let columns = pairs.columns.pointer
        let (height, width) = (pairs.rowWidth, pairs.columnWidth)
        let values = pairs.values?.pointer
        for row in rows {
            let own = source + (row - rows.lowerBound) * height * groups
            for position in starts[row]..<starts[row + 1] {
                let other = target + Int(columns[position]) * groups
                for column in 0..<width {
                    for element in 0..<height {
                        let value = values?[position * height * width + element + column * height] ?? 1
                        for group in 0..<groups {
                            other[column * groups + group] -= value * own[element * groups + group]
                        }
                    }
                }
            }
        }
    }

    /// Adds *A_rc ξ_c* to rows *r* and *A_cr ξ_r* to columns *c* of the border.
    static func addProducts(
        _ pairs: LevelPairs, rows: Range<Int>, firstEffect: Int, from source: UnsafePointer<Lanes>, groups: Int,
        into target: UnsafeMutablePointer<Lanes>
    ) {
        let starts = pairs.rowStarts.pointer
        let columns = pairs.columns.pointer
        let (height, width) = (pairs.rowWidth, pairs.columnWidth)
        let values = pairs.values?.pointer
        for row in rows {
            let place = (firstEffect + row * height) * groups
            for position in starts[row]..<starts[row + 1] {
                let other = Int(columns[position]) * groups
                for column in 0..<width {
                    for element in 0..<height {
                        let value = values?[position * height * width + element + column * height] ?? 1
                        for group in 0..<groups {
                            target[place + element * groups + group] += value * source[other + column * groups + group]
                            target[other + column * groups + group] += value * source[place + element * groups + group]
                        }
                    }
                }
            }
        }
    }
}
