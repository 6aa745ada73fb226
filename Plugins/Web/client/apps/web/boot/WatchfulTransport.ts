import type { Call, CallOptions, Transport } from '@lonja/api/transport';
import { APIProblem } from '@lonja/api/transport';

/** Notices when a call is refused because the session is over. */
export class WatchfulTransport implements Transport {
    onUnauthorized: () => void = () => undefined;

    constructor(private readonly inner: Transport) {}

    json<Answer>(call: Call, options?: CallOptions): Promise<Answer> {
        return this.watched(this.inner.json<Answer>(call, options));
    }

    nothing(call: Call, options?: CallOptions): Promise<void> {
        return this.watched(this.inner.nothing(call, options));
    }

    blob(call: Call, options?: CallOptions): Promise<Blob> {
        return this.watched(this.inner.blob(call, options));
    }

    async *events<Event>(call: Call, options?: CallOptions): AsyncGenerator<Event> {
        try {
            for await (const event of this.inner.events<Event>(call, options)) yield event;
        } catch (error) {
            this.judge(error);
            throw error;
        }
    }

    private async watched<Answer>(answer: Promise<Answer>): Promise<Answer> {
        try {
            return await answer;
        } catch (error) {
            this.judge(error);
            throw error;
        }
    }

    private judge(error: unknown): void {
        // A wrong password is 401 as well, and says nothing of the session.
        if (error instanceof APIProblem && error.code === 'unauthorized') this.onUnauthorized();
    }
}
