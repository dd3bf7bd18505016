// Work on tiles that is to end: nobody waits for a tile that is no longer computed.

import MixedLinearAlgebra
import MixedProgress
import Synchronization
import Testing

@Suite struct StoppedMatrixTests {
    private static let size = 5 * TiledMatrix.tileSize + 11

    private func identity() -> TiledMatrix {
        let result = TiledMatrix(size: Self.size)
        for index in 0..<Self.size { result.storage.pointer[result.place(index, index)] = 1 }
        return result
    }

    @Test(arguments: [1, 2, 4])
    func everythingReturns(threads: Int) {
        let stop = StopRequest()
        stop.request()
        let factor = identity()
        _ = factor.factor(threads: threads, stop: stop)
        let inverse = TiledMatrix(size: Self.size)
        inverse.setInverse(ofFactor: factor, limit: Self.size, threads: threads, stop: stop)
        var product = [Double](repeating: 0, count: Self.size * Self.size)
        product.withUnsafeMutableBufferPointer { product in
            guard let base = product.baseAddress else { return }
            inverse.multiply(by: factor, into: base, threads: threads, stop: stop)
        }
        #expect(product.allSatisfy { $0 == 0 })
    }

    /// A wish that arrives while several threads wait for each other's tiles.
    @Test(arguments: 0..<8)
    func aWishInTheMidstIsHeard(delay: Int) async throws {
        let stop = StopRequest()
        let wish = Task.detached {
            try await Task.sleep(for: .milliseconds(2 * delay))
            stop.request()
        }
        let factor = identity()
        if factor.factor(threads: 2, stop: stop) == nil, !stop.isRequested {
            #expect(factor.lower(Self.size - 1, Self.size - 1) == 1)
        }
        let inverse = TiledMatrix(size: Self.size)
        inverse.setInverse(ofFactor: factor, limit: Self.size, threads: 2, stop: stop)
        if !stop.isRequested { #expect(inverse.element(Self.size - 1, Self.size - 1) == 1) }
        try await wish.value
    }

    @Test func noTaskIsBegunAfterwards() {
        let stop = StopRequest()
        let run = Mutex<[Int]>([])
        ParallelLoop.forEach(100, threads: 1, stop: stop) { index in
            run.withLock { $0.append(index) }
            if index == 5 { stop.request() }
        }
        let indices = run.withLock { $0 }
        #expect(indices == Array(0...5))
    }
}
