/// The slots of DESIGN §4, by the service that has them.
enum KnownSlots {
    static let all = ["market.quotes", "notification.mail", "wallet.brokerage"]

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
