import ChargingModel
import Testing
import Viewers

@Suite("Frames and keys") struct FrameTests {
    @Test("What a terminal shows after each difference is the frame")
    func differences() {
        var random = SplitMix64(seed: 5)
        var listener = Watcher(points: 12)
        var writer = FrameWriter(colors: true)
        var terminal = TinyTerminal(width: 80, height: 24)
        let keys: [Key] = [.down, .up, .tab, .enter, .escape, .character("s"), .character("?"), .end, .home]
        for round in 0..<60 {
            listener.seconds += 1
            listener.charge(Watcher.cp(Int.random(in: 1...12, using: &random)), wattHours: Int64.random(in: 0...9000, using: &random))
            listener.press(keys[Int.random(in: 0..<keys.count, using: &random)])
            if round % 7 == 0 { listener.hear(listener.verdict(Watcher.cp(round % 12 + 1), .faulty, why: "充電器 \(round)")) }
            let frame = listener.screen.frame(at: listener.now)
            terminal.take(writer.update(to: frame))
            #expect(terminal.lines == frame.lines)
        }
    }

    @Test("A frame that is shown already costs nothing; a changed digit little; all of it is one update")
    func economy() {
        var listener = Watcher()
        var writer = FrameWriter(colors: true)
        let first = String(decoding: writer.update(to: listener.screen.frame(at: listener.now)), as: UTF8.self)
        #expect(first.hasPrefix("\u{1B}[?2026h") && first.hasSuffix("\u{1B}[?2026l"))
        #expect(writer.update(to: listener.screen.frame(at: listener.now)).isEmpty)
        listener.seconds += 1
        #expect(writer.update(to: listener.screen.frame(at: listener.now)).count < 60)
        writer.forget()
        #expect(writer.update(to: listener.screen.frame(at: listener.now)).count > 500)
    }

    @Test("Without colours there is weight, but no colour")
    func colors() {
        var listener = Watcher()
        listener.charge()
        let text = String(decoding: FrameWriter.once(listener.screen.frame(at: listener.now), colors: false), as: UTF8.self)
        #expect(text.contains("\u{1B}[0;1m"))
        let sequences = text.split(separator: "\u{1B}[").map { ($0.prefix { !$0.isLetter }, $0.first(where: \.isLetter)) }
        let renditions = sequences.filter { $0.1 == "m" }.map(\.0)
        #expect(Set(renditions.flatMap { $0.split(separator: ";") }).isSubset(of: ["0", "1", "2", "7"]))
    }

    @Test(
        "Keys are read in pieces of any size",
        arguments: [
            ("q", [Key.character("q")]), ("\u{1B}[A", [.up]), ("\u{1B}OB", [.down]), ("\u{1B}[5~", [.pageUp]), ("\u{1B}[1;5C", [.right]),
            ("\u{1B}[4~\u{1B}[H", [.end, .home]), ("é漢", [.character("é"), .character("漢")]),
            ("\u{3}\u{C}\r\t\u{7F}", [.interrupt, .redraw, .enter, .tab, .backspace]),
            ("\u{1B}x", [.escape, .character("x")]), ("\u{1B}[99zs", [.character("s")]),
        ]) func keys(_ text: String, _ expected: [Key])
    {
        var whole = KeyReader()
        #expect(whole.read(text.utf8) == expected)
        var pieces = KeyReader()
        #expect(text.utf8.flatMap { pieces.read([$0]) } == expected)
        #expect(!pieces.isPending)
    }

    @Test("An escape byte alone is the escape key, when nothing follows")
    func escape() {
        var reader = KeyReader()
        #expect(reader.read([0x1B]).isEmpty && reader.isPending)
        #expect(reader.flush() == [.escape] && !reader.isPending)
    }

    @Test("Random bytes are no keys that anybody must fear")
    func random() {
        var random = SplitMix64(seed: 9)
        var reader = KeyReader()
        let keys = reader.read((0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) })
        let controls = keys.filter { if case .character(let character) = $0 { character.unicodeScalars.contains { $0.value < 0x20 } } else { false } }
        #expect(!keys.isEmpty && controls.isEmpty)
    }
}

extension FrameWriter {
    fileprivate static func once(_ frame: Frame, colors: Bool) -> [UInt8] {
        var writer = FrameWriter(colors: colors)
        return writer.update(to: frame)
    }
}
