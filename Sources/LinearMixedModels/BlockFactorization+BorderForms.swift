// Quadratic forms of the border's inverse with the rows of each level, taken column by column as the border was formed.

internal import MixedLinearAlgebra

extension BlockFactorization {
    /// Sums that are kept apart, each over every so many columns.
    static let formPartCount = 16

    /// *K H K'* of every level of a factor without ancestors, with *H* the border's inverse.
    func addBorderForms(at position: Int, to forms: Storage<Double>) {
        let factor = plan.chain[position]
        guard let touches = factor.touches else { return }
        let rows = solved[position]
        addDenseForms(rows, touches.denseLevels, of: factor, to: forms)
        let parts = (0..<Self.formPartCount).map { _ in Storage<Double>(zeros: forms.count) }
        let size = plan.borderSize
        ParallelLoop.forEachTask(parts.count, threads: threads, stop: stop) { worker, part in
            let column = scratch[worker].borderColumn.pointer
            for index in stride(from: part, to: size, by: parts.count) {
                if isStopped { break }
                borderInverse.forEachRun(ofColumn: index) { rows, source in
                    (column + rows.lowerBound).update(from: source, count: rows.count)
                }
                addForms(
                    index, column, rows, of: factor, touches, to: parts[part].pointer, scratch[worker].block.pointer)
            }
        }
        ParallelLoop.forEachRange(forms.count, smallest: 16384, threads: threads) { range in
            for part in parts {
                for element in range { forms.pointer[element] += part.pointer[element] }
            }
        }
    }

    /// Adds what the elements of one column from the diagonal downwards, and their mirror images, contribute.
    private func addForms(
        _ column: Int, _ values: UnsafePointer<Double>, _ rows: Storage<Double>, of factor: EliminationPlan.ChainFactor,
        _ touches: BorderTouches, to forms: UnsafeMutablePointer<Double>, _ scratch: UnsafeMutablePointer<Double>
    ) {
        let effects = plan.borderEffectCount
        let fixed = plan.fixedCount
        let tail = values + effects
        @inline(__always) func add(_ level: Int, _ place: Int, size k: Int) {
            let row = factor.borderRow(level)
            let place = place < 0 ? row.patternCount + column - effects : place
            let own = rows.pointer + row.offset
            let first = place + 1
            let firstFixed = max(0, first - row.patternCount)
            if k == 1 {
                var sum = 0.0
                for index in min(first, row.patternCount)..<row.patternCount {
                    sum += values[Int(row.pattern[index])] * own[index]
                }
                for index in firstFixed..<max(fixed, firstFixed) { sum += tail[index] * own[row.patternCount + index] }
                forms[level] += own[place] * (2 * sum + values[column] * own[place])
                return
            }
            for element in 0..<k { scratch[element] = 0.5 * values[column] * own[place * k + element] }
            for index in min(first, row.patternCount)..<row.patternCount {
                let value = values[Int(row.pattern[index])]
                for element in 0..<k { scratch[element] += value * own[index * k + element] }
            }
            for index in firstFixed..<max(fixed, firstFixed) {
                let value = tail[index]
                for element in 0..<k { scratch[element] += value * own[(row.patternCount + index) * k + element] }
            }
            let target = forms + level * k * k
            for right in 0..<k {
                for left in 0..<k {
                    target[left + right * k] +=
                        scratch[left] * own[place * k + right] + scratch[right] * own[place * k + left]
                }
            }
        }
        @inline(__always) func addAll(size k: Int) {
            guard column < effects else {
                for range in touches.sparseRanges { for level in range { add(level, -1, size: k) } }
                return
            }
            for index in touches.starts.pointer[column]..<touches.starts.pointer[column + 1] {
                add(Int(touches.levels.pointer[index]), Int(touches.places.pointer[index]), size: k)
            }
        }
        // With the size known to the compiler, loops over one effect are no loops.
        if factor.width == 1 { addAll(size: 1) } else { addAll(size: factor.width) }
    }
}
