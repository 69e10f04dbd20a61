import ChargingModel
import ChargingProtocol
import JSON
import NetworkView
import Testing
import Viewers

@Suite("The screen") struct ViewersTests {
    @Test("A line for each point: state, power, energy, cost, time and driver, in 80 columns")
    func table() throws {
        var listener = Watcher()
        listener.charge()
        let lines = listener.lines()
        #expect(lines.count == 24)
        let row = try #require(lines.first { $0.contains("CP-001") })
        for part in ["↯ SUPPLYING", "11.0 ██", "0.061", "0.02", "0:10", "driver-alice"] { #expect(row.contains(part), "\(row)") }
        #expect(lines.contains { $0.contains("CP-002") && $0.contains("● ACTIVATED") && $0.contains("ready") })
        #expect(lines[0].contains("Central is online") && lines[0].contains("02:00:00 UTC"))
        #expect(lines[1].contains("3 points") && lines[1].contains("↯ 1 supplying") && lines[1].contains("● 2 activated"))
        #expect(lines[2].contains("11.0 of 66.0 kW") && lines[2].contains("1 session"))
    }

    @Test("Wide screens have the price, the reason and both panels")
    func wide() {
        var listener = Watcher(width: 140, height: 40)
        listener.charge()
        let text = listener.lines().joined(separator: "\n")
        for part in ["€/kWh", "WHY", "charging driver-alice", "Sessions (1 open)", " Log "] { #expect(text.contains(part)) }
    }

    @Test(
        "Every size is drawn, and no line is longer than it",
        arguments: [(1, 1), (2, 9), (20, 5), (39, 12), (80, 24), (111, 11), (140, 40), (300, 3)])
    func sizes(_ width: Int, _ height: Int) {
        var listener = Watcher(points: 30, width: width, height: height)
        listener.charge()
        for keys: [Key] in [[], [.enter], [.escape, .character("?")], [.escape, .tab], [.character("f"), .character("x")]] {
            for key in keys { listener.press(key) }
            let frame = listener.screen.frame(at: listener.now)
            #expect(frame.width == width && frame.height == height && frame.lines.count == height)
        }
    }

    @Test("Central away is told, and the points' own words are shown")
    func centralDown() {
        var listener = Watcher()
        listener.hear(.centralStatus(CentralStatus(epoch: 5, online: false, reason: "connection lost")))
        listener.seconds += 12
        let lines = listener.lines()
        #expect(lines[0].contains("✗ Central is OFFLINE"))
        #expect(lines[1].contains("Central is offline for 12 s (connection lost)"))
        #expect(lines.contains { $0.contains("CP-001") && $0.contains("DISCONNECTED") })
    }

    @Test("A connection that is lost is told with its reason")
    func disconnected() {
        var listener = Watcher()
        listener.screen.disconnected("no broker at mqtt://x", at: listener.now)
        #expect(listener.lines()[1].contains("No connection for 0 s: no broker at mqtt://x"))
    }

    @Test("s goes through the columns, S turns the order round")
    func sorting() {
        var listener = Watcher()
        listener.charge(Watcher.cp(2))
        listener.type("s")
        #expect(listener.points().prefix(3) == ["CP-002", "CP-001", "CP-003"])
        listener.type("S")
        #expect(listener.points().prefix(3) == ["CP-001", "CP-003", "CP-002"])
        listener.type("ssss")
        // By cost: what has none comes last in either order.
        #expect(listener.points().first == "CP-002")
        listener.type("S")
        #expect(listener.points().first == "CP-002")
        listener.type("sss")
        #expect(listener.points().prefix(3) == ["CP-001", "CP-002", "CP-003"])
    }

    @Test("f filters as one types, Enter keeps it, Escape clears it; q is a letter there")
    func filtering() {
        var listener = Watcher()
        listener.type("ffast dc")
        #expect(listener.points() == ["CP-002"])
        listener.press(.enter)
        #expect(listener.lines().last?.contains("Filter: fast dc") == true)
        listener.press(.escape)
        #expect(listener.points().count == 3)
        #expect(listener.screen.press(.character("/")) == nil)
        #expect(listener.screen.press(.character("q")) == nil)
        #expect(listener.lines().contains { $0.contains("No point matches the filter \"q\"") })
        listener.press(.backspace, .backspace)
        #expect(listener.screen.press(.character("q")) == .quit)
    }

    @Test("Space holds the picture while the network goes on")
    func pause() {
        var listener = Watcher()
        listener.press(.character(" "))
        listener.charge()
        #expect(listener.lines()[0].contains("PAUSED"))
        #expect(!listener.lines().contains { $0.contains("SUPPLYING") })
        listener.press(.character(" "))
        #expect(listener.lines().contains { $0.contains("SUPPLYING") })
    }

    @Test("Enter opens the chosen point, arrows turn its pages, Escape goes back")
    func page() {
        var listener = Watcher()
        listener.charge(Watcher.cp(2))
        listener.press(.down, .enter)
        let text = listener.lines().joined(separator: "\n")
        let parts = [
            "─ CP-002 ─", "charging driver-alice", "Fast DC, 22.0 kW, 0.30 €/kWh", "m-1, register 1061 Wh", "0.061 kWh, €0.02 after 0:10",
            "was not heard",
        ]
        for part in parts { #expect(text.contains(part), "\(text)") }
        listener.press(.down)
        #expect(listener.lines().contains { $0.contains("─ CP-003 ─") })
        listener.press(.escape)
        #expect(listener.points().count == 3)
    }

    @Test("The chosen point stays in sight, and its place is kept when it is removed")
    func scrolling() throws {
        var listener = Watcher(points: 60)
        listener.press(.end)
        let row = try #require(listener.lines().first { $0.hasPrefix("▸") })
        #expect(row.contains("CP-060"))
        listener.press(.pageUp, .up)
        #expect(listener.lines().contains { $0.hasPrefix("▸") })
        listener.press(.home)
        #expect(listener.lines().contains { $0.hasPrefix("▸ CP-001") })
        listener.screen.forget(.info(Watcher.cp(1)), at: listener.now)
        listener.screen.forget(.state(Watcher.cp(1)), at: listener.now)
        listener.screen.forget(.verdict(Watcher.cp(1)), at: listener.now)
        #expect(listener.lines().contains { $0.hasPrefix("▸ CP-002") })
    }

    @Test("Texts from the bus can neither obey themselves nor break the columns")
    func hostile() {
        var listener = Watcher()
        listener.hear(listener.verdict(Watcher.cp(1), .faulty, why: "\u{1B}[2J\u{9B}31m\r\n\u{202E}充電器🏳️‍🌈e\u{301}👩‍👩‍👧"))
        let frame = listener.screen.frame(at: listener.now)
        let scalars = frame.cells.flatMap { $0.character.unicodeScalars }
        let feared = scalars.filter { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.properties.generalCategory == .format }
        #expect(feared.isEmpty)
        for y in 0..<frame.height {
            #expect((0..<frame.width).reduce(0) { $0 + Int(frame[$1, y].width) } == frame.width)
        }
        #expect(frame.lines.contains { $0.contains("充電器") })
    }

    @Test("Without Unicode it is ASCII")
    func ascii() {
        var listener = Watcher()
        listener.screen = Screen(broker: "b", glyphs: Glyphs(isASCII: true))
        listener.screen.connected(at: listener.now)
        listener.hear(listener.verdict(Watcher.cp(1), .supplying, why: "x", session: Watcher.session))
        listener.charge()
        for keys: [Key] in [[], [.enter], [.escape, .character("?")]] {
            for key in keys { listener.press(key) }
            let text = listener.lines().joined().filter { !["€", "…"].contains($0) }
            #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text)")
        }
    }

    @Test("As plain text and as JSON")
    func plain() throws {
        var listener = Watcher()
        listener.charge()
        let text = listener.screen.plainText(colors: false)
        #expect(text.contains("3 points: 2 ACTIVATED, 1 SUPPLYING; 11.0 of 66.0 kW; 1 open session, 0.061 kWh, €0.02"))
        #expect(text.contains("CP-001  SUPPLYING  11.0 kW  driver-alice  0.061 kWh  €0.02"))
        let object = try JSONObject(Array(listener.screen.json(at: listener.now).dropLast().utf8))
        #expect(object["points"]?.elements?.count == 3)
        #expect(object["central"]?.object?["online"]?.bool == true)
        let changes = listener.screen.jsonChanges(at: listener.now)
        for line in changes.split(separator: "\n") { #expect(try JSONObject(Array(line.utf8))["type"] != nil) }
        #expect(changes.contains("\"type\":\"session\""))
        #expect(listener.screen.jsonChanges(at: listener.now).isEmpty)
    }

    @Test("Random keys and messages never crash it")
    func fuzz() {
        var random = SplitMix64(seed: 3)
        var listener = Watcher(points: 12)
        let keys: [Key] = [
            .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape, .tab, .backspace, .redraw, .character("s"), .character("S"),
            .character("f"), .character(" "), .character("?"), .character("é"), .character("1"), .character("G"), .interrupt,
        ]
        for _ in 0..<600 {
            listener.press(keys[Int.random(in: 0..<keys.count, using: &random)])
            let cp = Watcher.cp(Int.random(in: 1...15, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: listener.charge(cp, wattHours: Int64.random(in: 0...Energy.limit.wattHours / 1000, using: &random))
            case 1: listener.screen.forget(.verdict(cp), at: listener.now)
            case 2: listener.hear(listener.verdict(cp, Verdict.allCases.randomElement(using: &random) ?? .faulty, why: "\u{0}x"))
            case 3: listener.screen.resize(width: Int.random(in: -5...200, using: &random), height: Int.random(in: -5...60, using: &random))
            default: listener.seconds += Int64.random(in: -10...100, using: &random)
            }
            _ = listener.screen.frame(at: listener.now)
        }
    }
}
