import type { ButtonHTMLAttributes } from 'react';
import { forwardRef } from 'react';
import { buttonClasses } from './buttonClasses';
import type { ButtonLook, ButtonSize } from './buttonClasses';
import { Spinner } from './Spinner';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
    readonly look?: ButtonLook;
    readonly size?: ButtonSize;
    /** What it does is being done: it stays where it is and does nothing again. */
    readonly busy?: boolean;
}

export const Button = forwardRef<HTMLButtonElement, ButtonProps>(function Button(properties, reference) {
    const { look = 'plain', size = 'normal', busy = false, className, children, onClick, type = 'button', ...rest } =
        properties;
    return (
        <button
            {...rest}
            ref={reference}
            type={type}
            aria-busy={busy || undefined}
            aria-disabled={busy || undefined}
            className={buttonClasses(look, size, className)}
            onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
        >
            {busy && <Spinner />}
            {children}
        </button>
    );
});
