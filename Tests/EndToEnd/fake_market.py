"""A market of one company that is as a test wants it, on grpcio."""

import time
from concurrent.futures import ThreadPoolExecutor

import grpc


class FakeMarket:
    """Has one price for every company, on the days of a real market. `age` in seconds."""

    def __init__(self, load, real):
        self.messages = load("lonja.market.v1.market_pb2")
        services = load("lonja.market.v1.market_pb2_grpc")
        self.channel = grpc.insecure_channel(real)
        self.real = services.MarketStub(self.channel)
        self.reset()
        owner = self

        class Market(services.MarketServicer):
            def GetQuote(self, request, context):
                if owner.away:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "away")
                return owner.quote(request.symbol)

            def GetQuotes(self, request, context):
                if owner.away:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "away")
                return owner.messages.GetQuotesResponse(items=[owner.quote(symbol) for symbol in request.symbols])

            # What day it is, and what happens on it, is the same for all wallets of a database.
            def GetClock(self, request, context):
                return owner.real.GetClock(request)

            def GetCalendar(self, request, context):
                return owner.real.GetCalendar(request)

            def ListActions(self, request, context):
                return owner.real.ListActions(request)

            def GetHistory(self, request, context):
                return owner.real.GetHistory(request)

        self.server = grpc.server(ThreadPoolExecutor(4))
        services.add_MarketServicer_to_server(Market(), self.server)
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        self.server.start()

    def reset(self):
        self.price, self.open, self.stale, self.age, self.away = "100.00", True, False, 0, False

    def quote(self, symbol):
        quote = self.messages.Quote(symbol=symbol, source="fake", stale=self.stale)
        quote.price.amount, quote.price.currency = self.price, "USD"
        quote.session = self.messages.SESSION_OPEN if self.open else self.messages.SESSION_CLOSED
        quote.as_of.FromNanoseconds(time.time_ns() - int(self.age * 1e9))
        quote.replayed = True
        quote.replayed_time.CopyFrom(self.real.GetClock(self.messages.GetClockRequest()).replayed_time)
        return quote

    def close(self):
        self.server.stop(0).wait()
        self.channel.close()
