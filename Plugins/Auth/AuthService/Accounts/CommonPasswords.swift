/// Words that passwords are mostly made of: the most frequent of published lists that consist of letters alone, most
/// frequent first (frequency lists of zxcvbn, MIT licence), and those of our own field.
enum CommonPasswords {
    /// For looking up.
    static let words = Set((frequent + " " + lessFrequent).split { $0 == " " || $0 == "\n" }.map(String.init))

    /// Long ones that are common as they are.
    static let whole: Set<String> = [
        "mailcreated5240",
        "polniypizdec0211",
        "123456789987654321",
        "1qaz2wsx3edc4rfv",
        "momsanaladventure",
        "hd764nw5d7e1vb1",
        "qazwsxedcrfvtgb",
        "23176djivanfros",
        "123456789qwerty",
        "12345678900987654321",
        "qwerty123456789",
        "polniypizdec110211",
        "12345678987654321",
        "q1w2e3r4t5y6u7i8",
        "zqjphsyf6ctifgu",
        "lhbjkjubz2957704",
        "1qazxsw23edcvfr4",
        "nemvxyheqdd5oqxyxyzi",
        "1234qwerasdfzxcv",
        "q1w2e3r4t5y6u7i8o9p0",
        "passwordstandard",
        "1234567890qwerty",
        "1234567890987654321",
        "bpgjldsgjldthnf",
        "1qa2ws3ed4rf5tg",
        "qwertyuiop12345",
        "1234567887654321",
        "111222333444555",
        "122333444455555",
        "zxcvbnm123456789",
        "qwertasdfgzxcvb",
    ]
}
