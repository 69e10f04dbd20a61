import ChargingModel
import JSON
import Testing

@testable import OCPP

func payload(_ text: String) throws -> OCPPPayload { try OCPPPayload(Array(text.utf8)) }

func time(_ text: String, hasZone: Bool = true) throws -> OCPPTime { OCPPTime(try #require(WallTime(text: text)), hasZone: hasZone) }

/// The time of most examples.
let moment = OCPPTime(WallTime(milliseconds: 1_795_508_963_042))
let momentText = "2026-11-24T08:29:23.042Z"

func wh(_ count: Int64) -> MeterSample.Value { .energy(Energy(wattHours: count)) }

/// A message and what it is read as.
struct Example<Value: Sendable>: Sendable, CustomTestStringConvertible {
    var action: String
    var text: String
    var value: Value
    var testDescription: String { action + " " + text.prefix(60) }

    init(_ action: String, _ text: String, _ value: Value) {
        self.action = action
        self.text = text
        self.value = value
    }
}

/// What a station of 1.6 says with these fields, and the quirks met.
func said(_ action: String, _ text: String, _ version: OCPPVersion = .v16) throws -> (value: StationCall, quirks: [Quirk]) {
    let read = try StationCall.read(action, payload(text), in: version)
    return (read.value, read.remarks.map(\.quirk))
}

/// The fault of a call that is refused.
func refused(_ action: String, _ text: String, _ version: OCPPVersion = .v16) throws -> OCPPFault? {
    let payload = try payload(text)
    do throws(OCPPFault) {
        _ = try StationCall.read(action, payload, in: version)
        return nil
    } catch {
        return error
    }
}
