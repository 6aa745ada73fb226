import { APIProblem } from '@lonja/api/transport';

/** The API's problem; anything else is a fault of ours, and told as one. */
export function problemOf(error: unknown): APIProblem {
    if (error instanceof APIProblem) return error;
    console.error(error);
    return new APIProblem('internal', 0, String(error));
}
