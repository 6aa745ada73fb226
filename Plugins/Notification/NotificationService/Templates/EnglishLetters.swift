/// The letters in English.
struct EnglishLetters {
    let facts: LetterFacts

    /// The letter of the facts' kind.
    var letter: Letter {
        let (subject, preview, blocks) = parts
        let name = GreetingName.of(facts.name)
        return Letter(
            subject: subject,
            preview: preview,
            greeting: name.isEmpty ? "Hello," : "Hello \(name),",
            blocks: blocks,
            signature: "The Lonja team",
            footer: "Lonja is a stock exchange for practice: no real money is at stake. You got this mail because of"
                + " something that was done with this address at \(facts.links.site). We never ask for your password by mail.",
            language: .english
        )
    }

    private typealias Parts = (subject: String, preview: String, blocks: [Letter.Block])

    private var parts: Parts {
        switch facts.kind {
        case .verifyEmail: verifyEmail
        case .accountExists: accountExists
        case .resetPassword: resetPassword
        case .noAccount: noAccount
        case .changeEmail: changeEmail
        case .emailChanged: emailChanged
        case .passwordChanged: passwordChanged
        case .linkAccount: linkAccount
        case .accountLinked: accountLinked
        }
    }

    private var verifyEmail: Parts {
        (
            "Confirm your e-mail address",
            "One step is left and your Lonja account is ready.",
            [
                .paragraph("Welcome to Lonja! One step is left: please confirm that this address is yours."),
                .link(facts.link, title: "Confirm my address"),
                .paragraph("Or type this code where Lonja asks for it:"),
                .code(facts.code),
                .note("Both work once, for \(life) after you asked for them."),
                .note(
                    "You did not register? Then somebody typed your address by mistake. Just ignore this mail: without"
                        + " the code the account cannot be used."
                ),
            ]
        )
    }

    private var accountExists: Parts {
        (
            "You already have a Lonja account",
            "Somebody tried to register with your address.",
            [
                .paragraph(
                    "Somebody, probably you, just tried to register at Lonja with this address. There is an account with"
                        + " it already, so nothing was changed and no new one was made."
                ),
                .link(facts.links.page("login"), title: "Log in"),
                .paragraph("Forgot your password? You can choose a new one:"),
                .link(facts.links.page("reset-password"), title: "Choose a new password"),
                .note("If that was not you, there is nothing to do: your account and your password are as they were."),
            ]
        )
    }

    private var resetPassword: Parts {
        (
            "Choose a new password",
            "You asked for a new password for your Lonja account.",
            [
                .paragraph("You asked for a new password for your Lonja account. Choose it here:"),
                .link(facts.link, title: "Choose a new password"),
                .paragraph("Or type this code where Lonja asks for it:"),
                .code(facts.code),
                .note(
                    "Both work once, for \(life) after you asked for them. When the password is changed, all your devices"
                        + " are logged out."
                ),
                .note(
                    "You did not ask for this? Then please ignore this mail: your password stays as it is. Never pass the"
                        + " code on to anybody, whoever they say they are."
                ),
            ]
        )
    }

    private var noAccount: Parts {
        (
            "No Lonja account with this address",
            "Somebody asked for a new password for an account that is not here.",
            [
                .paragraph(
                    "Somebody, perhaps you, asked for a new password for a Lonja account with this address. There is no"
                        + " such account. Maybe you registered with another address?"
                ),
                .paragraph("If you have no account yet, you are welcome to make one:"),
                .link(facts.links.page("register"), title: "Make an account"),
                .note("If that was not you, please ignore this mail. We keep nothing about you."),
            ]
        )
    }

    private var changeEmail: Parts {
        (
            "Confirm your new e-mail address",
            "Your Lonja account is to get this address.",
            [
                .paragraph(
                    "You want to use this address for your Lonja account from now on. Please confirm that it is yours:"
                ),
                .link(facts.link, title: "Confirm my new address"),
                .paragraph("Or type this code where Lonja asks for it:"),
                .code(facts.code),
                .note("Both work once, for \(life) after you asked for them. Until then your old address stays."),
                .note("You did not ask for this? Then please ignore this mail, and nothing will change."),
            ]
        )
    }

    private var emailChanged: Parts {
        (
            "Your e-mail address was changed",
            "If that was not you, you can take it back.",
            [
                .paragraph(
                    "The address of your Lonja account was changed\(facts.newEmail.isEmpty ? "" : " to \(facts.newEmail)")."
                        + " From now on our mails go there, and this address no longer belongs to your account."
                ),
                .paragraph("Was that you? Then there is nothing to do."),
                .paragraph("If it was not you, take it back now. Your account gets this address again:"),
                .link(facts.link, title: "Take the change back"),
                .note("The link works once, for \(life) after the change. Then choose a new password, to be safe."),
            ]
        )
    }

    private var passwordChanged: Parts {
        (
            "Your password was changed",
            "If that was not you, act now.",
            [
                .paragraph(
                    "The password of your Lonja account was just changed, and your other devices were logged out."
                ),
                .paragraph("Was that you? Then there is nothing to do."),
                .paragraph(
                    "If it was not you, somebody else may know your password. Choose a new one at once, which logs them out"
                        + " too:"
                ),
                .link(facts.links.page("reset-password"), title: "Choose a new password"),
            ]
        )
    }

    private var linkAccount: Parts {
        (
            "Your code to link Google with Lonja",
            "Type it in to log in with Google from now on.",
            [
                .paragraph(
                    "You logged in with a Google account that has this address, and there is a Lonja account with the same"
                        + " address. To link the two, type this code where Lonja asks for it:"
                ),
                .code(facts.code),
                .note("It works once, for \(life) after you asked for it."),
                .note(
                    "That was not you? Then please ignore this mail: without the code nothing is linked. Never pass it on to"
                        + " anybody."
                ),
            ]
        )
    }

    private var accountLinked: Parts {
        (
            "Google is now linked with your account",
            "You can log in with Google from now on.",
            [
                .paragraph("Your Google account is now linked with your Lonja account: you can log in with either."),
                .paragraph("Was that you? Then there is nothing to do."),
                .paragraph("If it was not you, choose a new password at once; that logs out everybody:"),
                .link(facts.links.page("reset-password"), title: "Choose a new password"),
            ]
        )
    }

    private var life: String {
        switch facts.life {
        case .minutes(1): "1 minute"
        case .minutes(let count): "\(count) minutes"
        case .hours(let count): "\(count) hours"
        case nil: "a short time"
        }
    }
}
