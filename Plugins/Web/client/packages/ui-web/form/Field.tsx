import type { ReactNode } from 'react';
import { useId } from 'react';
import { Icon } from '../icons/Icon';

/** What a field gives to its control, so that label, hint and error are read with it. */
export interface ControlProps {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
}

interface FieldProps {
    readonly label: string;
    readonly hint?: ReactNode;
    readonly error?: string | undefined;
    /** The control's id, where a summary of errors links to it. */
    readonly id?: string;
    readonly aside?: ReactNode;
    readonly children: (control: ControlProps) => ReactNode;
}

/** A label, a control, and what is said about it. */
export function Field({ label, hint, error, id, aside, children }: FieldProps): JSX.Element {
    const made = useId();
    const control = id ?? made;
    const described = [hint !== undefined && `${control}-hint`, error !== undefined && `${control}-error`].filter(
        Boolean,
    ).join(' ');
    return (
        <div className="flex flex-col gap-1.5">
            <div className="flex items-baseline justify-between gap-4">
                <label htmlFor={control} className="font-bold">{label}</label>
                {aside}
            </div>
            {hint !== undefined && <p id={`${control}-hint`} className="text-sm text-soft">{hint}</p>}
            {error !== undefined && (
                <p id={`${control}-error`} className="flex items-start gap-1.5 text-sm font-bold text-bad">
                    <span className="pt-0.5">
                        <Icon name="warning" size={16} />
                    </span>
                    {error}
                </p>
            )}
            {children({
                id: control,
                'aria-describedby': described === '' ? undefined : described,
                'aria-invalid': error === undefined ? undefined : true,
            })}
        </div>
    );
}
