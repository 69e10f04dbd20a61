/// A token that somebody shows at the station, while Central is asked whether it may charge (S12).
extension EngineCore {
    struct Asking: Hashable, Sendable {
        var request: RequestID
        var token: TokenID
        /// The time of the next repeat, and the end of all: whoever stands there waits no longer.
        var next: Instant
        var until: Instant
        /// The reason why it was not answered so far.
        var last = DenialCode.centralStarting
    }

    /// The time for which Central is asked.
    static let askingTime = Duration.seconds(7)
    private static let askingInterval = Duration.seconds(2)

    mutating func ask(_ request: RequestID, _ token: TokenID, at now: Now) {
        if let before = asking { actions.append(.station(.denied(before.request, .busy))) }
        asking = Asking(request: request, token: token, next: now.monotonic, until: now.monotonic + EngineCore.askingTime)
        askAgain(at: now)
    }

    /// Asks once more when it is time, or gives it up.
    mutating func askAgain(at now: Now) {
        guard var asked = asking else { return }
        guard now.monotonic < asked.until, !stopping else {
            asking = nil
            return actions.append(.station(.denied(asked.request, asked.last)))
        }
        guard asked.next <= now.monotonic else { return }
        asked.next = now.monotonic + EngineCore.askingInterval
        asking = asked
        guard let link else { return }
        actions.append(
            .publish(.stationRequest(StationRequest(epoch: link.epoch, id: asked.request, cp: specification.cp, token: asked.token))))
    }

    mutating func hear(_ denial: StationDenial, at now: Now) {
        guard let asked = asking, asked.request == denial.request else { return }
        asking?.last = denial.code
        guard denial.code.isAnswer else { return }
        asking = nil
        actions.append(.station(.denied(asked.request, denial.code)))
    }

    mutating func startAsked(_ order: StartOrder, _ asked: Asking, at now: Now) {
        asking = nil
        actions.append(.station(.admitted(asked.request, order.session)))
        start(order, provenance: Provenance(origin: .station, token: asked.token), at: now)
    }
}
