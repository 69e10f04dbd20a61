import ChargingModel
import ChargingProtocol
import Testing

/// One of everything that is said of stations and gateways.
enum StationSamples {
    static let gateway = GatewayID(known: "local")
    static let station = ChargePointID(known: "ST-1")

    static func command(_ wish: StationWish) -> BusMessage {
        .station(.command(StationCommand(epoch: 7, gateway: gateway, station: station, id: CommandID(known: "c-1"), wish: wish)))
    }

    static let gatewayReport: GatewayReport = {
        var report = GatewayReport(epoch: 7, gateway: gateway, online: true, software: "wattline")
        report.address = "ws://127.0.0.1:9000/ocpp/"
        report.known = 2000
        report.connected = 3
        report.note(
            GatewayReport.Stranger(name: "ST-\"9\u{1B}", address: "10.0.0.7", status: 404, why: "No station is called that.", at: Samples.now))
        for _ in 0..<3 { report.note(GatewayReport.Stranger(name: "ST-1", address: "10.0.0.8", status: 401, why: "wrong", at: Samples.now)) }
        return report
    }()

    static let report: StationAbout = {
        var report = StationAbout(epoch: 7, gateway: gateway, station: station, name: "ST/1 ä", isConnected: true)
        (report.since, report.version, report.vendor, report.model) = (Samples.now, "2.0.1", "Test", "Two")
        (report.serial, report.firmware, report.clockAhead, report.listPage) = ("S-1", "1.0", -3600, 20)
        report.connectors = [
            StationAbout.Connector(number: 1, cp: station, status: "Available"),
            StationAbout.Connector(number: 2, cp: ChargePointID(known: "ST-1_2"), error: "GroundFailure"),
        ]
        report.quirks = ["number-as-text", "time-without-zone"]
        return report
    }()

    static let reply: StationReply = {
        var reply = StationReply(
            epoch: 7, gateway: gateway, station: station, id: CommandID(known: "c-1"), outcome: .answered, isDone: true,
            words: "the station says Accepted")
        (reply.part, reply.hasMore, reply.isCut, reply.payload) = (3, true, true, #"{"status":"Acc"#)
        return reply
    }()

    static let wishes: [StationWish] = [
        .reset(isImmediate: true, connector: nil), .reset(isImmediate: false, connector: 2), .unlock(connector: 1),
        .trigger(.boot, connector: nil), .trigger(.meterValues, connector: 1), .getConfiguration([]), .getConfiguration(["A", "B \"c\""]),
        .changeConfiguration(key: "HeartbeatInterval", value: ""), .getVariables([StationVariable(component: "C", variable: "V")]),
        .setVariables([
            StationVariable(
                component: "C", componentInstance: "1", connector: 2, variable: "V", variableInstance: "x", attribute: .target, value: "ü")
        ]), .getBaseReport(.summary), .clearCache,
        .sendLocalList(
            LocalListPage(
                version: 5, isFull: true, [.init(TokenID(known: "CARD-1"), .valid, expires: Samples.now), .init(TokenID(known: "CARD-2"), .blocked)])),
        .getLocalListVersion, .tail,
    ]

    static let all: [BusMessage] =
        [
            .gateway(gatewayReport), .gateway(.will(epoch: 7, gateway: gateway)),
            .gateway(GatewayReport(epoch: 7, gateway: gateway, online: false, reason: "stopped")), .station(.report(report)),
            .station(.report(StationAbout(epoch: 7, gateway: gateway, station: station, name: "ST-1", isConnected: false))),
            .station(.reply(reply)),
            .station(
                .frame(
                    StationFrame(
                        epoch: 7, gateway: gateway, station: station, direction: .fromStation, at: Samples.now, bytes: 30, missed: 4,
                        text: #"[2,"1","Heartbeat",{}]"#))),
        ] + wishes.map(command)
}

@Suite("Messages about stations") struct StationMessageTests {
    private let wire = Wire(site: nil)

    @Test("S13: every message comes back as it went", arguments: StationSamples.all) func roundTrip(_ message: BusMessage) throws {
        for wire in [Wire(site: nil), Wire(site: "madrid")] {
            let publication = wire.publication(message, at: Samples.now)
            #expect(publication.payload.count <= Wire.payloadLimit)
            #expect(try wire.decode(topic: publication.topic, payload: publication.payload) == .message(message))
        }
    }

    @Test("S13: QoS, retained flag and expiry") func delivery() {
        func publication(_ message: BusMessage) -> Publication { wire.publication(message, at: Samples.now) }
        let about = publication(.station(.report(StationSamples.report)))
        #expect(about.qos == .atLeastOnce && about.retain && about.topic == "station/ST-1/about")
        let command = publication(StationSamples.command(.clearCache))
        #expect(command.qos == .atLeastOnce && !command.retain && command.expirySeconds == 10)
        let reply = publication(.station(.reply(StationSamples.reply)))
        #expect(reply.qos == .atLeastOnce && !reply.retain)
        #expect(publication(.gateway(StationSamples.gatewayReport)).retain)
        let frame = StationFrame(
            epoch: 1, gateway: StationSamples.gateway, station: StationSamples.station, direction: .toStation, at: Samples.now, bytes: 1, missed: 0,
            text: "")
        #expect(publication(.station(.frame(frame))).qos == .atMostOnce)
    }

    @Test("P4: the largest of each kind is within the limit of the bus") func sizes() {
        let nasty = String(repeating: "\"\\\u{1}", count: 10_000)
        var report = StationAbout(epoch: 7, gateway: StationSamples.gateway, station: StationSamples.station, name: nasty, isConnected: true)
        (report.vendor, report.model, report.serial, report.firmware) = (nasty, nasty, nasty, nasty)
        report.connectors = (1...64).map {
            StationAbout.Connector(number: $0, cp: ChargePointID(known: String(repeating: "x", count: 36)), error: nasty)
        }
        report.quirks = Array(repeating: String(repeating: "q", count: 40), count: 40)
        var gateway = StationSamples.gatewayReport
        for index in 0..<40 {
            gateway.note(GatewayReport.Stranger(name: "\(index)" + nasty, address: nasty, status: 404, why: nasty, at: Samples.now, times: .max))
        }
        var reply = StationSamples.reply
        reply.payload = String(repeating: "\"", count: StationReply.partLimit)
        let frame = StationFrame(
            epoch: 7, gateway: StationSamples.gateway, station: StationSamples.station, direction: .toStation, at: Samples.now, bytes: 1 << 20,
            missed: .max, text: nasty)
        #expect(frame.text.hasSuffix("…"))
        let page = LocalListPage(
            version: .max, isFull: false,
            (0..<LocalListPage.most).map { .init(TokenID(known: "\($0)" + String(repeating: "x", count: 33)), .valid, expires: Samples.now) })
        let messages: [BusMessage] = [
            .station(.report(report)), .gateway(gateway), .station(.reply(reply)), .station(.frame(frame)),
            StationSamples.command(.sendLocalList(page)),
        ]
        for message in messages {
            let publication = wire.publication(message, at: Samples.now)
            #expect(publication.payload.count <= Wire.payloadLimit, "\(publication.topic): \(publication.payload.count)")
            #expect(throws: Never.self) { try wire.decode(topic: publication.topic, payload: publication.payload) }
        }
    }

    @Test("P4: what was spoilt is rejected, or is the same when it is written and read again") func spoilt() throws {
        var mutator = Mutator(seed: 13)
        var accepted = 0
        for turn in 0..<8000 {
            let publication = wire.publication(StationSamples.all[turn % StationSamples.all.count], at: Samples.now)
            var payload = publication.payload
            for _ in 0..<(1 + mutator.below(3)) { mutator.mutate(&payload) }
            guard case .message(let message)? = try? wire.decode(topic: publication.topic, payload: payload) else { continue }
            accepted += 1
            let again = wire.publication(message, at: Samples.now)
            #expect(try wire.decode(topic: again.topic, payload: again.payload) == .message(message))
        }
        #expect(accepted > 200, "\(accepted)")
    }

    @Test("A wish that an operator wrote: the field, what was found, and what was expected") func wishes() throws {
        for wish in StationSamples.wishes where wish != .tail && wish.name != .sendLocalList {
            #expect(try StationWish.read(wish.body) == .wish(wish))
        }
        func fault(_ text: String) -> String {
            do throws(Rejection) {
                _ = try StationWish.read(Array(text.utf8))
                return ""
            } catch { return error.description }
        }
        #expect(fault("{}").hasPrefix("command: expected"))
        #expect(fault(#"{"command":"tail"}"#).hasPrefix("command=tail: expected reset"))
        #expect(fault(#"{"command":"unlock"}"#) == "connector: expected a whole number, 1 to 64")
        #expect(fault(#"{"command":"unlock","connector":65}"#) == "connector=65: expected a whole number, 1 to 64")
        #expect(fault(#"{"command":"reset","imediate":true}"#).hasPrefix("imediate=true: expected no such field"))
        #expect(fault(#"{"command":"get-variables","variables":[{"component":"C","variable":"V","value":"1"}]}"#).hasPrefix("variables[0].value"))
        #expect(fault(#"{"command":"get-variables"}"#).hasPrefix("variables: expected"))
        #expect(fault(#"{"command":"set-variables","variables":[{"component":"C","variable":"V"}]}"#).hasPrefix("variables[0].value: expected"))
        #expect(fault(#"{"command":"trigger","message":"Nonsense"}"#).hasPrefix("message=\"Nonsense\": expected BootNotification"))
        #expect((try? StationWish.read(Array(#"{"command":"send-local-list"}"#.utf8))) == .localList)
        #expect((try? StationWish.read(Array(#"{"command":"reserve-now"}"#.utf8))) == .notSupported("reserve-now"))
    }
}
