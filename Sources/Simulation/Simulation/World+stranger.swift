internal import ChargingModel
internal import ChargingProtocol

extension World {
    /// The time after a stranger's last word in which everybody is served as before.
    static let recovery = Duration.seconds(30)

    func strangerSpeaks(_ number: Int) {
        guard ongoing.contains(number), case .stranger(let pause) = troubles.incidents[number].kind else { return }
        let points = engines.map(\.cp)
        let word = stranger.word(about: points) { topic in broker.retainedContent(on: wire.text(of: topic)).flatMap { wire.epoch(in: $0.payload) } }
        tell("a stranger says\(word.retain ? ", to be kept," : ""): \(word.message)")
        checker.forges(word.message, at: clock)
        let publication = wire.publication(word.message, at: WallTime(milliseconds: 0))
        let parcel = Parcel(topic: publication.topic, payload: publication.payload)
        spread(message(parcel, isAtLeastOnce: publication.qos == .atLeastOnce, retain: word.retain, lifetime: nil))
        plan(.strangerSpeaks(number), after: stranger.pause(pause))
    }

    func strangerLeaves() {
        strangersLeft += 1
        plan(.strangerIsGone(strangersLeft, incidents: counts.incidents), after: World.recovery)
    }

    /// Whoever is there is believed and served again, unless something else went wrong meanwhile.
    func strangerIsGone(_ number: Int, incidents: Int) {
        guard number == strangersLeft, ongoing.isEmpty, incidents == counts.incidents, !isSettling else { return }
        guard case .centralStatus(let status)? = retained(.centralStatus), status.online, status.epoch == central.process.connection?.epoch else {
            return violate("P6", "\(World.recovery) after a stranger's last word central/status is not what Central says")
        }
        for (engine, monitor) in zip(engines, monitors) where engine.isOnline && monitor.isOnline {
            guard let verdict = report(on: engine.cp) else { return violate("P6", "nothing is on central/cp/\(engine.cp)") }
            let isRight =
                verdict.engineEpoch == engine.process.connection?.epoch && verdict.monitorEpoch == monitor.process.connection?.epoch
                && [.activated, .assigned, .supplying].contains(verdict.verdict)
            if !isRight {
                violate(
                    "P6",
                    "\(World.recovery) after a stranger's last word \(engine.cp) is \(verdict.verdict.rawValue) (\(verdict.why)), and all is well there"
                )
            }
        }
    }
}
