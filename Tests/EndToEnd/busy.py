"""People who ask all the time while something happens to the services."""

import threading


class Busy(threading.Thread):
    """Does one round after the other over one connection, until it is told to stop; keeps what went wrong."""

    def __init__(self):
        super().__init__(daemon=True)
        self.connection, self.error = None, None
        self.requests, self.rounds, self.slowest = 0, 0, 0
        self.stopping = threading.Event()

    def round(self):
        raise NotImplementedError

    def run(self):
        try:
            while not self.stopping.is_set():
                self.round()
                self.rounds += 1
        except BaseException as error:
            self.error = error
        finally:
            self.drop()

    def drop(self):
        if self.connection:
            self.connection.close()
        self.connection = None
