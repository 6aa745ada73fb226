import CReplayData
import Money
import Plugin

/// The directory of the bar file, and its bars on demand.
struct BarFile: Sendable {
    /// Every trading day, days since 1970-01-01, oldest first.
    let days: [Int32]
    /// Every company, sorted by symbol.
    let companies: [ReplayCompany]

    // Safe: the bytes are constants of the library, which is never unloaded.
    private nonisolated(unsafe) static let embedded = UnsafeRawBufferPointer(
        start: replay_data(),
        count: replay_data_size()
    )

    /// A copy, for tests.
    static var embeddedBytes: [UInt8] { Array(embedded) }

    /// The file that this library carries.
    static func bundled() throws(BarFileError) -> BarFile { try BarFile(embedded) }

    /// Reads the directory; `bytes` must stay valid for ever.
    init(_ bytes: UnsafeRawBufferPointer) throws(BarFileError) {
        var reader = ByteReader(bytes)
        guard try reader.take(8).elementsEqual("LONJAB01".utf8) else { throw BarFileError("it does not begin so") }
        let length = try reader.take(4).loadUnaligned(as: UInt32.self)
        let body = 12 + Int(UInt32(littleEndian: length))
        days = try Self.days(&reader)
        var companies: [ReplayCompany] = []
        for _ in 0..<(try reader.varint()) {
            companies.append(try Self.company(&reader, bytes, body: body, days))
        }
        guard reader.position == body else { throw BarFileError("its directory has another length") }
        self.companies = companies
    }

    private static func days(_ reader: inout ByteReader) throws(BarFileError) -> [Int32] {
        var days: [Int32] = []
        var day = 0
        for _ in 0..<(try reader.varint()) {
            day += try reader.varint()
            guard day <= CalendarDate.latest.daysSinceEpoch else { throw BarFileError("a day is out of range") }
            days.append(Int32(day))
        }
        return days
    }

    private static func company(
        _ reader: inout ByteReader,
        _ bytes: UnsafeRawBufferPointer,
        body: Int,
        _ days: [Int32]
    ) throws(BarFileError) -> ReplayCompany {
        let symbol = try reader.text()
        let name = try reader.text()
        let exchange = try reader.text()
        let sector = try reader.text()
        let summary = try reader.text()
        let origin: DataOrigin = try reader.byte() == 0 ? .real : .synthetic
        let first = try reader.varint()
        let count = try reader.varint()
        guard count > 0, first <= days.count - count else { throw BarFileError("\(symbol) has days of no calendar") }
        var actions: [CorporateAction] = []
        for _ in 0..<(try reader.varint()) { actions.append(try action(&reader, symbol, days)) }
        let offset = body + (try reader.varint())
        let length = try reader.varint()
        guard offset <= bytes.count - length else { throw BarFileError("\(symbol) has bars beyond its end") }
        let packed = PackedBars(offset: offset, length: length, count: count, firstDay: first)
        // Safe: as `embedded`, the bytes are constants.
        nonisolated(unsafe) let file = bytes
        return ReplayCompany(
            symbol: symbol,
            name: name,
            exchange: exchange,
            sector: sector,
            summary: summary,
            origin: origin,
            firstDay: days[first],
            lastDay: days[first + count - 1],
            actions: actions
        ) { () throws(BarFileError) in try packed.decode(from: file, days: days) }
    }

    private static func action(
        _ reader: inout ByteReader,
        _ symbol: String,
        _ days: [Int32]
    ) throws(BarFileError) -> CorporateAction {
        let index = try reader.varint()
        guard index < days.count, let day = CalendarDate(daysSinceEpoch: Int(days[index])) else {
            throw BarFileError("\(symbol) has an action on no day")
        }
        if try reader.byte() == 0 {
            let (old, new) = (try reader.varint(), try reader.varint())
            guard old > 0, new > 0 else { throw BarFileError("\(symbol) has a split of nothing") }
            return CorporateAction(
                id: "\(symbol)-split-\(day)",
                symbol: symbol,
                kind: .split(from: old, into: new),
                exDay: day
            )
        }
        guard let cash = UInt32(exactly: try reader.varint()) else { throw BarFileError("a dividend is out of range") }
        return CorporateAction(
            id: "\(symbol)-dividend-\(day)",
            symbol: symbol,
            kind: .dividend(perShare: DayBar.decimal(cash), currency: .usd),
            exDay: day
        )
    }
}
