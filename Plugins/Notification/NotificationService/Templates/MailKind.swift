import Contracts

/// What a mail is about.
enum MailKind: String, CaseIterable, Sendable {
    case verifyEmail = "verify-email"
    case accountExists = "account-exists"
    case resetPassword = "reset-password"
    case noAccount = "no-account"
    case changeEmail = "change-email"
    case emailChanged = "email-changed"
    case passwordChanged = "password-changed"
    case linkAccount = "link-account"
    case accountLinked = "account-linked"

    /// The page that its link leads to; nil for a mail without one.
    var page: String? {
        switch self {
        case .verifyEmail, .changeEmail, .emailChanged: "verify-email"
        case .resetPassword: "reset-password"
        case .accountExists, .noAccount, .passwordChanged, .linkAccount, .accountLinked: nil
        }
    }

    /// Whether it shows a code.
    var showsCode: Bool {
        switch self {
        case .verifyEmail, .resetPassword, .changeEmail, .linkAccount: true
        case .accountExists, .noAccount, .emailChanged, .passwordChanged, .accountLinked: false
        }
    }

    /// How urgent it is: somebody waits for a code.
    var urgency: DeliveryUrgency { showsCode ? .code : .notice }
}

extension NotificationMail.OneOf_Kind {
    /// The kind of this mail.
    var kind: MailKind {
        switch self {
        case .verifyEmail: .verifyEmail
        case .accountExists: .accountExists
        case .resetPassword: .resetPassword
        case .noAccount: .noAccount
        case .changeEmail: .changeEmail
        case .emailChanged: .emailChanged
        case .passwordChanged: .passwordChanged
        case .linkAccount: .linkAccount
        case .accountLinked: .accountLinked
        }
    }

    /// What the reader proves something with; nil for a mail that has nothing of the kind.
    var proof: NotificationProof? {
        switch self {
        case .verifyEmail(let mail): mail.proof
        case .resetPassword(let mail): mail.proof
        case .changeEmail(let mail): mail.proof
        case .emailChanged(let mail): mail.proof
        case .linkAccount(let mail): mail.proof
        case .accountExists, .noAccount, .passwordChanged, .accountLinked: nil
        }
    }
}
