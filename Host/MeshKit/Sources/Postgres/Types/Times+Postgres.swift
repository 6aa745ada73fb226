public import Money
public import Observe

/// The server counts from 2000-01-01.
private let epochSeconds: Int64 = 946_684_800
private let epochDays = 10_957

extension WallTime: PostgresEncodable, PostgresDecodable {
    /// `timestamp with time zone`.
    public static let postgresType = PostgresType.timestamptz

    /// Microseconds since 2000; the nanoseconds below them are cut off (rounded down).
    public func encode(into buffer: inout PostgresBuffer) {
        buffer.append((secondsSinceEpoch - epochSeconds) * 1_000_000 + nanosecondsOfSecond / 1_000)
    }

    /// Reads `timestamp with time zone`, and `timestamp` as UTC, from 1677-09-21 to 2262-04-11.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        let microseconds: Int64 = try cell.read(.timestamptz, .timestamp).integer()
        guard microseconds != .max, microseconds != .min else { throw .range("is infinite") }
        let (shifted, overflow) = microseconds.addingReportingOverflow(epochSeconds * 1_000_000)
        let (nanoseconds, overflow2) = shifted.multipliedReportingOverflow(by: 1_000)
        guard !overflow, !overflow2 else { throw .range("is outside the years 1678 to 2262") }
        self.init(nanosecondsSinceEpoch: nanoseconds)
    }
}

extension CalendarDate: PostgresEncodable, PostgresDecodable {
    /// `date`.
    public static let postgresType = PostgresType.date

    /// Days since 2000.
    public func encode(into buffer: inout PostgresBuffer) { buffer.append(Int32(daysSinceEpoch - epochDays)) }

    /// Reads `date`, in the years 1 to 9999.
    public init(postgres cell: PostgresCell) throws(PostgresCell.Mismatch) {
        let days: Int32 = try cell.read(.date).integer()
        guard days != .max, days != .min else { throw .range("is infinite") }
        guard let date = CalendarDate(daysSinceEpoch: Int(days) + epochDays) else {
            throw .range("is outside the years 1 to 9999")
        }
        self = date
    }
}
