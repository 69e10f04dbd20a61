import ChargingModel
import Testing

@testable import OCPP

@Suite("OCPP: what a backend answers") struct StationAnswerTests {
    static let written: [(StationAction, OCPPVersion, StationAnswer, String)] = [
        (
            .boot, .v16, .boot(BootAnswer(.accepted, time: moment, interval: 300)),
            #"{"status":"Accepted","currentTime":"2026-11-24T08:29:23.042Z","interval":300}"#
        ),
        (
            .boot, .v201, .boot(BootAnswer(.pending, time: moment, interval: 0)),
            #"{"status":"Pending","currentTime":"2026-11-24T08:29:23.042Z","interval":0}"#
        ),
        (.heartbeat, .v16, .heartbeat(moment), #"{"currentTime":"2026-11-24T08:29:23.042Z"}"#),
        (.status, .v16, .done, "{}"),
        (.meterValues, .v201, .done, "{}"),
        (
            .authorize, .v16, .authorize(TokenInfo(.concurrentTransaction, expires: moment, group: IDToken("G"))),
            #"{"idTagInfo":{"status":"ConcurrentTx","expiryDate":"2026-11-24T08:29:23.042Z","parentIdTag":"G"}}"#
        ),
        (
            .authorize, .v201, .authorize(TokenInfo(.unknown, expires: moment, group: IDToken("G", kind: .central))),
            #"{"idTokenInfo":{"status":"Unknown","cacheExpiryDateTime":"2026-11-24T08:29:23.042Z","groupIdToken":{"idToken":"G","type":"Central"}}}"#
        ),
        (.start, .v16, .start(transaction: 17, TokenInfo(.blocked)), #"{"transactionId":17,"idTagInfo":{"status":"Blocked"}}"#),
        (.stop, .v16, .stop(nil), "{}"),
        (.stop, .v16, .stop(TokenInfo(.accepted)), #"{"idTagInfo":{"status":"Accepted"}}"#),
        (.transaction, .v201, .transaction(TransactionAnswer()), "{}"),
        (
            .transaction, .v201, .transaction(TransactionAnswer(totalCost: Money(microEuro: 1_234_500), token: TokenInfo(.expired))),
            #"{"totalCost":1.2345,"idTokenInfo":{"status":"Expired"}}"#
        ),
        (.transaction, .v201, .transaction(TransactionAnswer(totalCost: .zero)), #"{"totalCost":0.00}"#),
    ]

    @Test("each is written as its version has it, and read", arguments: written)
    func writes(_ action: StationAction, _ version: OCPPVersion, _ answer: StationAnswer, _ text: String) throws {
        #expect(answer.payload(in: version).description == text)
        #expect(try StationAnswer.read(payload(text), to: action, in: version).value == answer)
    }

    @Test("1.6 has no word for unknown tokens")
    func unknown() {
        #expect(StationAnswer.authorize(TokenInfo(.unknown)).payload(in: .v16).description == #"{"idTagInfo":{"status":"Invalid"}}"#)
    }

    @Test("anybody's backend is read leniently")
    func lenient() throws {
        let boot = try StationAnswer.read(
            payload(#"{"status":"accepted","currentTime":"2026-11-24T10:29:23.042+02","interval":"300"}"#), to: .boot, in: .v16)
        #expect(boot.value == .boot(BootAnswer(.accepted, time: moment, interval: 300)))
        #expect(boot.remarks.map(\.quirk) == [.otherSpelling, .timeSpelling, .numberAsText])
        #expect(try StationAnswer.read(payload(#"{"currentTime":5}"#), to: .heartbeat, in: .v16).value == .heartbeat(nil))
        #expect(try StationAnswer.read(payload(#"{"interval":1,"status":"Rejected"}"#), to: .boot, in: .v16).remarks.map(\.quirk) == [.timeMissing])
    }

    static let noted: [(StationAction, String)] = [
        (.dataTransfer, #"{"status":"UnknownVendorId"}"#), (.signCertificate, #"{"status":"Rejected"}"#),
        (.chargingNeeds, #"{"status":"Rejected"}"#), (.chargingSchedule, #"{"status":"Accepted"}"#), (.certificateStatus, #"{"status":"Failed"}"#),
        (.firmwareStatus, "{}"), (.diagnosticsStatus, "{}"), (.securityEvent, "{}"), (.logStatus, "{}"), (.report, "{}"), (.event, "{}"),
        (.monitoringReport, "{}"), (.reservationStatus, "{}"), (.clearedChargingLimit, "{}"), (.chargingLimit, "{}"), (.chargingProfiles, "{}"),
        (.displayMessages, "{}"), (.customerInformation, "{}"), (.publishFirmwareStatus, "{}"), (.signedFirmwareStatus, "{}"),
    ]

    @Test("actions from which nothing follows are answered as specified", arguments: noted)
    func usual(_ action: StationAction, _ text: String) throws {
        #expect(try StationAnswer.usual(to: action).payload(in: .v201).description == text)
    }

    @Test("no others are: they are answered by who knows, or not supported")
    func others() {
        for action in StationAction.allCases where !StationAnswerTests.noted.contains(where: { $0.0 == action }) {
            #expect(throws: OCPPFault.self) { try StationAnswer.usual(to: action) }
        }
    }
}
