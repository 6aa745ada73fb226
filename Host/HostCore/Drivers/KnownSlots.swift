/// The slots of DESIGN §4, by the service that has them.
enum KnownSlots {
    static let all = ["market.fallback", "market.quotes", "notification.mail", "wallet.brokerage"]
    /// Those that may stay empty: a service works without.
    static let optional: Set = ["market.fallback"]
    /// Slots for drivers of another slot's kind.
    private static let kinds = ["market.fallback": "market.quotes"]

    /// The kind that the stamp of a driver for this slot has.
    static func kind(of slot: String) -> String { self.kinds[slot] ?? slot }

    /// Slots of the service `plugin`.
    static func of(_ plugin: String) -> [String] {
        self.all.filter { $0.hasPrefix(plugin + ".") }
    }

    /// Prefixes of the keys of a driver: those of driver "smtp" of "notification.mail" begin with "notification.mail.smtp.",
    /// or where the service has no other slot with "notification.smtp.".
    static func keyPrefixes(slot: String, driver: String) -> [String] {
        ["\(slot).\(driver)", "\(slot.prefix { $0 != "." }).\(driver)"]
    }
}
