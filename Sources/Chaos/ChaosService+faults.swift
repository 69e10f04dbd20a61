internal import ChargingModel
internal import EventLoop
internal import Shell

extension ChaosService {
    /// The first fault and all that follow, each at its time.
    func begin() {
        phase = .breaking
        if let deadline { loop.cancel(deadline) }
        began = EventLoop.present().monotonic
        say("Everybody serves. \(settings.plan.faults.count) faults from now on, on \(arena.name)")
        for fault in settings.plan.faults {
            due.append(loop.schedule(after: fault.at) { [weak self] in self?.assumeIsolated { $0.commit(fault) } })
        }
        if settings.plan.faults.isEmpty { calm() }
    }

    private func commit(_ fault: Fault) {
        let number = witness.begin(fault, at: EventLoop.present().monotonic)
        lasting[number] = fault
        let arena = arena
        let work: @Sendable () throws(ArenaError) -> Void = { () throws(ArenaError) in try arena.begin(fault.harm, fault.victim) }
        submit(work) { chaos, error in
            let now = EventLoop.present().monotonic
            chaos.toCome -= 1
            guard error == nil else {
                chaos.witness.withdraw(number)
                chaos.lasting[number] = nil
                chaos.tell("·", "\(fault.victim.name) not \(fault.harm.past): \(error?.description ?? "")")
                return chaos.calmIfOver()
            }
            chaos.witness.applied(number, at: now)
            chaos.tell("✖", "\(fault.victim.name) \(fault.harm.past)" + (fault.lasting > .zero ? " for \(text(fault.lasting))" : ""))
            // What Docker was told to kill stays dead until somebody starts it; a second is how long `up` leaves one dead.
            let pause: Duration = fault.harm == .kill ? .seconds(1) : fault.lasting
            chaos.due.append(
                chaos.loop.schedule(after: pause) { [weak chaos] in
                    chaos?.assumeIsolated { chaos in
                        guard chaos.lasting[number] != nil else { return }
                        chaos.finish(number, fault)
                    }
                })
        }
    }

    /// Mends it.
    func finish(_ number: Int, _ fault: Fault) {
        let arena = arena
        let work: @Sendable () throws(ArenaError) -> Void = { () throws(ArenaError) in try arena.end(fault.harm, fault.victim) }
        submit(work) { chaos, error in
            chaos.lasting[number] = nil
            chaos.witness.end(number, at: EventLoop.present().monotonic)
            if let error { chaos.tell("·", "\(fault.victim.name) could not be mended: \(error)") }
            if error == nil, fault.lasting > .zero { chaos.tell("✔", "\(fault.victim.name) goes on") }
            chaos.calmIfOver()
        }
    }

    private func submit(
        _ work: @escaping @Sendable () throws(ArenaError) -> Void, _ done: @escaping @Sendable (isolated ChaosService, ArenaError?) -> Void
    ) {
        let attempt = { @Sendable () -> ArenaError? in
            do throws(ArenaError) {
                try work()
                return nil
            } catch {
                return error
            }
        }
        let accepted = worker.submit(attempt) { [weak self] error in self?.assumeIsolated { done($0, error) } }
        if !accepted { end("too many faults at a time for this network: give --every more time") }
    }

    private func calmIfOver() {
        if phase == .breaking, toCome <= 0, lasting.isEmpty { calm() }
    }

    private func calm() {
        phase = .calming
        say("All faults are over: waiting until everybody serves again, at most \(text(settings.calmWithin))")
        wait(settings.calmWithin) { chaos in
            chaos.phase = .over
            chaos.report(nil, "not everybody serves again after \(text(chaos.settings.calmWithin)): \(chaos.witness.missing.joined(separator: ", "))")
        }
        if witness.isCalm { audit() }
    }

    func tell(_ mark: String, _ what: String) {
        let elapsed = roundedDecimalText((EventLoop.present().monotonic - began).nanoseconds / 1_000_000, decimals: 3, keeping: 1)
        say(String(repeating: " ", count: max(0, 8 - elapsed.count)) + "\(elapsed) s  \(mark) \(what)")
    }
}
