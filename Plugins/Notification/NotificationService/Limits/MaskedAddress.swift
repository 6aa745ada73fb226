/// An address to show to operators: enough to recognise it, not enough to write to it.
enum MaskedAddress {
    /// `a…z@example.com`; of a local part of one or two characters nothing is left.
    static func of(_ address: String) -> String {
        let at = address.lastIndex(of: "@") ?? address.endIndex
        let local = address[..<at]
        guard local.count > 2, let first = local.first, let last = local.last else { return "…\(address[at...])" }
        return "\(first)…\(last)\(address[at...])"
    }
}
