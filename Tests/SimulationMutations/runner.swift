// The program that the mutation suite builds from mutated sources: it runs seeds until one breaks a rule.
import ChargingModel
import Simulation

let words = CommandLine.arguments
guard words.count == 4, let first = UInt64(words[1]), let last = UInt64(words[2]), let seconds = Int64(words[3]), first <= last else {
    fatalError("usage: runner FIRST LAST SECONDS")
}
for seed in first...last {
    // Small networks and long ones, so that both rare and crowded things happen.
    let isSmall = seed % 3 == 0
    // Sessions of all lengths: some are over before what was said at their beginning has come twice.
    let length: Duration = [.seconds(10), .milliseconds(1500), .seconds(30)][Int(seed / 3 % 3)]
    var scenario = Scenario(
        seed: seed, points: isSmall ? 3 : 8, drivers: isSmall ? 4 : 5, duration: .seconds(seconds), trouble: seed % 5 == 0 ? .mild : .wild)
    scenario.sessionDuration = length
    if let violation = Simulation.run(scenario).violation {
        print("\(seed)\t\(violation.rule)\t\(violation.what)\t\(scenario.command)")
        break
    }
}
