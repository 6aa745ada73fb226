import type { InputHTMLAttributes } from 'react';
import { forwardRef, useState } from 'react';
import { classes } from '../base/classes';
import { useMessages } from '../context/language';
import { Icon } from '../icons/Icon';
import { inputClasses } from './inputClasses';

/** A password, which can be looked at, pasted and filled in by a password manager. */
export const PasswordInput = forwardRef<HTMLInputElement, InputHTMLAttributes<HTMLInputElement>>(
    function PasswordInput({ className, ...rest }, reference) {
        const [shown, setShown] = useState(false);
        const { form } = useMessages('common');
        return (
            <div className="relative">
                <input
                    {...rest}
                    ref={reference}
                    type={shown ? 'text' : 'password'}
                    autoCapitalize="none"
                    spellCheck={false}
                    className={classes(inputClasses, 'pr-12', className)}
                />
                <button
                    type="button"
                    aria-pressed={shown}
                    aria-label={form.showPassword}
                    onClick={() => setShown(!shown)}
                    className={classes(
                        'absolute inset-y-0 right-0 flex w-11 items-center justify-center rounded-md text-soft',
                        'hover:text-ink',
                    )}
                >
                    <Icon name={shown ? 'eye-off' : 'eye'} />
                </button>
            </div>
        );
    },
);
