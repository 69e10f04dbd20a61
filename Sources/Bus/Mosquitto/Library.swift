internal import CMosquitto
internal import MQTT

/// libmosquitto as a whole.
enum Library {
    private static let isStarted: Bool = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.rawValue

    static func start() { _ = isStarted }

    static func text(of code: Int32) -> String { mosquitto_strerror(code).map { String(cString: $0) } ?? "error \(code)" }

    static func text(ofReason reason: Int32) -> String { mosquitto_reason_string(reason).map { String(cString: $0) } ?? "reason \(reason)" }

    static func check(_ call: String, _ result: Int32) throws(MQTTError) {
        guard result == MOSQ_ERR_SUCCESS.rawValue else { throw MQTTError(.library(call: call, why: text(of: result))) }
    }
}
