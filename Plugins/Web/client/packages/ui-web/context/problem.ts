import type { APIProblem } from '@lonja/api/transport';
import { useFormat, useLanguage, useMessages } from './language';

/** The sentence of a problem's code in the page's language, as the API's catalogue has it. */
export function useProblemText(problem: APIProblem): string {
    const title = useCodeText(problem.code);
    const { problem: texts } = useMessages('common');
    const format = useFormat();
    if (problem.code === 'unreachable') return texts.unreachable;
    if (problem.retryAfter !== undefined && problem.status === 429) {
        return texts.rateLimited(format.count(problem.retryAfter));
    }
    return title ?? texts.internal;
}

/** The sentence of a code alone, as of an order that was rejected. */
export function useCodeText(code: string): string | undefined {
    // They come a moment after the page.
    return useLanguage().texts.problems?.[code];
}
