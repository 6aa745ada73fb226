import { useEffect, useRef } from 'react';
import { useMessages } from '../context/language';

/** What is wrong with one control of a form. */
export interface FormError {
    /** The control's id. */
    readonly field: string;
    readonly text: string;
}

/** All that keeps a form from being sent: on top of it, with the focus, each linked to its control. */
export function ErrorSummary(
    { errors, attempt }: { errors: readonly FormError[]; attempt: number },
): JSX.Element | null {
    const reference = useRef<HTMLDivElement>(null);
    const { form } = useMessages('common');
    useEffect(() => {
        if (errors.length === 0) return undefined;
        // The same errors after another attempt are told again.
        reference.current?.focus();
        const before = document.title;
        document.title = form.errorTitle(before);
        return () => {
            document.title = before;
        };
    }, [errors, attempt, form]);
    if (errors.length === 0) return null;
    return (
        <div ref={reference} role="alert" tabIndex={-1} className="rounded-md border-2 border-bad bg-bad-tint p-4">
            <h2 className="text-lg">{form.summary}</h2>
            <ul className="mt-2 flex flex-col gap-1">
                {errors.map((error) => (
                    <li key={error.field}>
                        <a
                            href={`#${error.field}`}
                            className="font-bold text-bad underline"
                            onClick={(event) => {
                                event.preventDefault();
                                document.getElementById(error.field)?.focus();
                            }}
                        >
                            {error.text}
                        </a>
                    </li>
                ))}
            </ul>
        </div>
    );
}
