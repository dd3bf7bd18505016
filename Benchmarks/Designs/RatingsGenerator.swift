// Ratings of films by users, each pair at most once, with heavy tails on both sides.

/// Makes ratings.
struct RatingsGenerator {
    let count: Int
    let users: Int
    let films: Int
    /// The standard deviations of the logarithms of how much users rate and how often films are rated.
    let tail: (users: Double, films: Double)
    let seed: UInt64

    func write(to path: String) throws {
        var random = RandomNumbers(seed: seed)
        let userWeights = Self.cumulative((0..<users).map { _ in random.logNormal(tail.users) })
        let filmWeights = Self.cumulative((0..<films).map { _ in random.logNormal(tail.films) })
        let userEffects = (0..<users).map { _ in 0.45 * random.normal() }
        let filmEffects = (0..<films).map { _ in 0.5 * random.normal() }
        var isTaken = [UInt64](repeating: 0, count: (users * films + 63) / 64)
        let writer = try RowWriter(path, header: ["rating", "age", "user", "movie"])
        var written = 0

        func rate(_ user: Int, _ film: Int) {
            let pair = user * films + film
            guard isTaken[pair / 64] >> UInt64(pair % 64) & 1 == 0 else { return }
            isTaken[pair / 64] |= 1 << UInt64(pair % 64)
            let age = 10 * random.uniform()
            let mean = 3.4 + 0.02 * age + userEffects[user] + filmEffects[film]
            writer.number(mean + 0.85 * random.normal(), decimals: 2)
            writer.number(age, decimals: 2)
            writer.integer(user + 1)
            writer.integer(film + 1)
            writer.endRow()
            written += 1
        }

        // Every film and every user is there once.
        for film in 0..<films { rate(Self.draw(userWeights, &random), film) }
        for user in 0..<users { rate(user, Self.draw(filmWeights, &random)) }
        while written < count { rate(Self.draw(userWeights, &random), Self.draw(filmWeights, &random)) }
        try writer.finish()
    }

    /// Shares of the whole up to each weight; no weight counts more than a thousand times the mean.
    private static func cumulative(_ weights: [Double]) -> [Double] {
        let limit = 1000 * weights.reduce(0, +) / Double(weights.count)
        var total = 0.0
        let sums = weights.map { weight in
            total += min(weight, limit)
            return total
        }
        return sums.map { $0 / total }
    }

    private static func draw(_ shares: [Double], _ random: inout RandomNumbers) -> Int {
        let value = random.uniform()
        var low = 0
        var high = shares.count - 1
        while low < high {
            let middle = (low + high) / 2
            if shares[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
