/// An oddity of stations in the field, which a station can be told to have; `summary` says what each is.
public enum StationQuirk: String, Hashable, Sendable, CaseIterable {
    // The connection.
    case fragments
    case secondSocket = "second-socket"
    case halfOpen = "half-open"
    case redials
    case doubledID = "doubled-id"
    case noSubprotocol = "no-subprotocol"
    case wrongSubprotocol = "wrong-subprotocol"

    // RPC.
    case doubledCalls = "doubled-calls"
    case answersNothing = "answers-nothing"
    case slow
    case silent
    case brokenJSON = "broken-json"
    case unknownFields = "unknown-fields"
    case swappedTypes = "swapped-types"
    case nulBytes = "nul-bytes"
    case longFrames = "long-frames"

    // What it says of itself.
    case noBoot = "no-boot"
    case statusFirst = "status-first"
    case noZone = "no-zone"
    case shortZone = "short-zone"
    case year1970 = "year-1970"
    case slowClock = "slow-clock"
    case fastClock = "fast-clock"

    // Transactions.
    case repeatsStart = "repeats-start"
    case stopsZero = "stops-zero"
    case stopsMinusOne = "stops-minus-one"
    case seqNoGaps = "seq-no-gaps"
    case endedFirst = "ended-first"
    case longTag = "long-tag"
    case scheduled
    case ownTag = "own-tag"

    // The register.
    case countsPerSession = "counts-per-session"
    case resetsRegister = "resets-register"
    case newMeter = "new-meter"
    case absurdValues = "absurd-values"
    case kilowattHours = "kilowatt-hours"
    case manyValues = "many-values"

    /// The oddity in a few words.
    public var summary: String {
        switch self {
        case .fragments: "messages come in fragments of 64 bytes"
        case .secondSocket: "a second connection before the first has ended"
        case .halfOpen: "stops reading and writing without a word, and dials again"
        case .redials: "dials, and hangs up when it is let in, a few times in a row"
        case .doubledID: "the id stands twice in the path"
        case .noSubprotocol: "offers no subprotocol"
        case .wrongSubprotocol: "offers a subprotocol that nobody has: ocpp1.5"
        case .doubledCalls: "sends each call twice, with the same id"
        case .answersNothing: "answers calls that nobody made"
        case .slow: "takes 20 s for each answer"
        case .silent: "answers nothing that it is asked"
        case .brokenJSON: "now and then a frame is no JSON"
        case .unknownFields: "payloads have fields that nobody knows"
        case .swappedTypes: "numbers in quotes (2.0.1), texts without them (1.6)"
        case .nulBytes: "texts hold NULs"
        case .longFrames: "now and then a frame is almost a megabyte long"
        case .noBoot: "never says that it has booted"
        case .statusFirst: "says how its connectors are before it has booted"
        case .noZone: "times without a zone"
        case .shortZone: "times with the zone +00"
        case .year1970: "a clock that was never set"
        case .slowClock: "a clock that is five hours slow"
        case .fastClock: "a clock that is five hours fast"
        case .repeatsStart: "says a start again, that was answered, in the next connection"
        case .stopsZero: "stops transaction 0 (1.6)"
        case .stopsMinusOne: "stops transaction -1 (1.6)"
        case .seqNoGaps: "numbers events with gaps (2.0.1)"
        case .endedFirst: "tells the end before what came in between (2.0.1)"
        case .longTag: "tags longer than the version allows"
        case .scheduled: "says Scheduled to every ChangeAvailability, and obeys"
        case .ownTag: "begins a remote start with a card of its own"
        case .countsPerSession: "values in between count from the beginning of the session (1.6)"
        case .resetsRegister: "the register begins at zero after each boot"
        case .newMeter: "another meter after each boot: its serial number, and its register"
        case .absurdValues: "now and then a value of 910 kWh too much"
        case .kilowattHours: "values in between in kWh"
        case .manyValues: "register, power, currents, voltages of each phase, signed data"
        }
    }
}
