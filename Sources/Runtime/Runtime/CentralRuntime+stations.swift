internal import ChargingModel
internal import ChargingProtocol

/// Stations, and what operators ask of them (S13).
extension CentralRuntime {
    func ask(_ written: StationWish.Written, of station: ChargePointID, _ question: UInt64, at now: Now) {
        switch written {
        case .wish(let wish): tellDesk(.ask(station, .wish(wish), question: question), at: now)
        case .localList: tellDesk(.ask(station, .localList(core.localList(now: now.wall)), question: question), at: now)
        case .notSupported(let name):
            let known = desk.station(station) != nil
            outputs.append(
                .own(
                    .answerOfStation(
                        question,
                        known
                            ? StationResult(
                                .notSupported, "\(name) is not supported: firmware, diagnostics, reservations and charging profiles are not")
                            : StationResult(.unknown, "no gateway knows a station \(station)"))))
        }
    }

    /// Gateways do what a Central wants that has said that it is there (P6, P8).
    func openDesk(under epoch: Epoch, at now: Now) {
        guard core.isThere != isDeskOpen else { return }
        isDeskOpen = core.isThere
        tellDesk(isDeskOpen ? .online(epoch) : .offline, at: now)
    }

    func tellDesk(_ event: StationDesk.Event, at now: Now) {
        for action in desk.handle(event, at: now) {
            switch action {
            case .publish(let message): bus.publish(message, at: now, &outputs)
            case .answer(let question, let result): outputs.append(.own(.answerOfStation(question, result)))
            case .news(let news): outputs.append(.own(.news(news)))
            }
        }
    }
}
