internal import ChargingModel
internal import EventLoop
internal import Services

extension ChaosService {
    /// The first fault and all that follow, each at its time.
    func begin() {
        phase = .breaking
        if let deadline { loop.cancel(deadline) }
        began = EventLoop.present().monotonic
        say("Everybody serves. \(settings.plan.faults.count) faults from now on, on \(injector.name)")
        for fault in settings.plan.faults {
            due.append(loop.schedule(after: fault.at) { [weak self] in self?.assumeIsolated { $0.commit(fault) } })
        }
        beginLying()
        calmIfOver()
    }

    private func beginLying() {
        guard let lies = settings.stranger else { return }
        isLying = true
        tell("✖", "a stranger comes for \(text(lies.lasts))")
        stranger?.beginSpeaking()
        due.append(
            loop.schedule(after: lies.lasts) { [weak self] in
                self?.assumeIsolated { chaos in
                    chaos.stopLying()
                    chaos.calmIfOver()
                }
            })
    }

    private func stopLying() {
        guard isLying else { return }
        isLying = false
        stranger?.stopSpeaking()
        tell("✔", "the stranger has said \(stranger?.words ?? 0) words and goes")
    }

    private func commit(_ fault: Fault) {
        let number = observer.begin(fault, at: EventLoop.present().monotonic)
        lasting[number] = fault
        let injector = injector
        let work: @Sendable () throws(FaultInjectorError) -> Void = { () throws(FaultInjectorError) in try injector.begin(fault.harm, fault.target) }
        submit(work) { chaos, error in
            let now = EventLoop.present().monotonic
            chaos.toCome -= 1
            guard error == nil else {
                chaos.observer.withdraw(number)
                chaos.lasting[number] = nil
                chaos.tell("·", "\(fault.target.name) not \(fault.harm.past): \(error?.description ?? "")")
                return chaos.calmIfOver()
            }
            chaos.observer.applied(number, at: now)
            chaos.tell("✖", "\(fault.target.name) \(fault.harm.past)" + (fault.lasting > .zero ? " for \(text(fault.lasting))" : ""))
            // What Docker was told to kill stays dead until somebody starts it; a second is how long `up` leaves one dead.
            let pause: Duration = fault.harm == .kill ? .seconds(1) : fault.lasting
            chaos.due.append(
                chaos.loop.schedule(after: pause) { [weak chaos] in
                    chaos?.assumeIsolated { chaos in
                        if chaos.lasting[number] != nil { chaos.mend(number, fault) }
                    }
                })
        }
    }

    /// Mends it; tried again for a while, for whoever runs the network may be busy.
    func finish(_ number: Int, _ fault: Fault, attempt: Int = 1) {
        let injector = injector
        let work: @Sendable () throws(FaultInjectorError) -> Void = { () throws(FaultInjectorError) in try injector.end(fault.harm, fault.target) }
        submit(work) { chaos, error in
            // It had not come about.
            guard chaos.lasting[number] != nil else { return chaos.calmIfOver() }
            if let error, attempt < ChaosService.mendAttempts {
                chaos.tell("·", "\(fault.target.name) could not be mended, once more: \(error)")
                _ = chaos.loop.schedule(after: .seconds(2)) { [weak chaos] in
                    chaos?.assumeIsolated { $0.finish(number, fault, attempt: attempt + 1) }
                }
                return
            }
            chaos.lasting[number] = nil
            chaos.observer.end(number, at: EventLoop.present().monotonic)
            if let error { chaos.unmended.append("\(fault.target.name) is still \(fault.harm.past): \(error)") }
            if error == nil, fault.lasting > .zero { chaos.tell("✔", "\(fault.target.name) goes on") }
            chaos.calmIfOver()
        }
    }

    static let mendAttempts = 5

    /// Breaks nothing more, mends what is broken, and then goes on with the body.
    func mendAll(then body: @escaping @Sendable (isolated ChaosService) -> Void) {
        guard phase != .mending, phase != .over else { return }
        phase = .mending
        if let deadline { loop.cancel(deadline) }
        for token in due { loop.cancel(token) }
        due = []
        whenMended = body
        stopLying()
        for (number, fault) in lasting.sorted(by: { $0.key < $1.key }) { mend(number, fault) }
        calmIfOver()
    }

    private func mend(_ number: Int, _ fault: Fault) {
        if mending.insert(number).inserted { finish(number, fault) }
    }

    private func submit(
        _ work: @escaping @Sendable () throws(FaultInjectorError) -> Void,
        _ done: @escaping @Sendable (isolated ChaosService, FaultInjectorError?) -> Void
    ) {
        let attempt = { @Sendable () -> FaultInjectorError? in
            do throws(FaultInjectorError) {
                try work()
                return nil
            } catch {
                return error
            }
        }
        let accepted = worker.submit(attempt) { [weak self] error in self?.assumeIsolated { done($0, error) } }
        if !accepted { done(self, FaultInjectorError("too much at a time for this network: give --every more time")) }
    }

    private func calmIfOver() {
        guard lasting.isEmpty else { return }
        if phase == .breaking, toCome <= 0, !isLying { calm() }
        if phase == .mending, let body = whenMended {
            whenMended = nil
            body(self)
        }
    }

    func calm() {
        phase = .calming
        say("All faults are over: waiting until everybody serves again, at most \(text(settings.calmWithin))")
        wait(settings.calmWithin) { chaos in
            chaos.phase = .over
            chaos.report(
                nil, "not everybody serves again after \(text(chaos.settings.calmWithin)): \(chaos.observer.missing.joined(separator: ", "))")
        }
        lookAgain()
    }

    /// Every second, since some are known to be back only when a time has passed without news.
    private func lookAgain() {
        look(at: EventLoop.present().monotonic)
        guard phase == .calming else { return }
        _ = loop.schedule(after: .seconds(1)) { [weak self] in self?.assumeIsolated { if $0.phase == .calming { $0.lookAgain() } } }
    }

    func tell(_ mark: String, _ what: String) {
        let elapsed = roundedDecimalText((EventLoop.present().monotonic - began).nanoseconds / 1_000_000, decimals: 3, keeping: 1)
        say(String(repeating: " ", count: max(0, 8 - elapsed.count)) + "\(elapsed) s  \(mark) \(what)")
    }
}
