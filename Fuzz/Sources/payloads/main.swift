// Payloads of the bus and journal lines: the short way through them against the long one. The first byte chooses what it is, the rest is the payload.
// It traps when the two differ, or when what was accepted is not the same after it was written and read again.
import CFuzzer
import Glibc
import ChargingModel
import ChargingProtocol

let wire = Wire(site: nil)
let topics = [
    "cp/CP-001/telemetry", "cp/CP-001/state", "cp/CP-001/event", "cp/CP-001/health", "cp/CP-001/command", "cp/CP-001/info", "central/status",
    "central/fence", "central/cp/CP-001", "driver/driver-alice/request", "driver/driver-alice/status", "driver/driver-alice/ticket",
]

enum Answer<Value: Equatable>: Equatable {
    case value(Value)
    case rejected(Rejection)

    init(_ read: () throws(Rejection) -> Value) {
        do throws(Rejection) { self = .value(try read()) } catch { self = .rejected(error) }
    }
}

func message(_ topic: String, _ payload: [UInt8]) {
    let long = Answer { () throws(Rejection) in try wire.decode(anyObject: payload, topic: topic) }
    precondition(Answer { () throws(Rejection) in try wire.decode(topic: topic, payload: payload) } == long, "differs")
    if let short = wire.decode(plain: payload, topic: topic) { precondition(long == .value(.message(short)), "the short way differs") }
    _ = wire.epoch(in: payload)
    guard case .value(.message(let message)) = long else { return }
    if case .request(_, .malformed) = message { return }
    let again = wire.publication(message, at: WallTime(milliseconds: 0))
    precondition(Answer { () throws(Rejection) in try wire.decode(topic: again.topic, payload: again.payload) } == long, "not the same again")
}

func line(_ bytes: [UInt8]) {
    let long = Answer { () throws(Rejection) in try JournalLine(anyObject: bytes) }
    precondition(Answer { () throws(Rejection) in try JournalLine(bytes) } == long, "differs")
    if let short = JournalLine(plain: bytes) { precondition(long == .value(short), "the short way differs") }
    guard case .value(let line) = long else { return }
    precondition(Answer { () throws(Rejection) in try JournalLine(line.bytes) } == long, "not the same again")
}

func name(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let topic = Topic(text) { precondition(topic.text == text, "another topic") }
    precondition(WallTime(utf8: text.utf8.span) == WallTime(text: text), "another time")
    if let time = WallTime(text: text), let bytes = time.bytes { precondition(WallTime(utf8: bytes.span) == time, "another time again") }
    precondition((DriverID(utf8: bytes.span)?.text ?? text) == text, "another id")
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
let status = LLVMFuzzerRunDriver(&count, &arguments) { data, size in
    guard size > 0, let data else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: data + 1, count: size - 1))
    switch Int(data[0]) % (topics.count + 2) {
    case let index where index < topics.count: message(topics[index], bytes)
    case topics.count: line(bytes)
    default: name(bytes)
    }
    return 0
}
exit(status)
