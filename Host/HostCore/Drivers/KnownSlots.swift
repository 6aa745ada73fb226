/// The slots of DESIGN §4, by the service that has them.
enum KnownSlots {
    static let all = ["market.quotes", "notification.mail", "wallet.brokerage"]

    /// Slots of the service `plugin`.
    static func of(_ plugin: String) -> [String] {
        self.all.filter { $0.hasPrefix(plugin + ".") }
    }

    /// Prefix of the keys of a driver: those of driver "replay" of "market.quotes" begin with "market.replay.".
    static func keyPrefix(slot: String, driver: String) -> String {
        "\(slot.prefix { $0 != "." }).\(driver)"
    }
}
