internal import ChargingModel
internal import ChargingProtocol
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Services

/// Stations that speak OCPP, as gateways tell of them, and what operators ask of them.
extension Responder {
    /// The most bytes of a wish as it is sent on.
    private static let wishLimit = 12 * 1024

    func readStations(_ resource: Resource, _ request: Request, for somebody: SignedIn?) async throws(Problem) -> Response {
        switch resource {
        case .station(let station):
            guard let report = await central.station(station) else { throw Responder.unknown(station) }
            return json(.ok, report.row, request)
        case .stationFrames(let station):
            guard request.method == .get else { return response(.ok, [], EventStream.type, [:], request) }
            guard await central.station(station) != nil else { throw Responder.unknown(station) }
            return try await StationStream.response(
                of: station, central, feed, while: { [authenticator] in somebody.map { authenticator.isStill($0) } ?? true })
        default: return json(.ok, await central.stationBook().table, request)
        }
    }

    private static func unknown(_ station: ChargePointID) -> Problem { .notFound("No gateway knows a station \(station).") }

    func command(_ station: ChargePointID, _ request: Request) async throws(Problem) -> Response {
        let wish = try await Responder.wish(in: request)
        let result = await central.ask(wish, of: station)
        let text = result.text(of: station)
        guard let problem = Responder.problem(of: result, station, text) else { return json(.ok, Array((text + "\n").utf8), request) }
        throw problem
    }

    private static func wish(in request: Request) async throws(Problem) -> StationWish.Written {
        let body: [UInt8]
        do { body = Array(try await request.body.collect(upTo: bodyLimit).readableBytesView) } catch {
            throw Problem(status: .contentTooLarge, detail: "At most \(bodyLimit) bytes are taken.", fields: [.connection: "close"])
        }
        let wish: StationWish.Written
        do throws(Rejection) { wish = try StationWish.read(body) } catch { throw .badRequest(error.description + ".") }
        guard wish.body.count <= wishLimit else { throw .badRequest("That is too much at once: at most \(wishLimit) bytes are sent to a station.") }
        return wish
    }

    /// The problem that a result is; `nil` for one that is done.
    private static func problem(of result: StationResult, _ station: ChargePointID, _ text: String) -> Problem? {
        let status: HTTPResponse.Status
        switch result.outcome {
        case .answered:
            if result.isDone { return nil }
            status = .badGateway
        case .refused, .notInThisVersion: status = .badGateway
        case .noAnswer: status = .gatewayTimeout
        case .notConnected: status = .conflict
        case .notSupported: status = .notImplemented
        case .unknown: return unknown(station)
        case .busy: return .unavailable(sentence(result.words))
        }
        return Problem(status: status, detail: sentence(result.words), result: text)
    }
}

/// `GET /stations/{id}/frames`: server-sent events of a station's frames, for as long as somebody reads.
enum StationStream {
    /// The news that wait for a reader; of more the oldest go.
    private static let buffer = 256

    /// A reader's place, given back when it is let go.
    private final class Seat: Sendable {
        let central: any Steerable
        let number: UInt64
        let beats: Task<Void, Never>

        init(_ central: any Steerable, _ number: UInt64, beats: Task<Void, Never>) {
            self.central = central
            self.number = number
            self.beats = beats
        }

        deinit {
            beats.cancel()
            Task { [central, number] in await central.unfollow(number) }
        }
    }

    static func response(
        of station: ChargePointID, _ central: any Steerable, _ feed: NetworkFeed, while isWelcome: @escaping @Sendable () -> Bool
    ) async throws(Problem) -> Response {
        let (news, reader) = AsyncStream<StationNews?>.makeStream(bufferingPolicy: .bufferingNewest(buffer))
        guard let number = await central.follow(station, reader) else { throw .unavailable("Too many read stations' frames along already.") }
        let seat = Seat(central, number, beats: Task { await beat(feed, reader) })
        return Response(
            status: .ok, headers: EventStream.headers(Responder.security),
            body: ResponseBody { writer in
                defer { withExtendedLifetime(seat) {} }
                try await writer.write(EventStream.opening)
                for await one in news {
                    guard let one else {
                        if !isWelcome() { break }
                        try await writer.write(ByteBuffer(string: ": beat\n\n"))
                        continue
                    }
                    try await writer.write(ByteBuffer(bytes: one.event))
                }
                try await writer.finish(nil)
            })
    }

    /// Tells a reader at every beat of the board that somebody is there.
    private static func beat(_ feed: NetworkFeed, _ reader: AsyncStream<StationNews?>.Continuation) async {
        var last = await feed.beats
        while !Task.isCancelled, await !feed.isOver {
            await feed.wait(behind: .max, beats: last)
            let now = await feed.beats
            if now != last { reader.yield(nil) }
            last = now
        }
        reader.finish()
    }
}

extension StationNews {
    /// The event of the stream.
    fileprivate var event: [UInt8] {
        var json = JSONWriter(capacity: 1024)
        json.object { object in
            object.string("station", station.text)
            switch self {
            case .frame(let frame):
                object.string("direction", frame.direction.rawValue)
                object.string("at", frame.at.text)
                object.integer("bytes", frame.bytes)
                object.integer("missed", frame.missed)
                object.string("text", frame.text)
            case .report(_, let payload): object.payload("report", payload)
            }
        }
        let name = if case .frame = self { "frame" } else { "report" }
        return Array("event: \(name)\ndata: ".utf8) + json.bytes + Array("\n\n".utf8)
    }
}
