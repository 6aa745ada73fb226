import type { FormEvent } from 'react';
import { useRef, useState } from 'react';
import type { APIProblem } from '@lonja/api/transport';
import type { FormError } from './ErrorSummary';
import { problemOf } from './problemOf';

/** What a form does: check what is typed when it is sent, send it once, keep it when that fails. */
export interface FormRun {
    readonly errors: readonly FormError[];
    readonly attempt: number;
    readonly problem: APIProblem | undefined;
    readonly busy: boolean;
    readonly submit: (event: FormEvent) => void;
    readonly errorOf: (field: string) => string | undefined;
}

/**
 * - Parameter check: what is wrong with what is typed.
 * - Parameter send: throws the API's problem.
 * - Parameter fields: of a problem, what belongs to a field; the rest is told above the button.
 */
export function useForm(
    check: () => readonly FormError[],
    send: () => Promise<void>,
    fields: (problem: APIProblem) => readonly FormError[] = () => [],
): FormRun {
    const [errors, setErrors] = useState<readonly FormError[]>([]);
    const [attempt, setAttempt] = useState(0);
    const [problem, setProblem] = useState<APIProblem>();
    const [busy, setBusy] = useState(false);
    const sending = useRef(false);
    const run = async (): Promise<void> => {
        if (sending.current) return;
        const found = check();
        setAttempt((before) => before + 1);
        setErrors(found);
        setProblem(undefined);
        if (found.length > 0) return;
        sending.current = true;
        setBusy(true);
        try {
            await send();
        } catch (error) {
            const told = problemOf(error);
            const known = fields(told);
            setErrors(known);
            if (known.length === 0) setProblem(told);
        }
        sending.current = false;
        setBusy(false);
    };
    return {
        errors, attempt, problem, busy,
        submit: (event) => {
            event.preventDefault();
            void run();
        },
        errorOf: (field) => errors.find((error) => error.field === field)?.text,
    };
}
