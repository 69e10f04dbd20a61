internal import ChargingModel

// The templates are Jinja as Home Assistant renders it: `value_json` is undefined when the message is no JSON, "None" makes a value unknown, and an empty
// text leaves it as it was.
extension Entity {
    static let all = [state, power, meter, energy, cost, driver, charging, problem]

    private static let state = Entity(
        key: "state", platform: .sensor, name: "State", source: .verdict,
        template: "{{ value_json.state | default(none) if value_json is mapping else none }}", deviceClass: "enum",
        options: Verdict.allCases.map(\.rawValue), icon: "mdi:ev-station",
        attributes:
            "{{ {'why': value_json.why | default(none), 'breaker': value_json.breaker | default(none)} | tojson if value_json is mapping else '{}' }}"
    )

    // Telemetry is there only while energy flows. That it flows no longer is said by the engine's state, at once and by name, so no time-out has to guess it
    // (expire_after would make the value unavailable where it is zero). Telemetry alone has `elapsed_s`; the rating in `info` is called power_kw, too.
    private static let power = Entity(
        key: "power", platform: .sensor, name: "Power", source: .everything,
        template: """
            {% if value_json is mapping %}\
            {% if value_json.elapsed_s is defined and value_json.power_kw is defined %}{{ value_json.power_kw }}\
            {% elif value_json.state is defined and value_json.state != 'SUPPLYING' %}0{% endif %}{% endif %}
            """,
        deviceClass: "power", unit: "kW", stateClass: "measurement", precision: 1)

    // In telemetry and states, but not in wills.
    private static let meter = Entity(
        key: "meter", platform: .sensor, name: "Meter", source: .everything,
        template: "{% if value_json is mapping and value_json.meter_wh is defined %}{{ value_json.meter_wh }}{% endif %}", deviceClass: "energy",
        unit: "Wh", stateClass: "total_increasing", precision: 0)

    // Of this session, or of the last one: telemetry and the session's end alone have a cost. No state class: the meter has counted that energy already,
    // and a total that begins anew with each session makes no statistics.
    private static let energy = Entity(
        key: "energy", platform: .sensor, name: "Session energy", source: .everything,
        template: """
            {% if value_json is mapping and value_json.cost_eur is defined and value_json.energy_kwh is defined %}{{ value_json.energy_kwh }}{% endif %}
            """,
        deviceClass: "energy", unit: "kWh", precision: 3)

    private static let cost = Entity(
        key: "cost", platform: .sensor, name: "Session cost", source: .everything,
        template: """
            {% if value_json is mapping and value_json.cost_eur is defined and value_json.energy_kwh is defined %}{{ value_json.cost_eur }}{% endif %}
            """,
        deviceClass: "monetary", unit: "EUR", precision: 2)

    private static let driver = Entity(
        key: "driver", platform: .sensor, name: "Driver", source: .state,
        template: "{{ value_json.driver | default(none, true) if value_json is mapping else none }}", icon: "mdi:account")

    private static let charging = Entity(
        key: "charging", platform: .binarySensor, name: "Charging", source: .state,
        template: """
            {% if value_json is mapping and value_json.state is defined %}{{ 'ON' if value_json.state == 'SUPPLYING' else 'OFF' }}{% endif %}
            """,
        deviceClass: "battery_charging")

    // Not DISCONNECTED, which is what a point is called that was switched off, and every point while Central is starting.
    private static let problem = Entity(
        key: "problem", platform: .binarySensor, name: "Problem", source: .verdict,
        template: """
            {% if value_json is mapping and value_json.state is defined %}\
            {{ 'ON' if value_json.state == 'FAULTY' or value_json.breaker | default('') == 'open' else 'OFF' }}{% endif %}
            """,
        deviceClass: "problem")
}
