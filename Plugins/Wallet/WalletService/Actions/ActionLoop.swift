import Contracts
import Logging
import Money
import Observe
import Postgres
import RPC

/// Books splits and dividends as they take effect, and finishes resets, on any number of replicas: every step takes what is due from the
/// database, and has the same effect when it is taken again.
struct ActionLoop: Sendable {
    /// What is worked on in one turn.
    static let batch = 64

    let watch: DayWatch
    let store: ActionStore
    let credits: CreditStore
    let closes: CloseStore
    let market: MarketClient
    let resets: AccountReset
    let times: TradeTimes
    let logger: Logger

    /// One look at everything.
    func turn() async throws {
        let context = CallContext.root(timeout: times.request)
        do {
            try await watch.look(context)
        } catch let error as RPCError {
            // What is known already is booked all the same.
            logger.warning("the market does not say what day it is", metadata: ["error": "\(error)"])
        }
        try await each({ try await store.takeQuestions(most: Self.batch, by: context.deadline) }) { question in
            try await learn(question, context)
        }
        try await each({ try await store.takeTasks(most: Self.batch, by: context.deadline) }) { task in
            _ = try await store.book(task, by: context.deadline)
        }
        // What traders wait for is done; payments follow.
        try await watch.refresh(context)
        try await each({ try await credits.take(most: Self.batch, by: context.deadline) }) { credit in
            try await pay(credit, context)
        }
        try await each({ try await resets.store.take(most: Self.batch, by: context.deadline) }) { reset in
            _ = try await resets.advance(reset, context)
        }
        try await each({ try await closes.take(most: Self.batch, by: context.deadline) }) { question in
            try await price(question, context)
        }
    }

    /// Works on all that is due, a batch at once. What fails does not hinder the others; it is taken again when its
    /// lease ends.
    private func each<Work: Sendable>(
        _ take: () async throws -> [Work],
        _ body: @escaping @Sendable (Work) async throws -> Void
    ) async throws {
        var count = Self.batch
        while count == Self.batch {
            let taken = try await take()
            count = taken.count
            await withDiscardingTaskGroup { group in
                for work in taken {
                    group.addTask {
                        do {
                            try await body(work)
                        } catch {
                            logger.warning("an action of a company waits", metadata: ["error": "\(error)"])
                        }
                    }
                }
            }
        }
    }

    /// Asks what a company does on a day. A company that the market does not know any more does nothing.
    private func learn(_ question: ActionStore.Question, _ context: CallContext) async throws {
        var request = MarketListActionsRequest()
        request.symbol = question.symbol
        var actions: [MarketAction] = []
        do {
            actions = try await market.listActions(request, context.with(timeout: times.call)).items
        } catch let error as RPCError where error.code == .notFound {}
        // A day may have been missed while nobody looked; after the last day of a replay comes its first.
        let first =
            question.before < question.day ? question.before.advanced(byDays: 1) ?? question.day : question.day
        let events = actions.compactMap { CorporateEvent($0, question.symbol, ordinal: question.ordinal) }
            .filter { (first...question.day).contains($0.exDay) }
        try await store.record(question, events, by: context.deadline)
    }

    /// Asks for the close of a day that has ended; of a company that was not traded on it, for the last one before.
    private func price(_ question: CloseStore.Question, _ context: CallContext) async throws {
        var request = MarketGetHistoryRequest()
        request.symbol = question.symbol
        request.range = "1m"
        request.interval = "1d"
        request.adjustment = "raw"
        let bars = try await market.getHistory(request, context.with(timeout: times.call)).items
        let day = question.day.description
        // Days are written so that they sort as texts.
        let bar = bars.last { $0.date <= day }
        let answer = CloseStore.Answer(try bar.map { try ExactDecimal(parsing: $0.close) })
        try await closes.record(question, answer, by: context.deadline)
    }

    private func pay(_ credit: CreditStore.Credit, _ context: CallContext) async throws {
        var request = ProfileCreditCashRequest()
        request.userID = credit.client
        request.entryID = credit.id.description
        request.amount = LonjaMoney(credit.amount.value, credit.amount.currency)
        _ = try await resets.saga.profile.creditCash(request, context.with(timeout: times.call))
        try await credits.finish(credit, by: context.deadline)
    }
}
