// What this project's event loop costs next to SwiftNIO's, each with one thread, in microseconds of real time (docs/decisions.md):
//
//   loop [ROUNDS]
//
// Both take turns in short rounds, each first in every other; the median of all rounds is shown, and of the ratio the least and the most of a round.
import Glibc

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

/// An actor that lives on a loop.
actor Resident {
    private let side: any Side
    private var count = 0
    init(_ side: any Side) { self.side = side }
    nonisolated var unownedExecutor: UnownedSerialExecutor { side.executor }
    func add() { count += 1 }
}

/// The measurements of one side, in microseconds each.
typealias Measurement = () async -> Double

func handOver(_ side: any Side) -> Measurement {
    let gate = Gate()
    return {
        let began = now()
        for _ in 0..<2000 {
            side.execute { gate.open() }
            gate.wait()
        }
        return (now() - began) / 2000
    }
}

func manyAtOnce(_ side: any Side) -> Measurement {
    let gate = Gate()
    return {
        let began = now()
        for _ in 0..<50_000 { side.execute {} }
        side.execute { gate.open() }
        gate.wait()
        return (now() - began) / 50_000
    }
}

func timers(_ side: any Side) -> Measurement {
    let gate = Gate()
    return {
        let began = now()
        side.execute {
            side.setTimers(10_000)
            gate.open()
        }
        gate.wait()
        return (now() - began) / 10_000
    }
}

func call(_ side: any Side) -> Measurement {
    let resident = Resident(side)
    return {
        let began = now()
        for _ in 0..<2000 { await resident.add() }
        return (now() - began) / 2000
    }
}

func echo(_ side: any Side) throws -> Measurement {
    var pair: [Int32] = [0, 0]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
    _ = fcntl(pair[1], F_SETFL, fcntl(pair[1], F_GETFL) | O_NONBLOCK)
    try side.echo(pair[1])
    let near = pair[0]
    return {
        var bytes = [UInt8](repeating: 1, count: 220)
        let began = now()
        for _ in 0..<2000 {
            write(near, bytes, 220)
            var rest = 220
            while rest > 0 { rest -= max(0, read(near, &bytes, rest)) }
        }
        return (now() - began) / 2000
    }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func text(_ number: Double, _ places: Int) -> String {
    let scale = places == 3 ? 1000 : 100
    let whole = Int((number * Double(scale)).rounded())
    let fraction = "\(whole % scale)"
    return "\(whole / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
}

func compare(_ name: String, _ ours: Measurement, _ theirs: Measurement) async {
    var samples: (ours: [Double], theirs: [Double]) = ([], [])
    for round in 0...rounds {
        let (first, second) = round.isMultiple(of: 2) ? (ours, theirs) : (theirs, ours)
        let values = (await first(), await second())
        // The first warms up.
        if round == 0 { continue }
        samples.ours.append(round.isMultiple(of: 2) ? values.0 : values.1)
        samples.theirs.append(round.isMultiple(of: 2) ? values.1 : values.0)
    }
    let ratios = zip(samples.ours, samples.theirs).map { $0 / $1 }
    print(
        "\(name): ours \(text(median(samples.ours), 3)) µs, SwiftNIO \(text(median(samples.theirs), 3)) µs,",
        "ratio \(text(median(samples.ours) / median(samples.theirs), 2)) (\(text(ratios.min() ?? 0, 2))–\(text(ratios.max() ?? 0, 2)))")
    fflush(nil)
}

let (ours, theirs) = (try Ours(), Theirs())
await compare("a closure from another thread, there and back", handOver(ours), handOver(theirs))
await compare("one of 50,000 closures from another thread", manyAtOnce(ours), manyAtOnce(theirs))
await compare("a timer set and cancelled, one of 10,000", timers(ours), timers(theirs))
await compare("a call of an actor that lives on the loop", call(ours), call(theirs))
await compare("220 bytes over a socket, there and back", try echo(ours), try echo(theirs))
exit(0)
