/// A table of places in an array by number: a hash table without the keyed hashing of `Dictionary`, which was a fifth of the broker's time. Linear
/// probing; removal closes the gap, so that nothing is left behind. Its order is never looked at.
struct NumberTable: Sendable {
    /// The places; −1 is free.
    private var places: ContiguousArray<Int32> = ContiguousArray(repeating: -1, count: 16)
    private var numbers: ContiguousArray<UInt64> = ContiguousArray(repeating: 0, count: 16)
    private(set) var count = 0

    subscript(_ number: UInt64) -> Int? {
        var index = home(number)
        while places[index] >= 0 {
            if numbers[index] == number { return Int(places[index]) }
            index = next(index)
        }
        return nil
    }

    /// Adds a number that is not in the table.
    mutating func insert(_ number: UInt64, _ place: Int) {
        if 2 * (count + 1) > places.count { grow() }
        count += 1
        put(number, Int32(place))
    }

    mutating func remove(_ number: UInt64) {
        var index = home(number)
        while numbers[index] != number || places[index] < 0 {
            guard places[index] >= 0 else { return }
            index = next(index)
        }
        count -= 1
        places[index] = -1
        // Those that stand behind the gap because something stood there go nearer to their home.
        var behind = next(index)
        while places[behind] >= 0 {
            let number = numbers[behind]
            let place = places[behind]
            places[behind] = -1
            put(number, place)
            behind = next(behind)
        }
    }

    private mutating func put(_ number: UInt64, _ place: Int32) {
        var index = home(number)
        while places[index] >= 0 { index = next(index) }
        places[index] = place
        numbers[index] = number
    }

    private mutating func grow() {
        let old = (places, numbers)
        places = ContiguousArray(repeating: -1, count: 2 * old.0.count)
        numbers = ContiguousArray(repeating: 0, count: 2 * old.0.count)
        for (place, number) in zip(old.0, old.1) where place >= 0 { put(number, place) }
    }

    /// The place at which a number is looked for first. The upper half of a product mixes well (Fibonacci hashing).
    private func home(_ number: UInt64) -> Int { Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 32) & (places.count - 1) }

    private func next(_ index: Int) -> Int { (index + 1) & (places.count - 1) }
}
