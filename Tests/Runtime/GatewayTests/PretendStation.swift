import ChargingModel
import Gateway
import JSON
import OCPP

/// A station with connectors, meters and a queue, as honest ones are: what it metered it says until it is confirmed, one call after the other.
struct PretendStation {
    struct Charge {
        var key: Int
        var token: String
        var start: Int64
        var end: Int64?
        /// The number that the gateway gave it (1.6).
        var number: Int64?
        var remoteStart: Int64?
        var seqNo: Int64 = 0
        var isDenied = false
        var id: String { "tx-\(key)" }
        var energy: Int64 { end.map { $0 - start } ?? 0 }
    }

    /// Something to say until it is confirmed.
    struct Message {
        enum Kind {
            case start
            case values(Int64)
            case stop
        }

        var kind: Kind
        var charge: Int
        var evse: Int32
        var time: WallTime
        /// The number of the event (2.0.1).
        var seqNo: Int64
        var isOffline: Bool
        /// The register, at that time.
        var register: Int64
    }

    let version: OCPPVersion
    var registers: [Int32: Int64]
    /// All charges, by their keys.
    var charges: [Int: Charge] = [:]
    var running: [Int32: Int] = [:]
    var queue: [Message] = []
    /// Remote starts that wait for a vehicle: their token and number, by connector.
    var promised: [Int32: (token: String, remoteStart: Int64?)] = [:]
    /// The call on its way.
    var outstanding: (id: String, message: Message?, at: Instant)?
    var isConnected = false
    private var lastCall = 0
    private var lastKey = 0

    init(_ version: OCPPVersion, connectors: Int32) {
        self.version = version
        registers = [:]
        for evse in 1...connectors { registers[evse] = 1000 * Int64(evse) }
    }

    // MARK: What happens at it

    mutating func begin(at evse: Int32, _ token: String, remoteStart: Int64? = nil, now: Now) {
        guard running[evse] == nil, let register = registers[evse] else { return }
        lastKey += 1
        charges[lastKey] = Charge(key: lastKey, token: token, start: register, remoteStart: remoteStart)
        running[evse] = lastKey
        say(.start, lastKey, evse, now)
    }

    mutating func flow(_ energy: Int64) { for evse in running.keys { registers[evse]? += energy } }

    mutating func measure(at evse: Int32, now: Now) { if let key = running[evse] { say(.values(registers[evse] ?? 0), key, evse, now) } }

    mutating func end(at evse: Int32, now: Now) {
        guard let key = running.removeValue(forKey: evse) else { return }
        charges[key]?.end = registers[evse]
        say(.stop, key, evse, now)
    }

    private mutating func say(_ kind: Message.Kind, _ key: Int, _ evse: Int32, _ now: Now) {
        let seqNo = charges[key]?.seqNo ?? 0
        charges[key]?.seqNo += 1
        queue.append(
            Message(
                kind: kind, charge: key, evse: evse, time: now.wall, seqNo: seqNo, isOffline: !isConnected, register: registers[evse] ?? 0))
    }

    /// The energy of the charges that are over.
    var metered: Int64 { charges.values.reduce(0) { $0 + $1.energy } }
    var ended: Int { charges.values.count { $0.energy > 0 } }

    // MARK: What it says

    mutating func connected() {
        isConnected = true
        outstanding = nil
    }

    mutating func disconnected() {
        isConnected = false
        outstanding = nil
    }

    /// The next frame, if none is on its way.
    mutating func next(at now: Now, shuffled random: inout SplitMix64) -> String? {
        guard isConnected else { return nil }
        if let out = outstanding {
            guard now.monotonic - out.at > .seconds(30) else { return nil }
            // It says it again, under a new id.
            outstanding = nil
        }
        guard !queue.isEmpty else { return nil }
        // 2.0.1 promises no order.
        let index = version == .v201 && Int.random(in: 0..<4, using: &random) == 0 ? Int.random(in: 0..<queue.count, using: &random) : 0
        let message = queue[index]
        lastCall += 1
        let id = "k\(lastCall)"
        outstanding = (id, message, now.monotonic)
        return frame(id, message)
    }

    private func frame(_ id: String, _ message: Message) -> String {
        let charge = charges[message.charge]!
        let time = message.time.text
        guard version == .v16 else { return event(id, message, charge, time) }
        let number = charge.number ?? -1
        switch message.kind {
        case .start:
            return
                #"[2,"\#(id)","StartTransaction",{"connectorId":\#(message.evse),"idTag":"\#(charge.token)","meterStart":\#(charge.start),"timestamp":"\#(time)"}]"#
        case .values(let register):
            let values = #"[{"timestamp":"\#(time)","sampledValue":[{"value":"\#(register)"}]}]"#
            return #"[2,"\#(id)","MeterValues",{"connectorId":\#(message.evse),"transactionId":\#(number),"meterValue":\#(values)}]"#
        case .stop:
            return #"[2,"\#(id)","StopTransaction",{"transactionId":\#(number),"meterStop":\#(message.register),"timestamp":"\#(time)"}]"#
        }
    }

    private func event(_ id: String, _ message: Message, _ charge: Charge, _ time: String) -> String {
        let (kind, context) =
            switch message.kind {
            case .start: ("Started", "Transaction.Begin")
            case .values: ("Updated", "Sample.Periodic")
            case .stop: ("Ended", "Transaction.End")
            }
        var info = #""transactionId":"\#(charge.id)""#
        if case .start = message.kind, let remoteStart = charge.remoteStart { info += #","remoteStartId":\#(remoteStart)"# }
        var payload =
            #""eventType":"\#(kind)","timestamp":"\#(time)","triggerReason":"Trigger","seqNo":\#(message.seqNo),"transactionInfo":{\#(info)}"#
        payload += #","evse":{"id":\#(message.evse),"connectorId":1},"offline":\#(message.isOffline)"#
        if case .start = message.kind { payload += #","idToken":{"idToken":"\#(charge.token)","type":"ISO14443"}"# }
        let register = if case .start = message.kind { charge.start } else { message.register }
        payload += #","meterValue":[{"timestamp":"\#(time)","sampledValue":[{"value":\#(register),"context":"\#(context)"}]}]"#
        return "[2,\"\(id)\",\"TransactionEvent\",{\(payload)}]"
    }

    // MARK: What it hears

    /// Hears a frame; returns its answer, if it was a call.
    mutating func hear(_ frame: String, now: Now, random: inout SplitMix64) -> String? {
        guard let elements = (try? JSONValue(Array(frame.utf8)))?.elements, elements.count > 2, let id = elements[1].string else { return nil }
        if elements[0].text == "3" || elements[0].text == "4" {
            confirmed(id, elements[0].text == "3" ? elements[2].object : nil, now)
            return nil
        }
        guard let call = GatewayCall(elements) else { return nil }
        return "[3,\"\(id)\",\(obey(call, now: now))]"
    }

    private mutating func confirmed(_ id: String, _ result: JSONObject?, _ now: Now) {
        guard let out = outstanding, out.id == id else { return }
        outstanding = nil
        guard let message = out.message, let result else { return }
        queue.removeAll { $0.charge == message.charge && $0.seqNo == message.seqNo }
        guard case .start = message.kind else { return }
        charges[message.charge]?.number = result["transactionId"]?.number?.integer
        let status = (result["idTagInfo"] ?? result["idTokenInfo"])?.object?["status"]?.string
        if let status, status != "Accepted" {
            charges[message.charge]?.isDenied = true
            if running[message.evse] == message.charge { end(at: message.evse, now: now) }
        }
    }

    private mutating func obey(_ call: GatewayCall, now: Now) -> String {
        switch call.action {
        case "RemoteStartTransaction", "RequestStartTransaction":
            let evse = Int32(truncatingIfNeeded: call.number("connectorId") ?? call.number("evseId") ?? 1)
            guard running[evse] == nil else { return #"{"status":"Rejected"}"# }
            promised[evse] = (call.token, call.number("remoteStartId"))
            return #"{"status":"Accepted"}"#
        case "RemoteStopTransaction", "RequestStopTransaction":
            for (evse, key) in running.sorted(by: { $0.key < $1.key }) {
                guard let charge = charges[key] else { continue }
                if call.transaction == (version == .v16 ? charge.number.map(String.init) : charge.id) {
                    end(at: evse, now: now)
                    return #"{"status":"Accepted"}"#
                }
            }
            return #"{"status":"Rejected"}"#
        case "GetLocalListVersion": return #"{"listVersion":0}"#
        case "GetTransactionStatus":
            let charge = charges.first { $0.value.id == call.transaction }
            let waits = charge.map { known in queue.contains { $0.charge == known.key } } ?? false
            let isOngoing = charge.map { running.values.contains($0.key) }.map { #""ongoingIndicator":\#($0),"# } ?? ""
            return "{\(isOngoing)\"messagesInQueue\":\(waits)}"
        default: return #"{"status":"Accepted"}"#
        }
    }
}
