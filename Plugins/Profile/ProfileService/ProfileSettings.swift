import Config
import Money
import Observe
import Plugin

/// The settings of the service besides those of its database, read and checked.
struct ProfileSettings: Sendable {
    let argon2: Argon2Parameters
    /// KiB of memory for all hashes at once.
    let argon2Budget: Int
    private let argon2Threads: Int
    let pepper: Pepper
    let images: String
    let startingCash: Amount

    static let declared: [Setting] = [
        .int(
            "profile.argon2.memory",
            default: Argon2Parameters.standard.memory,
            range: Argon2Parameters.memoryBounds,
            "KiB of memory that one password hash takes; hashes of other costs are made anew at login"
        ),
        .int(
            "profile.argon2.passes",
            default: Argon2Parameters.standard.passes,
            range: Argon2Parameters.passesBounds,
            "Passes over that memory"
        ),
        .int(
            "profile.argon2.budget",
            default: 256,
            range: 8...65_536,
            "MiB of memory for all password hashes at once; bounds how many threads there are"
        ),
        .int(
            "profile.argon2.threads",
            default: 0,
            range: 0...256,
            "Threads that hash passwords; 0: one fewer than there are cores, so that a flood of logins leaves one free"
        ),
        .secret("profile.pepper", "Keys that go into passwords, as id:key,id:key; the first is for new ones"),
        .string(
            "profile.images",
            default: "/var/lib/profile-service/images",
            "Folder of the clients' photos; shared by all replicas"
        ),
        .string("profile.startingCash", default: "100000.00 USD", "Paper cash of a new client: amount and currency"),
    ]

    /// How many threads hash passwords on so many cores: a core is left to other calls unless the setting says otherwise.
    func hashingThreads(cores: Int) -> Int {
        argon2Threads > 0 ? argon2Threads : max(1, cores - 1)
    }

    /// - Throws: `ConfigurationError` for values that are of the right kind and make no sense.
    init(_ settings: SettingsSnapshot) throws(ConfigurationError) {
        argon2 = Argon2Parameters(
            memory: settings.int("profile.argon2.memory"),
            passes: settings.int("profile.argon2.passes")
        )
        argon2Budget = settings.int("profile.argon2.budget") * 1024
        argon2Threads = settings.int("profile.argon2.threads")
        images = settings.string("profile.images")
        if let secret = settings.secret("profile.pepper"), !secret.isEmpty {
            do {
                pepper = try Pepper(parsing: secret)
            } catch {
                let origin = settings.origin(of: "profile.pepper")
                throw ConfigurationError(invalid: "profile.pepper", "profile.pepper (\(origin)) \(error.description)")
            }
        } else {
            pepper = Pepper()
        }
        guard argon2.memory <= argon2Budget else {
            throw ConfigurationError(
                invalid: "profile.argon2.budget",
                "profile.argon2.budget = \(argon2Budget / 1024) (\(settings.origin(of: "profile.argon2.budget")))"
                    + " is less than one hash takes; set it to \(argon2.memory / 1024 + 1) or more"
            )
        }
        let text = settings.string("profile.startingCash")
        guard let cash = Self.cash(text) else {
            let origin = settings.origin(of: "profile.startingCash")
            throw ConfigurationError(
                invalid: "profile.startingCash",
                "profile.startingCash = \"\(text)\" (\(origin)) is no sum of cash; write it as 100000.00 USD"
            )
        }
        startingCash = cash
    }

    /// Refuses to start without a database.
    static func missingDatabase() -> ConfigurationError {
        let key = PostgresSettings.hostKey("profile")
        return ConfigurationError(
            invalid: key,
            "\(key) is not set: profile keeps its accounts in PostgreSQL; set it to a host, or to the folder of a unix socket"
        )
    }

    private static func cash(_ text: String) -> Amount? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let amount = try? Amount(parsing: parts[0], currency: parts[1]), !amount.isNegative,
            amount.value <= ExactDecimal(Cash.most),
            let value = try? amount.value.normalized.rescaled(to: amount.currency.minorUnits)
        else { return nil }
        return Amount(value, amount.currency)
    }
}
