internal import ChargingModel
internal import EventLoop
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// `GET /events`: server-sent events, from the last one that the reader heard, for as long as it reads.
struct EventStream: Sendable {
    /// The number of readers at a time; each costs some kilobytes, and there is room for others.
    static let limit = min(500, HTTPServer.connectionLimit / 2)

    static let type = "text/event-stream; charset=utf-8"
    /// The first words of a stream: when to come back.
    static var opening: ByteBuffer { ByteBuffer(string: "retry: 1000\n\n") }

    private let feed: NetworkFeed
    private let readers = Readers()

    init(_ feed: NetworkFeed) { self.feed = feed }

    var readerCount: Int { readers.count }

    /// The fields of an answer that is a stream of events.
    static func headers(_ others: HTTPFields) -> HTTPFields {
        var fields = others
        fields[.contentType] = type
        // A proxy must not keep it back.
        fields[.init("X-Accel-Buffering")!] = "no"
        return fields
    }

    /// The answer to a reader.
    /// - Parameters:
    ///   - last: the id of the event that the reader has heard last.
    ///   - isWelcome: false when the reader may not read any more; asked at every beat.
    func response(after last: String?, _ fields: HTTPFields, while isWelcome: @escaping @Sendable () -> Bool) async throws(Problem) -> Response {
        guard let seat = readers.enter() else { throw .unavailable("\(EventStream.limit) readers are on the stream of events already.") }
        let feed = feed
        let start = await feed.position(after: last)
        return Response(
            status: .ok, headers: EventStream.headers(fields),
            body: ResponseBody { writer in
                // Given back when nobody will read any more, also when the answer never began.
                defer { withExtendedLifetime(seat) {} }
                try await writer.write(EventStream.opening)
                var position = start
                var beats = await feed.beats
                while !Task.isCancelled {
                    if await feed.isOver { break }
                    let now = await feed.beats
                    if now != beats, !isWelcome() { break }
                    var bytes: [UInt8] = []
                    let (news, next) = await feed.news(after: position)
                    if next != position { bytes = news }
                    position = next
                    if now != beats { bytes += await feed.beatFrame(at: .present()) }
                    beats = now
                    // A reader that takes its time is waited for here, by itself; it gets everything anew when it has missed too much.
                    if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
                    await feed.wait(behind: next, beats: now)
                }
                try await writer.finish(nil)
            })
    }
}

/// The readers of the stream.
private final class Readers: Sendable {
    /// A place among the readers, given back when it is let go.
    final class Seat: Sendable {
        private let readers: Readers
        init(_ readers: Readers) { self.readers = readers }
        deinit { readers.number.withLock { $0 -= 1 } }
    }

    private let number = Guarded(0)

    var count: Int { number.withLock { $0 } }

    /// Takes a place; `nil` when all are taken.
    func enter() -> Seat? {
        let isTaken = number.withLock { number in
            guard number < EventStream.limit else { return false }
            number += 1
            return true
        }
        return isTaken ? Seat(self) : nil
    }
}
