// Work on many items by several threads, whose results are taken one after the other in the items' order.

internal import Dispatch

/// Runs `perform` for items on several threads at once and hands the results to `commit` in the order of the items.
///
/// Nothing that `commit` computes depends on the number of threads or on how fast each is. A thread that finishes early
/// goes on with the next item, a few items ahead at most, so that memory stays bounded.
package enum OrderedPipeline {
    /// How many results may wait for each thread.
    static let lookahead = 2

    /// Runs until there are no more items or one of the closures throws.
    ///
    /// - Parameters:
    ///   - next: The next item, or `nil` at the end; called by one thread at a time.
    ///   - perform: Told which worker calls it, counted from zero; a worker has its items in ascending order.
    ///   - commit: Takes a result; called by one thread at a time, in order.
    /// - Throws: the error of the first item, in order, that has one.
    package static func run<Item, Result>(
        threads: Int, next: @escaping () throws -> Item?, perform: @escaping (_ worker: Int, Item) throws -> Result,
        commit: @escaping (Result) throws -> Void
    ) throws {
        guard threads > 1 else {
            while let item = try next() { try commit(try perform(0, item)) }
            return
        }
        let shared = SharedPipeline(next: next, perform: perform, commit: commit, threads: threads)
        DispatchQueue.concurrentPerform(iterations: threads) { worker in shared.work(worker) }
        if let failure = shared.failure { throw failure }
    }
}

/// The state that the threads of a pipeline share.
private final class SharedPipeline<Item, Result>: @unchecked Sendable {
    private enum Waiting {
        case result(Result)
        case failure(any Error)
    }

    private let next: () throws -> Item?
    private let perform: (Int, Item) throws -> Result
    private let commit: (Result) throws -> Void
    private let limit: Int
    private let condition = ThreadCondition()
    // All of the following is read and written with the condition's lock held.
    private var fetched = 0
    private var committed = 0
    private var isCommitting = false
    private var isFetching = false
    private var isAtEnd = false
    private var waiting: [Int: Waiting] = [:]
    private(set) var failure: (any Error)?

    init(
        next: @escaping () throws -> Item?, perform: @escaping (Int, Item) throws -> Result,
        commit: @escaping (Result) throws -> Void, threads: Int
    ) {
        self.next = next
        self.perform = perform
        self.commit = commit
        limit = threads * (1 + OrderedPipeline.lookahead)
    }

    /// What each thread does.
    func work(_ worker: Int) {
        condition.lock()
        defer { condition.unlock() }
        while failure == nil {
            if !isCommitting, waiting[committed] != nil {
                drain()
            } else if !isAtEnd, !isFetching, fetched - committed < limit {
                fetchAndPerform(worker)
            } else if isAtEnd, fetched == committed || (isCommitting && waiting.isEmpty) {
                return
            } else {
                condition.wait()
            }
        }
    }

    /// Commits results as long as the next one is there; entered and left with the lock held.
    private func drain() {
        isCommitting = true
        while failure == nil, let result = waiting.removeValue(forKey: committed) {
            condition.unlock()
            var error: (any Error)?
            switch result {
            case .result(let value):
                do { try commit(value) } catch let thrown { error = thrown }
            case .failure(let thrown): error = thrown
            }
            condition.lock()
            failure = error
            committed += 1
            condition.broadcast()
        }
        isCommitting = false
    }

    private func fetchAndPerform(_ worker: Int) {
        isFetching = true
        condition.unlock()
        var item: Item?
        var error: (any Error)?
        do { item = try next() } catch let thrown { error = thrown }
        condition.lock()
        isFetching = false
        condition.broadcast()
        guard item != nil || error != nil else {
            isAtEnd = true
            return
        }
        let index = fetched
        fetched += 1
        guard let item else {
            isAtEnd = true
            if let error { waiting[index] = .failure(error) }
            return
        }
        condition.unlock()
        let result: Waiting
        do { result = .result(try perform(worker, item)) } catch let thrown { result = .failure(thrown) }
        condition.lock()
        waiting[index] = result
        condition.broadcast()
    }
}
