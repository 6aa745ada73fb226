extension ConfigurationError.Problem {
    /// A key, variable or file that nobody declares.
    static func unknown(
        _ name: String,
        at origin: String,
        among known: some Sequence<String>
    ) -> ConfigurationError.Problem {
        let hint = SettingKey.nearest(to: name, among: known).map { "did you mean \($0)?" } ?? "remove it"
        return Self(code: .unknownKey, subject: name, description: "\(name) (\(origin)) is not a setting: \(hint)")
    }

    /// A value that is not of its setting's kind.
    static func invalid(
        _ setting: Setting,
        _ found: SettingSources.Found,
        _ refusal: Setting.Refusal
    ) -> ConfigurationError.Problem {
        let value =
            switch (setting.kind, found.raw) {
            case (.secret, _): "<redacted>"
            case (_, .text(let text)): shown(text)
            case (_, .list(let items)): "[" + items.map(shown).joined(separator: ", ") + "]"
            }
        return Self(
            code: .invalidValue,
            subject: setting.key,
            description: "\(setting.key) = \(value) (\(found.origin)) \(refusal.expected): \(setting.doc)"
        )
    }

    /// A required key without a value.
    static func missing(_ setting: Setting, secretsPath: String?) -> ConfigurationError.Problem {
        let ways =
            setting.kind == .secret
            ? "put it into the file \(setting.key) of \(secretsPath ?? "the folder LONJA_SECRETS")"
                + " or set \(setting.variable)"
            : "set \(setting.variable) or \(setting.key) in the file of LONJA_CONFIG"
        return Self(
            code: .missingValue,
            subject: setting.key,
            description: "\(setting.key) has no value (no source has it): \(ways) (\(setting.doc))"
        )
    }

    /// A declaration that does not go together with another.
    static func contradiction(_ setting: Setting, _ why: String) -> ConfigurationError.Problem {
        Self(
            code: .contradiction,
            subject: setting.key,
            description:
                "\(setting.key) \(why) (declared by a plugin or driver): load only one of them, or rename the key"
        )
    }

    /// A file or folder that is no use.
    static func unreadable(_ path: String, _ why: String, from variable: String) -> ConfigurationError.Problem {
        Self(
            code: .unreadable,
            subject: path,
            description: "\(path) (from \(variable)) \(oneLine(why)): mend it or change \(variable)"
        )
    }

    /// Quoted, on one line, at most 80 characters.
    private static func shown(_ text: String) -> String {
        let line = oneLine(text)
        return "\"" + (line.count > 80 ? line.prefix(77) + "..." : line[...]) + "\""
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline || ($0.asciiValue ?? 0x20) < 0x20 ? " " : $0 })
    }
}
