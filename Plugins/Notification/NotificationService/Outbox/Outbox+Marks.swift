import Postgres

extension Outbox {
    /// Writes what became of attempts, in one statement. A mark whose lease has gone to another is without effect.
    /// - Returns: how many had an effect.
    @discardableResult
    func write(_ marks: [DeliveryMark], _ owner: PostgresUUID) async throws -> Int {
        let rows = marks.map(MarkRow.init)
        let ids = rows.map(\.id)
        return try await database.execute(
            """
            UPDATE mails SET
                state = mark.state,
                lane = mark.lane,
                attempts = mark.attempts,
                lease_owner = NULL,
                due_at = now() + mark.pause * interval '1 second',
                last_problem = CASE WHEN mark.is_outcome THEN mark.problem ELSE mails.last_problem END,
                driver = CASE WHEN mark.is_outcome THEN mark.driver ELSE mails.driver END,
                provider_id = mark.provider_id,
                sent_at = CASE WHEN mark.state = 2 THEN now() END,
                finished_at = CASE WHEN mark.state <> 1 THEN now() END,
                payload = CASE WHEN mark.state IN (2, 4) THEN NULL ELSE payload END
            FROM unnest(
                \(ids), \(rows.map(\.attempt)), \(rows.map(\.state)), \(rows.map(\.lane)), \(rows.map(\.attempts)),
                \(rows.map(\.pause)), \(rows.map(\.isOutcome)), \(rows.map(\.problem)), \(rows.map(\.driver)),
                \(rows.map(\.providerID))
            ) AS mark (id, attempt, state, lane, attempts, pause, is_outcome, problem, driver, provider_id)
            WHERE mails.id = mark.id AND mails.id = ANY (\(ids)) AND mails.lease_owner = \(owner)
                AND mails.attempts = mark.attempt AND mails.state = 1
            """
        )
    }

    /// A mark as columns.
    private struct MarkRow {
        let id: PostgresUUID
        let attempt: Int32
        var state = MailState.queued.rawValue
        var attempts: Int32
        var lane: Int16 = 0
        var pause = 0.0
        var isOutcome = true
        var problem = ""
        let driver: String
        var providerID = ""

        init(_ mark: DeliveryMark) {
            id = mark.id
            attempt = Int32(mark.attempt)
            attempts = attempt
            driver = mark.driver
            switch mark.decision {
            case .sent(let providerID):
                state = MailState.sent.rawValue
                self.providerID = Self.cut(providerID)
            case .again(let pause, let isCounted, let problem):
                self.pause = pause.inSeconds
                self.problem = Self.cut(problem)
                if !isCounted { attempts -= 1 }
            case .dead(let problem):
                state = MailState.dead.rawValue
                self.problem = Self.cut(problem)
            case .expired:
                state = MailState.expired.rawValue
                attempts -= 1
                isOutcome = false
            case .givenBack:
                attempts -= 1
                isOutcome = false
            }
            lane = mark.urgency.lane(afterAttempts: Int(attempts))
        }

        /// What a server says is not trusted to be short, nor to be a text that PostgreSQL takes.
        private static func cut(_ text: String) -> String {
            String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\0" }.prefix(500)))
        }
    }
}
