/// The letters in Spanish.
struct SpanishLetters {
    let facts: LetterFacts

    /// The letter of the facts' kind.
    var letter: Letter {
        let (subject, preview, blocks) = parts
        let name = GreetingName.of(facts.name)
        return Letter(
            subject: subject,
            preview: preview,
            greeting: name.isEmpty ? "Hola:" : "Hola, \(name):",
            blocks: blocks,
            signature: "El equipo de Lonja",
            footer:
                "Lonja es una bolsa para practicar: no hay dinero real en juego. Recibes este mensaje por algo que se hizo"
                + " con esta dirección en \(facts.links.site). Nunca te pediremos la contraseña por correo.",
            language: .spanish
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
            "Confirma tu dirección de correo",
            "Falta un paso y tu cuenta de Lonja estará lista.",
            [
                .paragraph("¡Te damos la bienvenida a Lonja! Solo falta un paso: confirma que esta dirección es tuya."),
                .link(facts.link, title: "Confirmar mi dirección"),
                .paragraph("O escribe este código donde Lonja te lo pida:"),
                .code(facts.code),
                .note("Ambos sirven una sola vez, durante \(life) desde que los pediste."),
                .note(
                    "¿No te has registrado? Entonces alguien escribió tu dirección por error. No hagas nada: sin el código,"
                        + " la cuenta no se puede usar."
                ),
            ]
        )
    }

    private var accountExists: Parts {
        (
            "Ya tienes una cuenta en Lonja",
            "Alguien ha intentado registrarse con tu dirección.",
            [
                .paragraph(
                    "Alguien, seguramente tú, acaba de intentar registrarse en Lonja con esta dirección. Ya hay una cuenta con"
                        + " ella, así que no se ha cambiado nada ni se ha creado otra."
                ),
                .link(facts.links.page("login"), title: "Iniciar sesión"),
                .paragraph("¿Olvidaste la contraseña? Puedes elegir una nueva:"),
                .link(facts.links.page("reset-password"), title: "Elegir otra contraseña"),
                .note("Si no fuiste tú, no tienes que hacer nada: tu cuenta y tu contraseña siguen como estaban."),
            ]
        )
    }

    private var resetPassword: Parts {
        (
            "Elige una contraseña nueva",
            "Has pedido una contraseña nueva para tu cuenta de Lonja.",
            [
                .paragraph("Has pedido una contraseña nueva para tu cuenta de Lonja. Elígela aquí:"),
                .link(facts.link, title: "Elegir otra contraseña"),
                .paragraph("O escribe este código donde Lonja te lo pida:"),
                .code(facts.code),
                .note(
                    "Ambos sirven una sola vez, durante \(life) desde que los pediste. Al cambiar la contraseña se cierra la"
                        + " sesión en todos tus dispositivos."
                ),
                .note(
                    "¿No la has pedido tú? Ignora este mensaje: tu contraseña sigue siendo la misma. No des el código a"
                        + " nadie, diga quien diga ser."
                ),
            ]
        )
    }

    private var noAccount: Parts {
        (
            "No hay ninguna cuenta con esta dirección",
            "Alguien ha pedido una contraseña nueva para una cuenta que no existe.",
            [
                .paragraph(
                    "Alguien, quizá tú, ha pedido una contraseña nueva para una cuenta de Lonja con esta dirección. No existe"
                        + " tal cuenta. ¿Puede ser que te registraras con otra dirección?"
                ),
                .paragraph("Si todavía no tienes cuenta, puedes crear una:"),
                .link(facts.links.page("register"), title: "Crear una cuenta"),
                .note("Si no fuiste tú, ignora este mensaje. No guardamos nada sobre ti."),
            ]
        )
    }

    private var changeEmail: Parts {
        (
            "Confirma tu nueva dirección de correo",
            "Tu cuenta de Lonja va a usar esta dirección.",
            [
                .paragraph(
                    "Quieres usar esta dirección en tu cuenta de Lonja a partir de ahora. Confirma que es tuya:"
                ),
                .link(facts.link, title: "Confirmar mi nueva dirección"),
                .paragraph("O escribe este código donde Lonja te lo pida:"),
                .code(facts.code),
                .note(
                    "Ambos sirven una sola vez, durante \(life) desde que los pediste. Mientras tanto sigue valiendo tu"
                        + " dirección anterior."
                ),
                .note("¿No lo has pedido tú? Ignora este mensaje y no cambiará nada."),
            ]
        )
    }

    private var emailChanged: Parts {
        (
            "Se ha cambiado tu dirección de correo",
            "Si no fuiste tú, puedes deshacerlo.",
            [
                .paragraph(
                    "La dirección de tu cuenta de Lonja se ha cambiado\(facts.newEmail.isEmpty ? "" : " a \(facts.newEmail)")."
                        + " Desde ahora te escribiremos allí, y esta dirección ya no pertenece a tu cuenta."
                ),
                .paragraph("¿Fuiste tú? Entonces no tienes que hacer nada."),
                .paragraph("Si no fuiste tú, deshaz el cambio ahora. Tu cuenta volverá a tener esta dirección:"),
                .link(facts.link, title: "Deshacer el cambio"),
                .note(
                    "El enlace sirve una sola vez, durante \(life) desde el cambio. Después elige otra contraseña, por"
                        + " seguridad."
                ),
            ]
        )
    }

    private var passwordChanged: Parts {
        (
            "Se ha cambiado tu contraseña",
            "Si no fuiste tú, actúa ahora.",
            [
                .paragraph(
                    "La contraseña de tu cuenta de Lonja se acaba de cambiar, y se ha cerrado la sesión en tus demás"
                        + " dispositivos."
                ),
                .paragraph("¿Fuiste tú? Entonces no tienes que hacer nada."),
                .paragraph(
                    "Si no fuiste tú, puede que otra persona sepa tu contraseña. Elige una nueva cuanto antes; así también se"
                        + " cerrará su sesión:"
                ),
                .link(facts.links.page("reset-password"), title: "Elegir otra contraseña"),
            ]
        )
    }

    private var linkAccount: Parts {
        (
            "Tu código para vincular Google con Lonja",
            "Escríbelo para iniciar sesión con Google a partir de ahora.",
            [
                .paragraph(
                    "Has iniciado sesión con una cuenta de Google que tiene esta dirección, y en Lonja hay una cuenta con la"
                        + " misma. Para vincularlas, escribe este código donde Lonja te lo pida:"
                ),
                .code(facts.code),
                .note("Sirve una sola vez, durante \(life) desde que lo pediste."),
                .note(
                    "¿No fuiste tú? Ignora este mensaje: sin el código no se vincula nada. No se lo des a nadie."
                ),
            ]
        )
    }

    private var accountLinked: Parts {
        (
            "Google ya está vinculado con tu cuenta",
            "Ya puedes iniciar sesión con Google.",
            [
                .paragraph(
                    "Tu cuenta de Google ya está vinculada con tu cuenta de Lonja: puedes iniciar sesión con cualquiera de las"
                        + " dos."
                ),
                .paragraph("¿Fuiste tú? Entonces no tienes que hacer nada."),
                .paragraph("Si no fuiste tú, elige otra contraseña cuanto antes; así se cerrarán todas las sesiones:"),
                .link(facts.links.page("reset-password"), title: "Elegir otra contraseña"),
            ]
        )
    }

    private var life: String {
        switch facts.life {
        case .minutes(1): "1 minuto"
        case .minutes(let count): "\(count) minutos"
        case .hours(let count): "\(count) horas"
        case nil: "poco tiempo"
        }
    }
}
