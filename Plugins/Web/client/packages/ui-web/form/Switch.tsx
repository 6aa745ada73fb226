import { classes } from '../base/classes';

interface SwitchProps {
    readonly label: string;
    readonly on: boolean;
    readonly onChange: (on: boolean) => void;
    readonly hint?: string;
}

/** On or off, at once. */
export function Switch({ label, on, onChange, hint }: SwitchProps): JSX.Element {
    return (
        <button
            type="button"
            role="switch"
            aria-checked={on}
            onClick={() => onChange(!on)}
            className="flex min-h-11 w-full items-center justify-between gap-4 text-left"
        >
            <span>
                <span className="block font-bold">{label}</span>
                {hint !== undefined && <span className="block text-sm text-soft">{hint}</span>}
            </span>
            <span
                aria-hidden="true"
                className={classes(
                    'flex h-6 w-11 shrink-0 items-center rounded-full border p-0.5 transition-colors',
                    on ? 'border-fill bg-fill' : 'border-edge bg-sunken',
                )}
            >
                <span
                    className={classes(
                        'size-4.5 rounded-full transition-transform',
                        on ? 'translate-x-5 bg-on-fill' : 'bg-edge',
                    )}
                />
            </span>
        </button>
    );
}
