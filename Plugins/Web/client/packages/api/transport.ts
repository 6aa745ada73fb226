import type { ProblemCode } from './contract';

/** What a function of the API asks for. */
export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly json?: object;
  readonly content?: Blob;
  readonly idempotencyKey?: string;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Of a stream: something came, be it only a sign of life. */
  readonly onActivity?: () => void;
  /** Of a stream: the id of the event that is given out next. */
  readonly onEventID?: (id: string) => void;
}

/** What the generated functions are written over. */
export interface Transport {
  json<Answer>(call: Call, options?: CallOptions): Promise<Answer>;
  nothing(call: Call, options?: CallOptions): Promise<void>;
  blob(call: Call, options?: CallOptions): Promise<Blob>;
  events<Event>(call: Call, options?: CallOptions): AsyncIterable<Event>;
}

/** What is wrong with one field. */
export interface FieldProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** An answer that is no success: `application/problem+json`, or `unreachable` where there was no answer at all. */
export class APIProblem extends Error {
  override readonly name = 'APIProblem';

  constructor(
    readonly code: ProblemCode | 'unreachable',
    readonly status: number,
    detail: string,
    readonly errors: readonly FieldProblem[] = [],
    readonly requestId: string | undefined = undefined,
    /** Seconds to wait, where the server says so. */
    readonly retryAfter: number | undefined = undefined,
  ) {
    super(detail);
  }
}
