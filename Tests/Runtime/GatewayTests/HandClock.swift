import ChargingModel

/// A clock that tests turn by hand.
struct HandClock {
    var now = Now(monotonic: Instant(nanoseconds: 0), wall: WallTime(milliseconds: 1_795_485_600_000))

    mutating func advance(_ duration: Duration) {
        now.monotonic = now.monotonic + duration
        now.wall = WallTime(milliseconds: now.wall.milliseconds + duration.milliseconds)
    }
}

func wh(_ count: Int64) -> Energy { Energy(wattHours: count) }

let s1 = SessionID(known: "01M8HMTCS4M923TXA0XS48R001")
let s2 = SessionID(known: "01M8HMTCS4M923TXA0XS48R002")
let s3 = SessionID(known: "01M8HMTCS4M923TXA0XS48R003")
