import type { InputHTMLAttributes } from 'react';
import { forwardRef } from 'react';
import { classes } from '../base/classes';
import { inputClasses } from './inputClasses';

/** One line of text. */
export const TextInput = forwardRef<HTMLInputElement, InputHTMLAttributes<HTMLInputElement>>(
    function TextInput({ className, ...rest }, reference) {
        return <input {...rest} ref={reference} className={classes(inputClasses, className)} />;
    },
);
