internal import ChargingModel
internal import ChargingProtocol
internal import Ledger

extension World {
    /// The time after a stranger's last word in which everybody is served as before.
    static let recovery = Duration.seconds(30)

    func strangerSpeaks(_ number: Int) {
        guard ongoing.contains(number), case .stranger(let pause) = troubles.incidents[number].kind else { return }
        let word = stranger.word(sight)
        if word.message == nil { faults.hearGarbage() }
        tell(
            "a stranger says\(word.retain ? ", to be kept," : ""): \(word.message.map { "\($0)" } ?? "\(word.payload.count) bytes on \(word.topic.text)")"
        )
        if let message = word.message { checker.forges(message, isHonest: word.isHonest, at: clock) }
        let parcel = Parcel(topic: wire.text(of: word.topic), payload: word.payload)
        spread(message(parcel, isAtLeastOnce: word.isAtLeastOnce, retain: word.retain, lifetime: nil))
        plan(.strangerSpeaks(number), after: stranger.pause(pause))
    }

    private var sight: Stranger.Sight {
        Stranger.Sight(
            wire: wire, points: engines.map(\.cp), drivers: scenario.roster.drivers.map(\.driver), kept: { self.retained($0) })
    }

    /// Lets the stranger, if it is there, hear what is said.
    func overhear(_ parcel: Parcel) {
        guard strangersHere > 0, let message = checker.meaning(of: parcel, self) else { return }
        stranger.overhear(message)
    }

    func strangerComes(_ number: Int) {
        strangersHere += 1
        plan(.strangerSpeaks(number), after: .zero)
    }

    func strangerLeaves() {
        strangersHere -= 1
        if strangersHere == 0 { stranger.forget() }
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
            if let what = whatIsForgotten(of: engine, monitor) {
                return violate("P6", "\(World.recovery) after a stranger's last word \(what), and all is well there")
            }
        }
        let justNow = central.process.now(in: self).wall.within(milliseconds: 2000)
        for driver in drivers where !driver.isAbsent && !ledger.book.hasTickets(of: driver.driver, changedIn: justNow) {
            if let what = whatIsUnsettled(ticketsOf: driver.driver) { return violate("P9", "\(World.recovery) after a stranger's last word \(what)") }
        }
    }

    /// The first thing about a point that is not shown as it is.
    private func whatIsForgotten(of engine: EngineProgram, _ monitor: MonitorProgram) -> String? {
        guard let verdict = report(on: engine.cp) else { return "nothing is on central/cp/\(engine.cp)" }
        if verdict.engineEpoch != engine.process.connection?.epoch || verdict.monitorEpoch != monitor.process.connection?.epoch {
            return "\(engine.cp) is shown with epochs that are not its own"
        }
        guard [.activated, .assigned, .supplying].contains(verdict.verdict) else {
            return "\(engine.cp) is \(verdict.verdict.rawValue) (\(verdict.why))"
        }
        guard case .info(let info)? = retained(.info(engine.cp)), info.epoch == verdict.engineEpoch, engine.isOwn(info) else {
            return "cp/\(engine.cp)/info is not what its engine says"
        }
        return engine.isOwn(power: verdict.power, price: verdict.price) ? nil : "\(engine.cp) is shown with a rating and a price that are not its own"
    }
}
