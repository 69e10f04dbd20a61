// What a message costs in each direction, in microseconds of this thread's processor time, next to Foundation's coders on the same object:
//
//   codec [ROUNDS]           every kind of message
//   codec ROUNDS KIND        only ours, of one kind: for a profiler
//
// The three alternate in short rounds; the median of the rounds is shown, and the best of ours in brackets.
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

func show(_ name: String, _ bytes: Int, encode: Series, decode: Series, theirs: (encode: Series, decode: Series)) {
    let text = String(
        format: "%-16@ %4d   %6.3f (%5.3f)  %7.2f   %6.3f (%5.3f)  %7.2f", name as NSString, bytes, encode.median, encode.best, theirs.encode.median,
        decode.median, decode.best, theirs.decode.median)
    print(text)
    fflush(nil)
}

func compare<Object: Codable>(_ name: String, _ type: Object.Type, _ payload: [UInt8], encode: () -> Int, decode: () -> Int) throws {
    guard only == nil || only == name else { return }
    let encoder = JSONEncoder()
    let decoder = JSONDecoder()
    let data = Data(payload)
    let object = try decoder.decode(Object.self, from: data)
    var ours = (encode: Series(), decode: Series())
    var theirs = (encode: Series(), decode: Series())
    for _ in 0..<rounds {
        ours.encode.add(measure(20_000, encode))
        theirs.encode.add(measure(only == nil ? 1000 : 1) { (try? encoder.encode(object))?.count ?? 0 })
        ours.decode.add(measure(20_000, decode))
        theirs.decode.add(measure(only == nil ? 1000 : 1) { (try? decoder.decode(Object.self, from: data)) == nil ? 0 : 1 })
    }
    show(name, payload.count, encode: ours.encode, decode: ours.decode, theirs: theirs)
}

print("                bytes   encode µs        Foundation   decode µs        Foundation")
let wire = Wire(site: nil)
for (name, message) in Messages.bus {
    let publication = wire.publication(message, at: Messages.now)
    guard try wire.decode(topic: publication.topic, payload: publication.payload) == .message(message) else { fatalError(name) }
    try compare(name, Comparators.type(of: name), publication.payload) {
        wire.publication(message, at: Messages.now).payload.count
    } decode: {
        (try? wire.decode(topic: publication.topic, payload: publication.payload)) == nil ? 0 : 1
    }
}
for (name, line) in Messages.journal {
    let bytes = line.bytes
    guard try JournalLine(bytes) == line else { fatalError(name) }
    try compare("journal \(name)", Comparators.type(of: name), bytes) {
        line.bytes.count
    } decode: {
        (try? JournalLine(bytes)) == nil ? 0 : 1
    }
}
if sink == 0 { print("nothing was measured") }
