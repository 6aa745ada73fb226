import type { ProblemCode } from './contract';
import { EventParser } from './eventParser';
import type { Call, CallOptions, FieldProblem, QueryValue, Transport } from './transport';
import { APIProblem } from './transport';

/** Whom the requests are of: the browser's cookie with its token, or a session key. */
export type Credentials = { readonly kind: 'cookie'; csrfToken: string | undefined } | {
    readonly kind: 'key';
    key: string;
};

export interface FetchTransportOptions {
    /** The origin, as `https://lonja.example`; empty for the page's own. */
    readonly origin: string;
    readonly fetch: typeof fetch;
    readonly credentials: () => Credentials;
    /** The language that problems are told in. */
    readonly language?: () => string;
}

/** The API over `fetch`. */
export class FetchTransport implements Transport {
    private readonly options: FetchTransportOptions;

    constructor(options: FetchTransportOptions) {
        this.options = options;
    }

    async json<Answer>(call: Call, options?: CallOptions): Promise<Answer> {
        const response = await this.send(call, 'application/json', options);
        return (await response.json()) as Answer;
    }

    async nothing(call: Call, options?: CallOptions): Promise<void> {
        const response = await this.send(call, 'application/json', options);
        await response.arrayBuffer();
    }

    async blob(call: Call, options?: CallOptions): Promise<Blob> {
        const response = await this.send(call, '*/*', options);
        return response.blob();
    }

    /** Events until the signal ends them or the server does; an event named `problem` is thrown. */
    async *events<Event>(call: Call, options?: CallOptions): AsyncGenerator<Event> {
        const response = await this.send(call, 'text/event-stream', options);
        if (response.body === null) return;
        const reader = response.body.getReader();
        const decoder = new TextDecoder();
        const parser = new EventParser();
        try {
            for (;;) {
                const { done, value } = await reader.read();
                if (done) return;
                options?.onActivity?.();
                for (const event of parser.push(decoder.decode(value, { stream: true }))) {
                    if (event.name === 'problem') throw problem(JSON.parse(event.data), undefined);
                    if (event.id !== undefined) options?.onEventID?.(event.id);
                    yield JSON.parse(event.data) as Event;
                }
            }
        } finally {
            await reader.cancel().catch(() => undefined);
        }
    }

    private async send(call: Call, accept: string, options: CallOptions | undefined): Promise<Response> {
        const init: RequestInit = { method: call.method, headers: this.headers(call, accept) };
        if (options?.signal !== undefined) init.signal = options.signal;
        if (this.options.credentials().kind === 'cookie') init.credentials = 'same-origin';
        if (call.content !== undefined) init.body = call.content;
        else if (call.json !== undefined) init.body = JSON.stringify(call.json);
        let response: Response;
        try {
            response = await this.options.fetch(this.options.origin + call.path + query(call.query ?? {}), init);
        } catch (error) {
            if (options?.signal?.aborted === true) throw error;
            throw new APIProblem('unreachable', 0, 'The server cannot be reached.');
        }
        if (response.ok) return response;
        throw problem(await response.json().catch(() => undefined), response);
    }

    private headers(call: Call, accept: string): Record<string, string> {
        const headers: Record<string, string> = { accept };
        const language = this.options.language?.();
        if (language !== undefined) headers['accept-language'] = language;
        if (call.content !== undefined) headers['content-type'] = call.content.type;
        else if (call.json !== undefined) headers['content-type'] = 'application/json';
        if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey;
        const credentials = this.options.credentials();
        if (credentials.kind === 'key') headers['authorization'] = `Bearer ${credentials.key}`;
        else if (call.method !== 'GET' && credentials.csrfToken !== undefined) {
            headers['x-csrf-token'] = credentials.csrfToken;
        }
        return headers;
    }
}

function query(values: Readonly<Record<string, QueryValue>>): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) {
        if (value === undefined) continue;
        parameters.set(name, typeof value === 'object' ? value.join(',') : String(value));
    }
    const text = parameters.toString();
    return text === '' ? '' : `?${text}`;
}

interface ProblemBody {
    readonly code?: ProblemCode;
    readonly detail?: string;
    readonly errors?: readonly FieldProblem[];
    readonly requestId?: string;
    readonly status?: number;
}

function problem(body: unknown, response: Response | undefined): APIProblem {
    const told = (typeof body === 'object' && body !== null ? body : {}) as ProblemBody;
    const status = response?.status ?? told.status ?? 0;
    const seconds = Number(response?.headers.get('retry-after') ?? Number.NaN);
    return new APIProblem(
        told.code ?? (status >= 500 ? 'unavailable' : 'bad-request'),
        status,
        told.detail ?? `The server answered ${status}.`,
        told.errors ?? [],
        told.requestId ?? response?.headers.get('x-request-id') ?? undefined,
        Number.isFinite(seconds) ? seconds : undefined,
    );
}
