import type { ReactNode } from 'react';
import { useId, useLayoutEffect, useRef } from 'react';
import { useMessages } from '../context/language';
import { Icon } from '../icons/Icon';
import { classes } from '../base/classes';

interface DialogProps {
    readonly title: string;
    readonly children: ReactNode;
    /** Escape, or the button. */
    readonly onClose: () => void;
}

/** Asks before it goes on. The browser's own modal dialog keeps the focus inside and gives it back. */
export function Dialog({ title, children, onClose }: DialogProps): JSX.Element {
    const reference = useRef<HTMLDialogElement>(null);
    const heading = useId();
    const { words } = useMessages('common');
    // Before it is painted, so that no key goes elsewhere meanwhile.
    useLayoutEffect(() => {
        const dialog = reference.current;
        const before = document.activeElement;
        dialog?.showModal();
        return () => {
            dialog?.close();
            // What opened it may be gone by what was done in it.
            const next = before instanceof HTMLElement && before.isConnected
                ? before
                : document.querySelector<HTMLElement>('main h1');
            next?.focus();
        };
    }, []);
    return (
        <dialog
            ref={reference}
            aria-labelledby={heading}
            onCancel={(event) => {
                event.preventDefault();
                onClose();
            }}
            className={classes(
                'm-auto w-full max-w-lg animate-appear rounded-xl bg-surface p-0 text-ink shadow-float',
                'backdrop:bg-scrim max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none',
            )}
        >
            <div className="flex flex-col gap-4 p-6">
                <div className="flex items-start justify-between gap-4">
                    <h2 id={heading} className="text-xl">{title}</h2>
                    <button
                        type="button"
                        aria-label={words.close}
                        onClick={onClose}
                        className={classes(
                            '-m-2 flex size-11 items-center justify-center rounded-md text-soft hover:bg-hover',
                            'hover:text-ink',
                        )}
                    >
                        <Icon name="close" />
                    </button>
                </div>
                {children}
            </div>
        </dialog>
    );
}
