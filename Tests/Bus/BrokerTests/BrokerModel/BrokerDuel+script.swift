extension BrokerDuel {
    /// Does what a script says, to both; after every step everybody has read everything.
    /// - Throws: a difference, with the step at which it was seen.
    func run(_ script: BrokerScript) throws {
        for (number, step) in script.steps.enumerated() {
            do { try run(step) } catch {
                throw Difference(description: "at step \(number), \(BrokerScript.words(step)):\n\(error)\n\(script)")
            }
        }
    }

    private func run(_ step: BrokerScript.Step) throws {
        switch step {
        case .connect(let client, let will, let window, let acknowledges):
            try connect(client, will: will, window: window, acknowledges: acknowledges)
        case .subscribe(let client, let filters): if let seat = seat(client) { try subscribe(seat, filters) }
        case .unsubscribe(let client, let filters): if let seat = seat(client) { try unsubscribe(seat, filters) }
        case .publish(let client, let publication): if let seat = seat(client) { try publish(seat, publication) }
        case .acknowledge(let client, let index):
            if let seat = seat(client), !seat.owed.isEmpty { try acknowledge(seat, at: index % seat.owed.count) }
        case .disconnect(let client): if let seat = seat(client) { try disconnect(seat) }
        case .drop(let client): if let seat = seat(client) { try drop(seat) }
        case .burst(let client, let publications):
            guard let seat = seat(client) else { return }
            for publication in publications { try publish(seat, publication, fenced: false) }
            try fence(seat)
        case .batch(let publications): return try batch(publications)
        case .pause: return
        case .restart(let gracefully, let forgetting): try restart(gracefully: gracefully, forgetting: forgetting)
        }
        try drain()
        try compare()
    }

    private func batch(_ publications: [(Int, BrokerScript.Publication)]) throws {
        for seat in seats { try acknowledgeAll(seat) }
        try compare()
        for (client, publication) in publications { if let seat = seat(client) { try publish(seat, publication, fenced: false) } }
        // Twice: when the last publisher has its PINGRESP all is sent, also to those who had theirs before.
        for seat in seats + seats { try fence(seat) }
        for seat in seats { try acknowledgeAll(seat) }
        try compareLoosely()
    }
}
