import Platform
import Settings
import Testing

@Suite struct SettingTests {
    @Test func flagOverEnvironmentOverNetworkOverDefault() throws {
        let set = Environment(["WATTLINE_MQTT_PORT": "2"])
        let port = AllSettings.mqttPort
        #expect(try port.resolve(flag: "1", in: set, network: 3, default: 4) == 1)
        #expect(try port.resolve(flag: nil, in: set, network: 3, default: 4) == 2)
        #expect(try port.resolve(flag: nil, in: Environment(), network: 3, default: 4) == 3)
        #expect(try port.resolve(flag: nil, in: Environment(), default: 4) == 4)
        #expect(try port.resolve(flag: nil, in: Environment(["WATTLINE_MQTT_PORT": ""]), default: 4) == 4)
    }

    @Test func malformedIsRefusedByNameValueAndExpectation() {
        let error = #expect(throws: SettingError.self) {
            try AllSettings.mqttPort.resolve(flag: nil, in: Environment(["WATTLINE_MQTT_PORT": "abc"]), default: 1883)
        }
        #expect(error?.description == #"WATTLINE_MQTT_PORT="abc": expected a port, 1–65535"# && error?.processExit == .configuration)
        let flag = #expect(throws: SettingError.self) { try AllSettings.mqttPort.resolve(flag: "0", in: Environment()) }
        #expect(flag?.description == #"--mqtt-port="0": expected a port, 1–65535"# && flag?.processExit == .usage)
        let empty = #expect(throws: SettingError.self) { try AllSettings.mqttPort.resolve(flag: "", in: Environment()) }
        #expect(empty?.value?.isEmpty == true)
    }

    @Test("a value is shown without anything that moves a terminal's cursor, C1 controls among it") func controls() {
        let error = SettingError("--mqtt", value: "a\u{1B}[31m\u{9B}31m\u{7F}é", expected: "a broker")
        #expect(error.description == #"--mqtt="a\u{1B}[31m\u{009B}31m\u{7F}é": expected a broker"#)
    }

    @Test func whatIsRequiredSaysHowToGiveIt() {
        let error = #expect(throws: SettingError.self) { try AllSettings.engine.require(flag: nil, in: Environment()) }
        #expect(error?.description.hasPrefix("--engine (or WATTLINE_ENGINE): expected HOST:PORT") == true)
    }

    @Test func valuesAreShownHarmlessly() {
        #expect(SettingError("--x", value: "a\u{1B}[31m\n\"", expected: "y").description == #"--x="a\u{1B}[31m\n\"": expected y"#)
        #expect(SettingError("--x", value: String(repeating: "a", count: 500), expected: "y").description.count < 120)
    }

    @Test func misspeltVariablesAreFound() {
        let environment = Environment(["WATTLINE_MQTT": "x", "WATTLINE_MQQT": "x", "PATH": "y", "WATTLINE_A": "z"])
        #expect(environment.unknownVariables == ["WATTLINE_A", "WATTLINE_MQQT"])
        #expect(environment.withoutSettings.variables == ["PATH": "y"])
    }

    @Test func theEnvironmentOfThisProcessIsRead() { #expect(Environment.process["PATH"] != nil) }
}
