public import ChargingModel

/// The gateways and stations as Central knows them.
public struct StationBook: Sendable {
    public var gateways: [GatewayReport]
    public var stations: [StationAbout]

    public init(gateways: [GatewayReport], stations: [StationAbout]) {
        self.gateways = gateways
        self.stations = stations
    }
}

/// Those who read stations' frames along. Each has a buffer of its own, of which the oldest go when it is full: whoever reads slowly harms nobody.
struct StationFollowers {
    private struct Follower {
        var station: ChargePointID
        var reader: AsyncStream<StationNews?>.Continuation
        /// The news that its buffer had no room for.
        var missed: UInt64 = 0
    }

    /// The most readers at a time, and of one station.
    static let most = 64
    static let mostOfStation = 16

    private var followers: [UInt64: Follower] = [:]
    private var last: UInt64 = 0

    /// - Returns: a number to leave with, and whether it is the first of its station; `nil` when there are too many.
    mutating func add(_ station: ChargePointID, _ reader: AsyncStream<StationNews?>.Continuation) -> (number: UInt64, isFirst: Bool)? {
        let others = followers.values.count { $0.station == station }
        guard followers.count < StationFollowers.most, others < StationFollowers.mostOfStation else { return nil }
        last += 1
        followers[last] = Follower(station: station, reader: reader)
        return (last, others == 0)
    }

    /// - Returns: the station of which nobody reads any more.
    mutating func remove(_ number: UInt64) -> ChargePointID? {
        guard let gone = followers.removeValue(forKey: number) else { return nil }
        return followers.values.contains { $0.station == gone.station } ? nil : gone.station
    }

    mutating func tell(_ news: StationNews) {
        for (number, follower) in followers where follower.station == news.station {
            var news = news
            if case .frame(var frame) = news, follower.missed > 0 {
                frame.missed &+= follower.missed
                news = .frame(frame)
            }
            followers[number]?.missed = 0
            if case .dropped = follower.reader.yield(news) { followers[number]?.missed = 1 }
        }
    }

    mutating func end() {
        for follower in followers.values { follower.reader.finish() }
        followers = [:]
    }
}
