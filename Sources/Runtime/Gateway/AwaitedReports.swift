public import ChargingModel
internal import JSON
internal import OCPP

/// The reports of a station that somebody asked for, and whose parts (NotifyReport) come as calls of the station's own.
public struct AwaitedReports: Sendable {
    private struct Awaited: Sendable {
        var command: StationCommand
        /// The number of the next reply to the command; `nil` as long as the station has not answered it.
        var part: Int?
        /// Parts that came before the answer.
        var early: [(payload: OCPPPayload, goesOn: Bool)] = []
        var lastCall: String?
    }

    /// The most reports at a time; an older one is given up.
    private static let most = 4
    private static let mostEarly = 16

    private var awaited: [(request: Int32, report: Awaited)] = []

    public init() {}

    public var isEmpty: Bool { awaited.isEmpty }

    public mutating func wait(for request: Int32, of command: StationCommand) {
        awaited.append((request, Awaited(command: command)))
        if awaited.count > AwaitedReports.most { awaited.removeFirst() }
    }

    /// The station will report, as it says; the replies from this number on are the report.
    /// - Returns: the replies that the parts make which came already.
    public mutating func begin(_ request: Int32, from part: Int) -> [StationReply] {
        guard let index = awaited.firstIndex(where: { $0.request == request }) else { return [] }
        awaited[index].report.part = part
        let early = awaited[index].report.early
        awaited[index].report.early = []
        return early.flatMap { take($0.payload, of: request, goesOn: $0.goesOn) }
    }

    /// The station will not.
    public mutating func drop(_ request: Int32) { awaited.removeAll { $0.request == request } }

    /// Takes a frame of the station's.
    /// - Returns: the replies that it makes; none for a frame that is no part of an awaited report.
    public mutating func hear(_ frame: [UInt8]) -> [StationReply] {
        guard !isEmpty, case .call(let id, let action, let payload)? = (try? OCPPFrame.read(frame))?.value, action == "NotifyReport" else {
            return []
        }
        let object = payload.object
        guard let request = object["requestId"]?.number?.integer, let index = awaited.firstIndex(where: { $0.request == request }),
            awaited[index].report.lastCall != id
        else { return [] }
        awaited[index].report.lastCall = id
        return take(payload, of: Int32(truncatingIfNeeded: request), goesOn: object["tbc"]?.bool ?? false)
    }

    private mutating func take(_ payload: OCPPPayload, of request: Int32, goesOn: Bool) -> [StationReply] {
        guard let index = awaited.firstIndex(where: { $0.request == request }) else { return [] }
        guard let part = awaited[index].report.part else {
            if awaited[index].report.early.count < AwaitedReports.mostEarly { awaited[index].report.early.append((payload, goesOn)) }
            return []
        }
        let answer = WishAnswer(.answered, isDone: true, "a part of the report", payload: payload.description)
        let replies = answer.replies(to: awaited[index].report.command, from: part, hasMore: goesOn)
        awaited[index].report.part = part + replies.count
        if !goesOn { awaited.remove(at: index) }
        return replies
    }

    /// The connection is lost: the rest will not come.
    public mutating func giveUp() -> [StationReply] {
        defer { awaited = [] }
        // One that is not answered yet is answered otherwise.
        return awaited.flatMap { one in
            one.report.part.map { part in
                WishAnswer(.notConnected, "the station was lost before its report was whole").replies(to: one.report.command, from: part)
            } ?? []
        }
    }
}
