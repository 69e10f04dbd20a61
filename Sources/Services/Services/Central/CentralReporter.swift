internal import ChargingModel
internal import Identities
internal import LedgerStore
internal import Platform
internal import Runtime
internal import SQL
internal import Terminal

/// What Central tells its operator.
struct CentralReporter {
    let log: Log
    /// What the ledger failed with last, as it was told.
    private var ledgerTrouble: String?
    private var namesTrouble: IdentityError?

    init(log: Log) { self.log = log }

    /// Says once that who is known can't be read.
    mutating func namesAreUnreadable(_ error: IdentityError) {
        guard namesTrouble != error else { return }
        namesTrouble = error
        log.error("❌ \(error); those who were known before are", event: "names_unreadable", ["why": .text("\(error)")])
    }

    mutating func namesAreRead() {
        guard namesTrouble != nil else { return }
        namesTrouble = nil
        log.info("✅ Who has a name can be read again", event: "names_read")
    }

    /// Says what is wrong with the ledger and what helps: once, until something else is wrong or it is back.
    mutating func ledgerFailed(_ error: DatabaseError) {
        guard ledgerTrouble != error.description else { return }
        ledgerTrouble = error.description
        let advice =
            switch error.kind {
            case .busy: "another program holds it: end it"
            case .full: "its disk is full: make room; Central goes on by itself"
            case .readOnly: "it can't be written: see its owner and its mount; Central goes on by itself"
            case .unavailable: "see that its disk works, or that its server can be reached; Central goes on by itself"
            case .corrupt: "stop Central, keep the file, and bring back a copy"
            case .waiting: "it waits for its turn"
            case .later, .superseded: "Central ends"
            case .constraint, .misuse: "this is a fault of Wattline's: please report it with this line"
            }
        log.error("❌ The ledger: \(error); \(advice)", event: "ledger_error", ["error": .text(error.description)])
    }

    /// A failure of before is told again when it comes back.
    mutating func ledgerIsReached() { ledgerTrouble = nil }

    func upgraded(_ upgrade: LedgerUpgrade) {
        log.info(
            "📒 The ledger was brought from version \(upgrade.from) to version \(upgrade.to); as it was it is kept in \(upgrade.copy): put that back to go "
                + "down (docs/deployment.md), remove it when nobody will",
            event: "ledger_upgraded", ["from": .integer(upgrade.from), "to": .integer(upgrade.to), "copy": .text(upgrade.copy)])
    }

    /// Says whether it waits for another Central, or is at work.
    func stands(_ standing: CentralLease.Standing) {
        switch standing {
        case .active: log.info("▸ It is this Central's turn: it writes the ledger, and goes on the bus", event: "active")
        case .waiting(let other): log.info("⏸️  Stands by: \(other). It takes over when that one is gone", event: "standby", ["why": .text(other)])
        case .unknown: break
        }
    }

    func brokerDropped(_ count: UInt64) {
        log.warning(
            "⚠️  The broker dropped \(count) messages that a slow subscriber did not take", event: "broker_dropped", ["messages": .integer(count)])
    }

    func forgot(_ cp: ChargePointID) { log.info("🗑️  CP \(cp) was removed by the operator", event: "forgotten", ["cp": .id(cp)]) }

    mutating func say(_ notice: CentralCore.Notice) {
        switch notice {
        case .registered(let cp): log.info("✅ CP \(cp) registered successfully", event: "registered", ["cp": .id(cp)])
        case .faulty(let cp, let why): log.info("❌ CP \(cp) is FAULTY: \(why)", event: "cp_faulty", ["cp": .id(cp), "why": .text(why)])
        case .recovered(let cp): log.info("✅ CP \(cp) recovered", event: "cp_recovered", ["cp": .id(cp)])
        case .disconnected(let cp, let why):
            log.info("❌ CP \(cp) is DISCONNECTED: \(why)", event: "cp_disconnected", ["cp": .id(cp), "why": .text(why)])
        case .requested(let driver, _, let cp):
            log.info(
                "✅ Driver request received: driver=\(driver), cp=\(cp?.text ?? "any")", event: "requested", ["driver": .id(driver), "cp": .id(cp)])
        case .assigned(let driver, let cp):
            log.info("✅ Assigned \(driver) to \(cp)", event: "assigned", ["driver": .id(driver), "cp": .id(cp)])
        case .denied(let driver, let cp, let code, let reason):
            // What is no answer will be asked again.
            log.info(
                "\(code.isAnswer ? "❌ Denied" : "⏳ Put off") \(driver)\(cp.map { " at \($0)" } ?? ""): \(reason)", event: "denied",
                ["driver": .id(driver), "cp": .id(cp), "code": .text(code.rawValue), "reason": .text(reason)])
        case .cardDenied(let token, let cp, let code, let reason):
            log.info(
                "\(code.isAnswer ? "❌ Denied" : "⏳ Put off") card \(token) at \(cp): \(reason)", event: "card_denied",
                ["token": .id(token), "cp": .id(cp), "code": .text(code.rawValue), "reason": .text(reason)])
        case .sessionStarted(let driver, let cp):
            log.info("✅ Session started for \(driver) at \(cp)", event: "session_started", ["driver": .id(driver), "cp": .id(cp)])
        case .sessionCompleted(let driver, let cp, let session, _):
            log.info(
                "✅ Session completed for \(driver) at \(cp)", event: "session_completed",
                ["driver": .id(driver), "cp": .id(cp), "session": .id(session)])
        case .sessionFailed(let driver, let cp, let session, let reason):
            log.info(
                "❌ Session failed for \(driver) at \(cp): \(reason.rawValue)", event: "session_failed",
                ["driver": .id(driver), "cp": .id(cp), "session": .id(session), "reason": .text(reason.rawValue)])
        case .recordCompleted(let session):
            log.info("📒 The record of session \(session) has come: its bill is complete", event: "record_completed", ["session": .id(session)])
        case .orphan(let cp, let record):
            log.warning(
                "⚠️  CP \(cp) reported session \(record.session) (\(record.energy)), which is not in the ledger: kept for the operator",
                event: "orphan", ["cp": .id(cp), "session": .id(record.session), "energy_kwh": .energy(record.energy)])
        case .enteredOffline(let driver, let cp, let session, let energy):
            log.info(
                "📒 CP \(cp) reported session \(session) (\(energy)), which was begun offline with a token of \(driver): it is billed to that account",
                event: "entered_offline", ["driver": .id(driver), "cp": .id(cp), "session": .id(session), "energy_kwh": .energy(energy)])
        case .contradiction(let session, let why):
            log.warning(
                "⚠️  The record of session \(session) contradicts the ledger: \(why); kept beside it", event: "contradiction",
                ["session": .id(session), "why": .text(why)])
        case .recordIsGone(let cp, let session):
            log.warning(
                "⚠️  CP \(cp) keeps the record of session \(session) no more: it is billed with what is known, and stays incomplete",
                event: "record_is_gone", ["cp": .id(cp), "session": .id(session)])
        case .doubted(let cp, let session, let doubt):
            log.warning(
                "⚠️  A reading of session \(session) from CP \(cp) is not believed: \(doubt)", event: "reading_doubted",
                ["cp": .id(cp), "session": .id(session), "why": .text("\(doubt)")])
        case .judged(let verdict):
            log.info(
                "📒 The record of session \(verdict.session) from meter \(verdict.meter) is \(verdict.choice.past) "
                    + "by \(verdict.operatorName)", event: "record_judged",
                ["session": .id(verdict.session), "meter": .id(verdict.meter), "choice": .text(verdict.choice.rawValue)])
        case .tokenChanged(let change, let name):
            let what =
                switch change {
                case .add(_, let driver, let expires): "is \(driver)'s" + (expires.map { ", until \($0.text)" } ?? "")
                case .block: "is blocked"
                case .unblock: "is unblocked"
                }
            log.info(
                "📒 Token \(change.token) \(what), by \(name)", event: "token_changed", ["token": .id(change.token), "operator": .text(name)])
        case .tokenDisputed(let token, let owner):
            log.warning(
                "⚠️  Token \(token.id) is \(owner)'s in network.json and \(token.driver)'s in the ledger: nobody is billed for it until one of them "
                    + "has it no more (wattline tokens block \(token.id), then add)", event: "token_disputed",
                ["token": .id(token.id), "driver": .id(token.driver)])
        case .ledgerRefused(let why):
            log.error(
                "❌ The ledger can't hold something that Central decided; the rest is written: \(why)", event: "ledger_refused", ["why": .text(why)])
        case .ledgerFailed: log.error("❌ The ledger can't be written: no request is answered until it can", event: "ledger_failed")
        case .tooManyPoints(let limit):
            log.warning(
                "⚠️  \(limit) charge points are known: others are ignored from here on", event: "too_many_points", ["limit": .integer(limit)])
        case .unknownPoint(let cp):
            log.warning(
                "⚠️  CP \(cp) wants in and is not known: wattline credentials add point \(cp), or a line in network.json",
                event: "unknown_point", ["cp": .id(cp)])
        case .tooManyRequests(let driver, let cp):
            log.warning(
                "⚠️  Too many requests of \(driver)\(cp.map { " at \($0)" } ?? "") are denied: some are put off and not recorded",
                event: "too_many_requests", ["driver": .id(driver), "cp": .id(cp)])
        case .tooManyRecords(let cp):
            log.warning(
                "⚠️  Too many records of CP \(cp) would have to be put aside: some are not taken, and its engine keeps them",
                event: "too_many_records", ["cp": .id(cp)])
        case .ledgerBack:
            ledgerTrouble = nil
            log.info("✅ The ledger is written again", event: "ledger_back")
        }
    }
}
