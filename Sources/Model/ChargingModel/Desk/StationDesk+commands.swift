/// Commands that wait for an answer.
extension StationDesk {
    struct Waiting: Sendable {
        var question: UInt64
        var station: ChargePointID
        var until: Instant
        /// The number of the part that comes next.
        var part = 0
        /// The pieces of a payload that are there, and the bytes of all that came.
        var pieces = ""
        var bytes = 0
        var result: StationResult?
        /// The pages that are still to be sent, the next one first.
        var pages: [LocalListPage] = []
        var progress: StationResult.Pages?
    }

    mutating func take(_ ask: StationAsk, of station: ChargePointID, _ question: UInt64) {
        func refuse(_ outcome: StationResult.Outcome, _ words: String) { actions.append(.answer(question, StationResult(outcome, words))) }
        guard !isStopping, let link else { return refuse(.busy, "Central is stopping, or not there yet") }
        guard let report = reports[station] else { return refuse(.unknown, "no gateway knows a station \(station)") }
        guard isHere(report) else { return refuse(.notConnected, "gateway \(report.gateway), which serves it, is not there") }
        guard report.isConnected else { return refuse(.notConnected, "station \(station) is not connected") }
        let ofStation = waiting.values.count { $0.station == station }
        guard waiting.count < StationDesk.mostWaiting, ofStation < StationDesk.mostWaitingOfStation else {
            return refuse(.busy, ofStation > 0 ? "station \(station) has not answered what it was asked before" : "too much is asked at once")
        }
        var waits = Waiting(question: question, station: station, until: now.monotonic + StationDesk.patience)
        switch ask {
        case .wish(let wish): waiting[send(wish, to: report, link)] = waits
        case .localList(let entries):
            waits.pages = pages(of: entries, for: report)
            let first = waits.pages.removeFirst()
            waits.progress = StationResult.Pages(taken: 0, all: waits.pages.count + 1, version: first.version)
            waiting[send(.sendLocalList(first), to: report, link)] = waits
        }
    }

    /// The whole list in pages: the first takes the place of the list before, the others add to it.
    private mutating func pages(of entries: [LocalListPage.Entry], for report: StationAbout) -> [LocalListPage] {
        let size = min(report.listPage ?? LocalListPage.usual, LocalListPage.most)
        var pages: [LocalListPage] = []
        var rest = entries[...]
        repeat {
            lastListVersion = max(lastListVersion &+ 1, listVersionNow)
            pages.append(LocalListPage(version: lastListVersion, isFull: pages.isEmpty, Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        } while !rest.isEmpty
        return pages
    }

    /// The seconds since 2020: a number that goes on growing when Central starts anew.
    private var listVersionNow: Int32 { Int32(clamping: max(1, now.wall.milliseconds / 1000 - 1_577_836_800)) }

    // MARK: Answers

    mutating func take(_ reply: StationReply) {
        guard var waits = waiting[reply.id], waits.station == reply.station, reports[reply.station]?.gateway == reply.gateway else { return }
        // One that comes again.
        guard reply.part >= waits.part else { return }
        guard reply.part == waits.part else { return conclude(reply.id, StationResult(.noAnswer, "a part of the answer was lost")) }
        waits.part += 1
        waits.until = now.monotonic + StationDesk.patience
        waits.bytes += reply.payload?.utf8.count ?? 0
        guard waits.bytes <= StationDesk.answerLimit else {
            return conclude(reply.id, StationResult(.noAnswer, "the answer has more than \(StationDesk.answerLimit) bytes"))
        }
        waits.pieces += reply.payload ?? ""
        if !reply.isCut { close(reply, &waits) }
        waiting[reply.id] = waits
        guard !reply.hasMore, !reply.isCut, let result = waits.result else { return }
        goOn(reply.id, waits, result)
    }

    /// Takes a payload that is whole: the answer, or after that a report.
    private mutating func close(_ reply: StationReply, _ waits: inout Waiting) {
        let payload = waits.pieces
        waits.pieces = ""
        guard waits.result != nil else {
            waits.result = StationResult(StationResult.Outcome(reply.outcome), isDone: reply.isDone, reply.words)
            if !payload.isEmpty { waits.result?.payload = payload }
            return
        }
        if reply.outcome != .answered || !reply.isDone {
            waits.result?.isDone = false
            waits.result?.words = reply.words
            waits.result?.outcome = StationResult.Outcome(reply.outcome)
        }
        guard !payload.isEmpty else { return }
        waits.result?.reports.append(payload)
        if watched[reply.station] != nil { actions.append(.news(.report(reply.station, payload))) }
    }

    /// Sends the next page, if the last was taken; otherwise it is over.
    private mutating func goOn(_ id: CommandID, _ waits: Waiting, _ result: StationResult) {
        guard var progress = waits.progress else { return conclude(id, result) }
        if result.isDone { progress.taken += 1 }
        guard result.isDone, !waits.pages.isEmpty, let link, let report = reports[waits.station] else {
            waiting[id]?.progress = progress
            var last = result
            if !result.isDone { last.words = "page \(progress.taken + 1) of \(progress.all) was not taken: \(result.words)" }
            return conclude(id, last)
        }
        waiting[id] = nil
        var next = Waiting(question: waits.question, station: waits.station, until: now.monotonic + StationDesk.patience)
        next.pages = waits.pages
        let page = next.pages.removeFirst()
        progress.version = page.version
        next.progress = progress
        waiting[send(.sendLocalList(page), to: report, link)] = next
    }

    mutating func conclude(_ id: CommandID, _ result: StationResult) {
        guard let waits = waiting.removeValue(forKey: id) else { return }
        var result = result
        result.pages = waits.progress
        // What came of a report before it broke off.
        if result.reports.isEmpty { result.reports = waits.result?.reports ?? [] }
        actions.append(.answer(waits.question, result))
    }
}
