// The program that the mutation suite builds from mutated sources: it runs seeds until one breaks a rule.
import ChargingModel
import Glibc
import Simulation

let words = CommandLine.arguments
guard words.count == 5, ["points", "stations", "centrals"].contains(words[1]), let first = UInt64(words[2]), let last = UInt64(words[3]),
    let seconds = Int64(words[4]), first <= last
else { fatalError("usage: runner points|stations|centrals FIRST LAST SECONDS") }
/// True where every point is a connector of a station that speaks OCPP; else those are that the seed draws.
let areStations = words[1] == "stations"
/// True where two Centrals share a ledger on a server.
let areTwo = words[1] == "centrals"

/// Small networks and long ones, so that both rare and crowded things happen; sessions of all lengths: some are over before what was said at
/// their beginning has come twice.
func scenario(_ seed: UInt64) -> Scenario {
    let isSmall = seed % 3 == 0
    var scenario = Scenario(
        seed: seed, points: isSmall ? 3 : 8, drivers: isSmall ? 4 : 5, duration: .seconds(seconds),
        trouble: seed % 5 == 0 ? .mild : seed % 5 == 1 && !areStations && !areTwo ? .stranger : .wild)
    scenario.sessionDuration = [.seconds(10), .milliseconds(1500), .seconds(30)][Int(seed / 3 % 3)]
    if areStations { scenario.stations = scenario.roster.points.count }
    if areTwo { scenario.centrals = 2 }
    return scenario
}

/// What was found only after many thousands is played as it was found, after the others.
var goodbye = Scenario(seed: 27691, points: 8, drivers: 5, duration: .seconds(60), trouble: .wild)
goodbye.sessionDuration = .seconds(30)
let lucky = [goodbye, Scenario(seed: 309, duration: .seconds(210), trouble: .stranger)]

/// Says the seed first: a core that disagrees with itself ends the program.
func play(_ scenario: Scenario) -> Simulation.Outcome {
    _ = "seed \(scenario.seed)\n".withCString { write(2, $0, strlen($0)) }
    return Simulation.run(scenario)
}

let scenarios = (first...last).lazy.map(scenario)
let found =
    scenarios.map(play).first { $0.violation != nil }
    ?? (last > 1000 && words[1] == "points" ? lucky.lazy.map(play).first { $0.violation != nil } : nil)
if let found, let violation = found.violation {
    print("\(found.scenario.seed)\t\(violation.rule)\t\(violation.what)\t\(found.scenario.command)")
}
