/// What a code or a link is good for.
enum CodePurpose: UInt8, Sendable, CaseIterable {
    case verifyEmail = 1
    case resetPassword = 2
    /// Of the new address.
    case changeEmail = 3
    /// Of the old address.
    case undoEmailChange = 4
    case linkGoogle = 5
    /// Is good for nothing: what is stored where there is no account, so that the work is the same.
    case decoy = 6

    /// All but the one that must outlive what a thief of the account does with it: a new password above all.
    static let replaceable = allCases.filter { $0 != .undoEmailChange }

    /// The word in keys.
    var word: String {
        switch self {
        case .verifyEmail: "verify-email"
        case .resetPassword: "reset-password"
        case .changeEmail: "change-email"
        case .undoEmailChange: "undo-email-change"
        case .linkGoogle: "link-google"
        case .decoy: "decoy"
        }
    }

    /// How long the code to type in is good; nil where there is only a link.
    var codeLife: Duration? { self == .undoEmailChange ? nil : .seconds(600) }

    /// How long the link is good; nil where there is only a code. That of a new account may take a day, as it has far
    /// more than 112 bits (NIST SP 800-63B); to take back a change of address takes who is on holiday some days.
    var linkLife: Duration? {
        switch self {
        case .verifyEmail: .seconds(86_400)
        case .undoEmailChange: .seconds(3 * 86_400)
        case .linkGoogle: nil
        case .resetPassword, .changeEmail, .decoy: .seconds(600)
        }
    }
}
