import ChargingModel
import Testing

private let local = GatewayID(known: "local")
private let st1 = ChargePointID(known: "ST-1")

private struct Bench {
    var clock = HandClock()
    var desk = StationDesk(seed: 1)

    mutating func tell(_ event: StationDesk.Event) -> [StationDesk.Action] { desk.handle(event, at: clock.now) }

    mutating func pass(_ duration: Duration) -> [StationDesk.Action] {
        let end = clock.now.monotonic + duration
        var actions: [StationDesk.Action] = []
        while let due = desk.deadline, due <= end {
            clock.advance(max(.zero, due - clock.now.monotonic))
            actions += tell(.tick)
        }
        clock.advance(end - clock.now.monotonic)
        return actions
    }

    static func report(_ station: ChargePointID = st1, epoch: Epoch = 3, isConnected: Bool = true, page: Int? = nil) -> StationAbout {
        var report = StationAbout(epoch: epoch, gateway: local, station: station, name: station.text, isConnected: isConnected)
        report.listPage = page
        return report
    }

    /// A Central that is online, with a gateway and a station.
    mutating func open(page: Int? = nil) {
        _ = tell(.online(9))
        _ = tell(.gateway(GatewayReport(epoch: 3, gateway: local, online: true), retained: true))
        _ = tell(.station(.report(Self.report(page: page)), retained: true))
    }

    mutating func ask(_ wish: StationWish = .clearCache, _ question: UInt64 = 1) -> StationCommand? {
        tell(.ask(st1, .wish(wish), question: question)).commands.first
    }

    mutating func reply(
        _ command: StationCommand?, _ outcome: StationReply.Outcome = .answered, isDone: Bool = true, part: Int = 0, more: Bool = false,
        cut: Bool = false, payload: String? = nil, epoch: Epoch = 3, gateway: GatewayID = local
    ) -> [StationDesk.Action] {
        guard let command else { return [] }
        var reply = StationReply(epoch: epoch, gateway: gateway, station: st1, id: command.id, outcome: outcome, isDone: isDone, words: "so")
        (reply.part, reply.hasMore, reply.isCut, reply.payload) = (part, more, cut, payload)
        return tell(.station(.reply(reply), retained: false))
    }
}

extension [StationDesk.Action] {
    fileprivate var commands: [StationCommand] { compactMap { if case .publish(.station(.command(let command))) = $0 { command } else { nil } } }
    fileprivate var answers: [StationResult] { compactMap { if case .answer(_, let result) = $0 { result } else { nil } } }
}

@Suite("Central's desk for stations") struct StationDeskTests {
    @Test("S13: a command goes to the gateway that tells of the station, and what comes of it is the answer, once") func answered() {
        var bench = Bench()
        bench.open()
        let command = bench.ask()
        #expect(command?.gateway == local && command?.epoch == 9 && command?.wish == .clearCache)
        let answers = bench.reply(command, payload: #"{"status":"Accepted"}"#).answers
        #expect(answers.map(\.outcome) == [.answered] && answers.first?.isDone == true && answers.first?.payload == #"{"status":"Accepted"}"#)
        #expect(bench.reply(command).isEmpty)
    }

    @Test("S13: unknown, not connected, gateway gone, no answer, too much at once") func troubles() {
        var bench = Bench()
        #expect(bench.tell(.ask(st1, .wish(.clearCache), question: 1)).answers.map(\.outcome) == [.busy])
        bench.open()
        #expect(bench.tell(.ask(ChargePointID(known: "X"), .wish(.clearCache), question: 1)).answers.map(\.outcome) == [.unknown])
        for _ in 0..<4 { #expect(bench.ask() != nil) }
        #expect(bench.tell(.ask(st1, .wish(.clearCache), question: 1)).answers.map(\.outcome) == [.busy])
        #expect(bench.pass(.seconds(60)).answers.map(\.outcome) == Array(repeating: .noAnswer, count: 4))
        _ = bench.tell(.station(.report(Bench.report(isConnected: false)), retained: false))
        #expect(bench.tell(.ask(st1, .wish(.clearCache), question: 1)).answers.map(\.outcome) == [.notConnected])
        _ = bench.tell(.station(.report(Bench.report()), retained: false))
        _ = bench.tell(.gateway(.will(epoch: 3, gateway: local), retained: false))
        #expect(bench.desk.stationList.map(\.isConnected) == [false])
        #expect(bench.tell(.ask(st1, .wish(.clearCache), question: 1)).answers.map(\.outcome) == [.notConnected])
    }

    @Test("S13: what waits when the connection is lost, or Central stops, is answered") func lost() {
        var bench = Bench()
        bench.open()
        _ = bench.ask()
        #expect(bench.tell(.offline).answers.map(\.outcome) == [.noAnswer])
        bench.open()
        _ = bench.ask()
        #expect(bench.tell(.stop).answers.map(\.outcome) == [.noAnswer])
        #expect(bench.tell(.ask(st1, .wish(.clearCache), question: 1)).answers.map(\.outcome) == [.busy])
    }

    @Test("P6: another's answer, one of an older connection, or to nothing, is none") func strangers() {
        var bench = Bench()
        bench.open()
        let command = bench.ask()
        let other = GatewayID(known: "other")
        _ = bench.tell(.gateway(GatewayReport(epoch: 3, gateway: other, online: true), retained: false))
        #expect(bench.reply(command, gateway: other).isEmpty)
        #expect(bench.reply(command, epoch: 2).isEmpty)
        #expect(bench.reply(command, epoch: 4).isEmpty)
        #expect(bench.reply(command).answers.count == 1)
    }

    @Test("S13: a long answer and a report are put together; a part that comes again is one, and one that is missing ends it") func parts() {
        var bench = Bench()
        bench.open()
        _ = bench.tell(.watch(st1, true))
        var command = bench.ask(.getBaseReport(.full))
        #expect(bench.reply(command, part: 0, more: true, cut: true, payload: #"{"stat"#).isEmpty)
        #expect(bench.reply(command, part: 0, more: true, cut: true, payload: #"{"stat"#).isEmpty)
        #expect(bench.reply(command, part: 1, more: true, payload: #"us":"Accepted"}"#).answers.isEmpty)
        #expect(bench.reply(command, part: 2, more: true, payload: #"{"seqNo":0}"#) == [.news(.report(st1, #"{"seqNo":0}"#))])
        let answer = bench.reply(command, part: 3, payload: #"{"seqNo":1}"#).answers.first
        #expect(answer?.payload == #"{"status":"Accepted"}"# && answer?.reports == [#"{"seqNo":0}"#, #"{"seqNo":1}"#] && answer?.isDone == true)
        command = bench.ask(.getBaseReport(.full))
        #expect(bench.reply(command, part: 0, more: true, payload: "{}").isEmpty)
        #expect(bench.reply(command, part: 2, more: true, payload: "{}").answers.map(\.outcome) == [.noAnswer])
    }

    @Test("S13: an answer without end is given up") func endless() {
        var bench = Bench()
        bench.open()
        let command = bench.ask(.getConfiguration([]))
        let piece = String(repeating: "x", count: StationReply.partLimit)
        var answers: [StationResult] = []
        var part = 0
        while answers.isEmpty, part < 1000 {
            answers = bench.reply(command, part: part, more: true, cut: true, payload: piece).answers
            part += 1
        }
        #expect(answers.map(\.outcome) == [.noAnswer] && part <= StationDesk.answerLimit / StationReply.partLimit + 1)
    }

    @Test("S13: the local list goes page by page, Full first; the first page that is not taken ends it, and is told") func localList() {
        var bench = Bench()
        bench.open(page: 2)
        let entries = (0..<5).map { LocalListPage.Entry(TokenID(known: "CARD-\($0)"), .valid) }
        func page(_ command: StationCommand?) -> LocalListPage? { if case .sendLocalList(let page)? = command?.wish { page } else { nil } }
        var command = bench.tell(.ask(st1, .localList(entries), question: 1)).commands.first
        var pages: [LocalListPage] = []
        while let next = page(command) {
            pages.append(next)
            let actions = bench.reply(command)
            command = actions.commands.first
            if let result = actions.answers.first {
                #expect(result.pages?.taken == 3 && result.pages?.all == 3 && result.pages?.version == next.version && result.isDone)
            }
        }
        #expect(pages.map(\.isFull) == [true, false, false] && pages.map(\.entries.count) == [2, 2, 1])
        #expect(pages.map(\.version) == pages.map(\.version).sorted() && Set(pages.map(\.version)).count == 3)
        command = bench.tell(.ask(st1, .localList(entries), question: 2)).commands.first
        #expect((page(command)?.version ?? 0) > (pages.last?.version ?? 0))
        command = bench.reply(command).commands.first
        let failed = bench.reply(command, isDone: false).answers.first
        #expect(failed?.pages?.taken == 1 && failed?.isDone == false && failed?.words == "page 2 of 3 was not taken: so")
        #expect(page(bench.tell(.ask(st1, .localList([]), question: 3)).commands.first)?.isFull == true)
    }

    @Test("S13: a lease is renewed as long as somebody reads, and frames of others are not handed on") func leases() {
        var bench = Bench()
        bench.open()
        #expect(bench.tell(.watch(st1, true)).commands.map(\.wish) == [.tail])
        #expect(bench.pass(.seconds(35)).commands.map(\.wish) == [.tail, .tail, .tail])
        let frame = StationFrame(
            epoch: 3, gateway: local, station: st1, direction: .toStation, at: bench.clock.now.wall, bytes: 2, missed: 0, text: "[]")
        #expect(bench.tell(.station(.frame(frame), retained: false)) == [.news(.frame(frame))])
        #expect(bench.tell(.watch(st1, false)).isEmpty && bench.pass(.seconds(60)).isEmpty)
        #expect(bench.tell(.station(.frame(frame), retained: false)).isEmpty)
    }

    @Test("S13: a liar fills no memory, and takes no place from those that are there") func bounded() {
        var bench = Bench()
        bench.open()
        for index in 0..<200 {
            _ = bench.tell(.gateway(GatewayReport(epoch: 1, gateway: GatewayID(known: "g\(index)"), online: true), retained: false))
        }
        #expect(bench.desk.gatewayList.count == StationDesk.gatewayLimit)
        var report = Bench.report()
        report.connectors = (1...64).map { StationAbout.Connector(number: $0, cp: st1) }
        for index in 0..<1200 {
            report.station = ChargePointID(known: "S\(index)")
            _ = bench.tell(.station(.report(report), retained: false))
        }
        #expect(bench.desk.stationList.reduce(0) { $0 + $1.connectors.count } <= StationDesk.partLimit)
        for index in 0..<(StationDesk.stationLimit + 100) {
            _ = bench.tell(.station(.report(Bench.report(ChargePointID(known: "T\(index)"))), retained: false))
        }
        #expect(bench.desk.stationList.count <= StationDesk.stationLimit && bench.desk.station(st1) != nil)
    }

    @Test("S13: those who look on learn that something is another, and nothing of what is said again") func revision() {
        var bench = Bench()
        _ = bench.tell(.online(9))
        #expect(bench.desk.revision == 0)
        bench.open()
        let first = bench.desk.revision
        #expect(first == 2)
        bench.open()
        _ = bench.tell(.watch(st1, true))
        #expect(bench.desk.revision == first)
        _ = bench.tell(.station(.report(Bench.report(isConnected: false)), retained: false))
        #expect(bench.desk.revision == first + 1)
        _ = bench.tell(.gateway(.will(epoch: 3, gateway: local), retained: false))
        #expect(bench.desk.revision == first + 2)
    }

    @Test("S13: whatever is said on the bus, each question is answered once", arguments: 0..<50) func anything(_ seed: UInt64) {
        var bench = Bench()
        var random = SplitMix64(seed: seed)
        func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
        let gateways = ["local", "other"].map { GatewayID(known: $0) }
        let stations = ["ST-1", "ST-2", "ST-3"].map { ChargePointID(known: $0) }
        var asked: Set<UInt64> = []
        var answered: [UInt64] = []
        var commands: [StationCommand] = []
        func note(_ actions: [StationDesk.Action]) {
            commands += actions.commands.filter { $0.wish != .tail }
            answered += actions.compactMap { if case .answer(let question, _) = $0 { question } else { nil } }
        }
        for question in 1...400 as ClosedRange<UInt64> {
            let gateway = gateways[below(2)]
            let epoch = Epoch(1 + below(3))
            switch below(8) {
            case 0: note(bench.tell(.online(Epoch(below(9) + 1))))
            case 1: if below(6) == 0 { note(bench.tell(.offline)) }
            case 2: note(bench.tell(.gateway(GatewayReport(epoch: epoch, gateway: gateway, online: below(4) > 0), retained: below(2) == 0)))
            case 3:
                var report = Bench.report(stations[below(3)], epoch: epoch, isConnected: below(5) > 0, page: below(2) == 0 ? 1 + below(9) : nil)
                report.gateway = gateway
                note(bench.tell(.station(.report(report), retained: below(2) == 0)))
            case 4:
                let entries = (0..<below(9)).map { LocalListPage.Entry(TokenID(known: "C\($0)"), .valid) }
                asked.insert(question)
                note(bench.tell(.ask(stations[below(3)], below(2) == 0 ? .localList(entries) : .wish(.clearCache), question: question)))
            case 5: note(bench.tell(.watch(stations[below(3)], below(2) == 0)))
            case 6: note(bench.pass(.seconds(below(20))))
            default:
                guard !commands.isEmpty else { continue }
                let command = commands[below(commands.count)]
                var reply = StationReply(
                    epoch: epoch, gateway: below(4) == 0 ? gateway : command.gateway, station: command.station, id: command.id,
                    outcome: StationReply.Outcome.allCases[below(6)], isDone: below(2) == 0, words: "so")
                (reply.part, reply.hasMore, reply.isCut, reply.payload) = (below(3), below(3) == 0, below(4) == 0, below(2) == 0 ? "{}" : nil)
                note(bench.tell(.station(.reply(reply), retained: below(9) == 0)))
            }
        }
        note(bench.tell(.stop))
        #expect(answered.count == asked.count && Set(answered) == asked)
    }
}
