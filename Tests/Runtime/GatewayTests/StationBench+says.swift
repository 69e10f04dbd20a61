import ChargingModel
import Gateway
import OCPP

/// What a station says, in the words of its version.
extension StationBench {
    @discardableResult
    mutating func boot(_ id: String? = nil, serial: String? = nil, meter: String? = nil) -> [StationCore.Action] {
        let serials =
            (serial.map { #","\#(version == .v16 ? "chargePointSerialNumber" : "serialNumber")":"\#($0)""# } ?? "")
            + (meter.map { #","meterSerialNumber":"\#($0)""# } ?? "")
        return switch version {
        case .v16: call("BootNotification", #"{"chargePointVendor":"Acme","chargePointModel":"Box"\#(serials)}"#, id: id)
        case .v201: call("BootNotification", #"{"reason":"PowerUp","chargingStation":{"vendorName":"Acme","model":"Box"\#(serials)}}"#, id: id)
        }
    }

    @discardableResult
    mutating func status(_ status: String, at evse: Int32 = 1, time: String? = nil, error: String = "NoError") -> [StationCore.Action] {
        switch version {
        case .v16:
            call(
                "StatusNotification",
                #"{"connectorId":\#(evse),"errorCode":"\#(error)","status":"\#(status)","timestamp":"\#(time ?? self.time)"}"#)
        case .v201:
            call(
                "StatusNotification",
                #"{"evseId":\#(evse),"connectorId":1,"connectorStatus":"\#(status)","timestamp":"\#(time ?? self.time)"}"#)
        }
    }

    @discardableResult
    mutating func authorize(_ token: String) -> [StationCore.Action] {
        switch version {
        case .v16: call("Authorize", #"{"idTag":"\#(token)"}"#)
        case .v201: call("Authorize", #"{"idToken":{"idToken":"\#(token)","type":"ISO14443"}}"#)
        }
    }

    @discardableResult
    mutating func start(_ token: String, at evse: Int32 = 1, register: String = "1000", time: String? = nil, id: String? = nil)
        -> [StationCore.Action]
    {
        call(
            "StartTransaction",
            #"{"connectorId":\#(evse),"idTag":"\#(token)","meterStart":\#(register),"timestamp":"\#(time ?? self.time)"}"#, id: id)
    }

    @discardableResult
    mutating func stop(_ number: Int64, register: String = "1500", time: String? = nil, token: String? = nil, data: String = "", id: String? = nil)
        -> [StationCore.Action]
    {
        let tag = token.map { #","idTag":"\#($0)""# } ?? ""
        return call(
            "StopTransaction",
            #"{"transactionId":\#(number),"meterStop":\#(register),"timestamp":"\#(time ?? self.time)"\#(tag)\#(data)}"#, id: id)
    }

    /// Meter values, of a transaction where one is named.
    @discardableResult
    mutating func meter(_ register: String, of number: Int64? = nil, at evse: Int32 = 1) -> [StationCore.Action] {
        let named = number.map { #","transactionId":\#($0)"# } ?? ""
        return call(
            "MeterValues",
            #"{"connectorId":\#(evse)\#(named),"meterValue":[{"timestamp":"\#(time)","sampledValue":[{"value":"\#(register)"}]}]}"#)
    }

    /// A TransactionEvent.
    @discardableResult
    mutating func event(
        _ kind: String, _ seqNo: Int64, of transaction: String = "tx-1", at evse: Int32? = nil, register: Int64? = nil, token: String? = nil,
        remoteStart: Int64? = nil, state: String? = nil, offline: Bool = false, time: String? = nil, trigger: String = "MeterValuePeriodic",
        context: String? = nil, id: String? = nil
    ) -> [StationCore.Action] {
        var info = #""transactionId":"\#(transaction)""#
        if let state { info += #","chargingState":"\#(state)""# }
        if let remoteStart { info += #","remoteStartId":\#(remoteStart)"# }
        var payload = #""eventType":"\#(kind)","timestamp":"\#(time ?? self.time)","triggerReason":"\#(trigger)","seqNo":\#(seqNo)"#
        payload += #","transactionInfo":{\#(info)}"#
        if offline { payload += #","offline":true"# }
        if let evse { payload += #","evse":{"id":\#(evse),"connectorId":1}"# }
        if let token { payload += #","idToken":{"idToken":"\#(token)","type":"ISO14443"}"# }
        if let register {
            let said = context.map { #","context":"\#($0)""# } ?? ""
            payload += #","meterValue":[{"timestamp":"\#(time ?? self.time)","sampledValue":[{"value":\#(register)\#(said)}]}]"#
        }
        return call("TransactionEvent", "{\(payload)}", id: id)
    }

    /// Answers the gateway's call.
    @discardableResult
    mutating func answer(_ id: String, _ payload: String) -> [StationCore.Action] { text("[3,\"\(id)\",\(payload)]") }

    /// Central's session begins at the station, remotely, at a register; of 1.6, the number of its transaction.
    @discardableResult
    mutating func charge(_ session: SessionID, at evse: Int32 = 1, from register: Int64 = 1000, transaction: String = "tx-1") -> Int64 {
        let asked = feed(.start(evse, session, answering: nil))
        guard let call = asked.calls.last else { return 0 }
        answer(call.id, #"{"status":"Accepted"}"#)
        switch version {
        case .v16: return start(call.token, at: evse, register: String(register)).start?.number ?? 0
        case .v201:
            event(
                "Started", 0, of: transaction, at: evse, register: register, remoteStart: call.number("remoteStartId"),
                trigger: "RemoteStart")
            return 0
        }
    }
}
