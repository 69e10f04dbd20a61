import ChargingModel
import Glibc
import Platform
import Terminal
import Testing

@Suite struct LogTests {
    let sink = MemorySink()
    let clock: @Sendable () -> WallTime = { WallTime(milliseconds: 1_795_508_963_042) }

    @Test func peopleReadWhatWasWritten() {
        let log = Log(role: "engine", id: "CP-001", sink: sink)
        log.info("✅ CP CP-001: ACTIVATED → SUPPLYING (Charging started)", event: "state", ["state": "SUPPLYING"])
        log.debug("not this", event: "x")
        #expect(sink.lines == ["✅ CP CP-001: ACTIVATED → SUPPLYING (Charging started)"])
    }

    @Test func machinesReadJSON() {
        let log = Log(role: "engine", id: "CP-001", format: .json, sink: sink, clock: clock)
        log.info(
            "🔋 Telemetry: 22.0 kW, €0.006", event: "telemetry",
            ["power_kw": .power(Power(watts: 22_000)), "cost_eur": .money(Money(microEuro: 5400)), "session": nil, "last": false, "seq": 7])
        #expect(
            sink.lines == [
                #"{"ts":"2026-11-24T08:29:23.042Z","level":"info","role":"engine","id":"CP-001","event":"telemetry","#
                    + #""message":"Telemetry: 22.0 kW, €0.006","power_kw":22.0,"cost_eur":0.0054,"session":null,"last":false,"seq":7}"#
            ])
        log.with(id: nil).warning("a \"quoted\"\n\u{1B}[31m \\", event: "e")
        #expect(sink.lines[1].hasSuffix(#""role":"engine","event":"e","message":"a \"quoted\"\n\u001b[31m \\"}"#))
    }

    @Test func whatCameOverTheBusCannotCommandTheTerminal() {
        Log(role: "central", sink: sink).warning("reason: \u{1B}[2J\u{9B}31m\nnew line\tend\u{7F}", event: "x")
        #expect(sink.lines == ["reason: \u{FFFD}[2J\u{FFFD}31m new line end\u{FFFD}"])
    }

    @Test func troubleIsColoured() {
        let log = Log(role: "central", colors: true, sink: sink)
        log.info("plain", event: "x")
        log.error("red", event: "x")
        #expect(sink.lines == ["plain", "\u{1B}[31mred\u{1B}[0m"])
    }

    @Test func colorsAreChosen() {
        #expect(ColorChoice.auto.resolve(isTerminal: true, noColor: nil, term: "xterm"))
        #expect(ColorChoice.auto.resolve(isTerminal: true, noColor: "", term: nil))
        #expect(!ColorChoice.auto.resolve(isTerminal: true, noColor: "1", term: "xterm"))
        #expect(!ColorChoice.auto.resolve(isTerminal: false, noColor: nil, term: "xterm"))
        #expect(!ColorChoice.auto.resolve(isTerminal: true, noColor: nil, term: "dumb"))
        #expect(ColorChoice.always.resolve(isTerminal: false, noColor: "1", term: nil))
        #expect(!ColorChoice.never.resolve(isTerminal: true, noColor: nil, term: nil))
    }

    @Test func aReaderThatHasGoneIsNoFailure() {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        defer { close(ends[1]) }
        let log = Log(role: "central", sink: DescriptorSink(ends[1]))
        log.info("one", event: "x")
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(read(ends[0], &buffer, 16) == 4)
        close(ends[0])
        for _ in 0..<3 { log.info("to nobody", event: "x") }
    }

    @Test func aFullPipeLosesWholeLinesAndSaysHowMany() {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        defer { for end in ends { close(end) } }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        let log = Log(role: "central", sink: DescriptorSink(ends[1], patience: 1))
        let line = String(repeating: "x", count: 999)
        for _ in 0..<70 { log.info(line, event: "x") }
        let first = readAll(ends[0])
        log.info("after", event: "x")
        let second = readAll(ends[0])
        let whole = first.split(separator: "\n").filter { $0.count == 999 }.count
        #expect(whole >= 60 && whole < 70)
        #expect(second.contains("lines could not be written\nafter\n"))
    }

    private func readAll(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}

@Suite struct TableTests {
    @Test(arguments: [
        ("abc", 3), ("✅", 2), ("⚠️", 2), ("✔️", 2), ("✖", 1), ("💚", 2), ("🔋", 2), ("e\u{301}", 1), ("€", 1), ("│", 1), ("→", 1), ("充電", 4), ("🇪🇸", 2),
        ("👩‍🔧", 2), ("", 0), ("\u{1B}", 0), ("é", 1), ("1", 1), ("#️⃣", 2),
    ])
    func widths(text: String, columns: Int) { #expect(text.displayWidth == columns) }

    @Test func columnsAlign() {
        var table = Table([Table.Column("NAME"), Table.Column("PID", right: true), Table.Column("STATE")])
        table.add(["central", "7", "✅ up"])
        table.add(["⚠️ CP-001", "12345"])
        #expect(table.text() == "NAME         PID  STATE\ncentral        7  ✅ up\n⚠️ CP-001  12345\n")
    }
}
