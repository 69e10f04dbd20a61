// What a message costs in each direction, in microseconds of this thread's processor time, next to Foundation's coders on the same object; in
// decoding also what the general reader needs for it, without the fast one in front (docs/decisions.md):
//
//   codec [ROUNDS]           every kind of message
//   codec ROUNDS KIND        only ours, of one kind: for a profiler
//
// All take turns in short rounds, the last first in every other; the median of the rounds is shown, and the best of ours in brackets.
import ChargingProtocol
import Foundation
import Glibc

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15
let only = CommandLine.arguments.dropFirst(2).first

func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

/// Where results go, so that none is left out.
nonisolated(unsafe) var sink = 0

/// Microseconds for each.
func measure(_ times: Int, _ body: () -> Int) -> Double {
    let began = processorTime()
    for _ in 0..<times { sink &+= body() }
    return (processorTime() - began) / Double(times)
}

struct Series {
    private var values: [Double] = []

    mutating func add(_ value: Double) { values.append(value) }
    var best: Double { values.min() ?? 0 }
    var median: Double { values.sorted()[values.count / 2] }
}

/// The costs of one kind of message.
struct Costs {
    var encode = Series()
    var theirEncode = Series()
    var decode = Series()
    var general = Series()
    var theirDecode = Series()

    func show(_ name: String, _ bytes: Int) {
        let figures = String(
            format: " %4d   %6.3f (%5.3f)  %7.2f   %6.3f (%5.3f)  %6.3f  %5.1f ×  %7.2f", bytes, encode.median, encode.best, theirEncode.median,
            decode.median, decode.best, general.median, general.median / decode.median, theirDecode.median)
        print(name.padding(toLength: 20, withPad: " ", startingAt: 0) + figures)
        fflush(nil)
    }
}

func compare<Object: Codable>(
    _ name: String, _ type: Object.Type, _ payload: [UInt8], encode: @escaping () -> Int, decode: @escaping () -> Int, general: @escaping () -> Int
) throws {
    guard only == nil || only == name else { return }
    let encoder = JSONEncoder()
    let decoder = JSONDecoder()
    let data = Data(payload)
    let object = try decoder.decode(Object.self, from: data)
    let others = only == nil
    var costs = Costs()
    let sides: [() -> Void] = [
        { costs.encode.add(measure(20_000, encode)) },
        { costs.theirEncode.add(measure(others ? 1000 : 1) { (try? encoder.encode(object))?.count ?? 0 }) },
        { costs.decode.add(measure(20_000, decode)) },
        { costs.general.add(measure(others ? 20_000 : 1, general)) },
        { costs.theirDecode.add(measure(others ? 1000 : 1) { (try? decoder.decode(Object.self, from: data)) == nil ? 0 : 1 }) },
    ]
    for round in 0..<rounds {
        for side in round.isMultiple(of: 2) ? sides : sides.reversed() { side() }
    }
    costs.show(name, payload.count)
}

print("                    bytes   encode µs      Foundation   decode µs      general   × ours  Foundation")
let wire = Wire(site: nil)
for (name, message) in Messages.bus {
    let publication = wire.publication(message, at: Messages.now)
    let (topic, payload) = (publication.topic, publication.payload)
    guard try wire.decode(topic: topic, payload: payload) == .message(message), wire.decode(plain: payload, topic: topic) == message,
        try wire.decode(anyObject: payload, topic: topic) == .message(message)
    else { fatalError(name) }
    try compare(name, Comparators.type(of: name), payload) {
        wire.publication(message, at: Messages.now).payload.count
    } decode: {
        (try? wire.decode(topic: topic, payload: payload)) == nil ? 0 : 1
    } general: {
        (try? wire.decode(anyObject: payload, topic: topic)) == nil ? 0 : 1
    }
}
for (name, line) in Messages.journal {
    let bytes = line.bytes
    guard try JournalLine(bytes) == line, JournalLine(plain: bytes) == line, try JournalLine(anyObject: bytes) == line else { fatalError(name) }
    try compare("journal \(name)", Comparators.type(of: name), bytes) {
        line.bytes.count
    } decode: {
        (try? JournalLine(bytes)) == nil ? 0 : 1
    } general: {
        (try? JournalLine(anyObject: bytes)) == nil ? 0 : 1
    }
}
if sink == 0 { print("nothing was measured") }
