import Config
import Money
import Observe

/// The settings of the replay, read and checked.
struct ReplaySettings: Sendable {
    /// A value is not what its setting asks for.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    /// How many seconds of the market pass in one of ours.
    var pace: Int
    /// The first replayed day, or the next trading day after it.
    var start: CalendarDate
    /// When the replay began.
    var epoch: WallTime
    /// Another one gives other prices within the days.
    var seed: Int
    /// A folder of files with bars; nil for none.
    var folder: String?

    static let declared: [Setting] = [
        .int(
            "market.replay.pace",
            default: 60,
            range: 1...23_400,
            "Seconds of the replayed market that pass in one second; at 60 a trading day lasts six and a half minutes"
        ),
        .string(
            "market.replay.start",
            default: "2012-06-01",
            "First replayed day, YYYY-MM-DD; begins anew after the last"
        ),
        .string(
            "market.replay.epoch",
            default: "2026-01-01T00:00:00Z",
            "When the replay began, RFC 3339; replicas agree because they share it"
        ),
        .int(
            "market.replay.seed",
            default: 0,
            range: 0...1_000_000_000,
            "Prices within a day are invented between those of its bar: another seed, other prices; replicas share it"
        ),
        .string(
            "market.replay.folder",
            "Folder of SYMBOL.csv files: Date,Open,High,Low,Close,Volume, a row for each day"
        ),
    ]

    init(pace: Int, start: CalendarDate, epoch: WallTime, seed: Int = 0, folder: String? = nil) {
        self.pace = pace
        self.seed = seed
        self.start = start
        self.epoch = epoch
        self.folder = folder
    }

    init(_ settings: Settings) throws(Invalid) {
        let snapshot = settings.snapshot
        pace = snapshot.int("market.replay.pace")
        seed = snapshot.int("market.replay.seed")
        folder = snapshot.optionalString("market.replay.folder")
        let start = snapshot.string("market.replay.start")
        guard let date = try? CalendarDate(parsing: start) else {
            throw Invalid(description: "market.replay.start is \"\(start)\"; it must be a day, such as 2012-06-01")
        }
        self.start = date
        let epoch = snapshot.string("market.replay.epoch")
        guard let moment = WallTime(rfc3339: epoch) else {
            throw Invalid(
                description: "market.replay.epoch is \"\(epoch)\"; it must be RFC 3339, such as 2026-01-01T00:00:00Z"
            )
        }
        self.epoch = moment
    }
}
