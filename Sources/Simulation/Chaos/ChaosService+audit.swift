internal import ChargingModel
internal import EventLoop
internal import Services

extension ChaosService {
    /// Records may still be on their way: asked again until none is missing.
    func audit() {
        phase = .auditing
        wait(.seconds(90)) { chaos in chaos.audit(isLast: true) }
        audit(isLast: false)
    }

    private func audit(isLast: Bool) {
        let injector = injector
        let work = { @Sendable () -> Result<AuditResult, FaultInjectorError> in
            do throws(FaultInjectorError) { return .success(try injector.audit()) } catch { return .failure(error) }
        }
        let accepted = worker.submit(work) { [weak self] result in
            self?.assumeIsolated { chaos in
                guard chaos.phase == .auditing else { return }
                guard chaos.isStillCalm(isLast: isLast) else { return }
                switch result {
                case .failure(let error): chaos.report(nil, "the audit failed: \(error)")
                case .success(let found):
                    if found.holds, found.awaitingRecord > 0, !isLast {
                        // A look every two seconds: nothing tells when the ledger changes.
                        _ = chaos.loop.schedule(after: .seconds(2)) { [weak chaos] in
                            chaos?.assumeIsolated { if $0.phase == .auditing { $0.audit(isLast: false) } }
                        }
                        return
                    }
                    chaos.report(found)
                }
            }
        }
        if !accepted { end("the audit could not be started") }
    }

    /// Somebody may have been judged well a moment too early; not for ever, or the run would never end.
    private func isStillCalm(isLast: Bool) -> Bool {
        guard !observer.isCalm, !isLast, relapses < ChaosService.mostRelapses else { return true }
        relapses += 1
        calm()
        return false
    }

    private static let mostRelapses = 3

    /// The table and the verdict; ends the run.
    func report(_ audit: AuditResult?, _ problem: String? = nil) {
        var report = ChaosReport(observer, hasStranger: settings.stranger != nil)
        if let problem { report.problems.append(problem) }
        if !observer.isCalm, problem == nil { report.problems.append("not everybody serves: \(observer.missing.joined(separator: ", "))") }
        if let audit {
            if !audit.holds { report.problems.append("the audit does not hold") }
            if audit.awaitingRecord > 0 { report.problems.append("\(audit.awaitingRecord) sessions never got their record") }
        }
        show(&report, audit)
        if report.problems.isEmpty {
            say("✔ \(report.done) faults, and everything held")
            end(nil)
        } else {
            end("\(report.problems.count) problems after \(report.done) faults")
        }
    }

    /// What there was until somebody stopped it; everything is mended by now, or nobody can.
    func reportInterruption() {
        var report = ChaosReport(observer, isWhole: false)
        show(&report, nil)
        if unmended.isEmpty { say("Interrupted: what was broken is mended; nothing was audited, see: wattline audit") }
        end("interrupted after \(report.done) faults" + (report.problems.isEmpty ? "" : ", with \(report.problems.count) problems"))
    }

    private func show(_ report: inout ChaosReport, _ audit: AuditResult?) {
        report.problems += unmended
        say("")
        say(report.table(colors: settings.colors) + (audit.map { "\n" + $0.text } ?? ""))
        say(
            "On the bus: \(observer.accepted) ACCEPTED, \(observer.completed) COMPLETED, \(observer.failed) FAILED, \(observer.contradictions.count) contradicted"
        )
        for problem in report.problems { say("✖ \(problem)") }
    }
}
