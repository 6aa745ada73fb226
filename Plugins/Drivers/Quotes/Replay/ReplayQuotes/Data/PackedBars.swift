/// The bars of one company as they lie in the bar file; decoded when somebody asks.
struct PackedBars: Sendable {
    /// Where they begin in the file.
    let offset: Int
    /// How many bytes they take.
    let length: Int
    /// How many bars they are.
    let count: Int
    /// The position of the first bar's day in the file's list of days.
    let firstDay: Int

    /// - Parameters:
    ///   - file: the whole bar file.
    ///   - days: its list of days.
    func decode(from file: UnsafeRawBufferPointer, days: [Int32]) throws(BarFileError) -> [DayBar] {
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: file[offset..<offset + length]))
        var bars: [DayBar] = []
        bars.reserveCapacity(count)
        var before = 0
        for index in 0..<count {
            let head = try reader.varint()
            let unit = head & 1 == 1 ? 1 : 100
            let open = (before / unit + ByteReader.signed(head >> 1)) * unit
            let close = open + (try reader.zigzag()) * unit
            let high = max(open, close) + (try reader.varint()) * unit
            let low = min(open, close) - (try reader.varint()) * unit
            let volume = try reader.varint()
            guard low > 0, high <= Int(UInt32.max) else { throw BarFileError("a price is out of range") }
            bars.append(
                DayBar(
                    day: days[firstDay + index],
                    open: UInt32(open),
                    high: UInt32(high),
                    low: UInt32(low),
                    close: UInt32(close),
                    volume: volume & 1 == 0 ? volume / 2 * 100 : volume / 2
                )
            )
            before = close
        }
        guard reader.isAtEnd else { throw BarFileError("bars are left over") }
        return bars
    }
}
