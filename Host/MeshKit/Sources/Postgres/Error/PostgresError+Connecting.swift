extension PostgresError {
    /// The error for libpq's text about a connection that could not be made. It holds the SQLSTATE if the server sent
    /// one ("FATAL:  28P01: …"; the word before it may be of another language).
    init(connecting message: String) {
        self.init(.connection, "cannot connect to the database: \(message)")
        let reason = message.firstRange(of: " failed: ").map { message[$0.upperBound...] } ?? message[...]
        sqlState = Self.sqlState(in: reason)
        if sqlState == nil, Self.isAboutTLS(reason) { code = .tls }
        if reason.contains("no password supplied") {
            sqlState = "28P01"
            say("the server asks for a password and none is configured", insteadOf: "fe_sendauth: no password supplied")
        }
    }

    /// Says something in other words.
    mutating func say(_ words: String, insteadOf others: String) {
        guard let range = message.firstRange(of: others) else { return }
        message.replaceSubrange(range, with: words)
    }

    /// Whether trying again cannot help: the role, its password, its rights, the database or a certificate are wrong.
    var isRefusal: Bool {
        if code == .tls { return true }
        guard code == .connection, let sqlState else { return false }
        return isLoginRefusal || sqlState == "3D000" || sqlState == "42501"
    }

    /// Whether the server does not let the role in.
    var isLoginRefusal: Bool { code == .connection && sqlState?.hasPrefix("28") == true }

    private static func sqlState(in reason: Substring) -> String? {
        guard let start = reason.firstRange(of: ":  ")?.upperBound else { return nil }
        let code = reason[start...].prefix(6)
        guard code.count == 6, code.last == ":", code.dropLast().allSatisfy({ $0.isASCII && !$0.isLowercase }) else {
            return nil
        }
        return String(code.dropLast())
    }

    private static func isAboutTLS(_ reason: Substring) -> Bool {
        // An end in the middle of the handshake is a server that stops, not one that is wrong.
        guard !reason.contains("unexpected eof") else { return false }
        return ["SSL error:", "certificate", "does not support SSL"].contains { reason.contains($0) }
    }
}
