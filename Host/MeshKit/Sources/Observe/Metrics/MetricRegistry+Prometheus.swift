extension MetricRegistry {
    /// The media type of `prometheusText()`.
    public static let prometheusMediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// Everything in the text format of Prometheus, version 0.0.4. Any thread; does not block.
    public func prometheusText() -> String {
        var text = ""
        for (name, entry) in all {
            switch entry {
            case .counter(let family):
                text.header(name, family.help, "counter")
                for (values, series) in family.all {
                    text.sample(name, pairs(family.labels, values), String(series.value))
                }
            case .gauge(let family):
                text.header(name, family.help, "gauge")
                for (values, series) in family.all {
                    text.sample(name, pairs(family.labels, values), Self.number(series.value))
                }
            case .histogram(let family):
                text.header(name, family.help, "histogram")
                for (values, series) in family.all {
                    text.histogram(name, pairs(family.labels, values), series)
                }
            case .callbacks(let help, let isCounter, let callbacks):
                text.header(name, help, isCounter ? "counter" : "gauge")
                for callback in callbacks {
                    guard let value = callback.read() else { continue }
                    text.sample(name, callback.labels, Self.number(value))
                }
            }
        }
        return text
    }

    private func pairs(_ labels: [String], _ values: [String]) -> [(name: String, value: String)] {
        zip(labels, values).map { ($0, $1) }
    }

    /// `NaN`, `+Inf`, `-Inf`; whole numbers without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return value.description
    }
}

extension String {
    fileprivate mutating func header(_ name: String, _ help: String, _ type: String) {
        self += "# HELP \(name) \(help.escaped(quotes: false))\n# TYPE \(name) \(type)\n"
    }

    fileprivate mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: String) {
        self += name
        if !labels.isEmpty {
            self += "{"
            for (index, label) in labels.enumerated() {
                if index > 0 { self += "," }
                self += "\(label.name)=\"\(label.value.escaped(quotes: true))\""
            }
            self += "}"
        }
        self += " \(value)\n"
    }

    fileprivate mutating func histogram(
        _ name: String,
        _ labels: [(name: String, value: String)],
        _ histogram: Histogram
    ) {
        let (cumulative, sum) = histogram.snapshot
        for (bound, count) in zip(histogram.bounds, cumulative) {
            sample(name + "_bucket", labels + [("le", MetricRegistry.number(bound))], String(count))
        }
        let total = String(cumulative.last ?? 0)
        sample(name + "_bucket", labels + [("le", "+Inf")], total)
        sample(name + "_sum", labels, MetricRegistry.number(sum))
        sample(name + "_count", labels, total)
    }

    /// The format's own escapes: backslash and line feed, in label values also the quote.
    fileprivate func escaped(quotes: Bool) -> String {
        guard utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || (quotes && $0 == 0x22) }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
