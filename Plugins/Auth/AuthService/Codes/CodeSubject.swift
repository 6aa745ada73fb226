/// What a code is tied to: who and which address.
struct CodeSubject: Sendable, Equatable {
    let user: Identifier
    let address: EmailAddress

    /// The text in the store.
    var encoded: String { "\(user.text)\n\(address.text)" }

    init(user: Identifier, address: EmailAddress) {
        self.user = user
        self.address = address
    }

    /// Reads what `encoded` wrote.
    init?(encoded text: String) {
        let parts = text.split(separator: "\n")
        guard parts.count == 2, let user = Identifier(String(parts[0])), let address = EmailAddress(String(parts[1]))
        else { return nil }
        self.user = user
        self.address = address
    }
}
