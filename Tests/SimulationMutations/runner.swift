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
    let scenario = Scenario(
        seed: seed, points: isSmall ? 3 : 8, drivers: isSmall ? 4 : 5, duration: .seconds(seconds), trouble: seed % 5 == 0 ? .mild : .wild)
    if let violation = Simulation.run(scenario).violation {
        print("\(seed)\t\(violation.rule)\t\(violation.what)\t\(scenario.command)")
        break
    }
}
