/// A program and a system, from how a browser names itself: "Firefox on Linux". The marks are in an order in which the
/// more special comes first, as most browsers also name those they descend from.
enum DeviceName {
    private static let programs: [(mark: String, name: String)] = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Chrome"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Version/", "Safari"),
        ("curl/", "curl"),
    ]
    private static let systems: [(mark: String, name: String)] = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ]

    /// The text for a list of sessions; empty for a program that is not known.
    static func text(_ agent: String) -> String {
        guard let program = programs.first(where: { agent.contains($0.mark) })?.name else { return "" }
        guard let system = systems.first(where: { agent.contains($0.mark) })?.name else { return program }
        return "\(program) on \(system)"
    }
}
