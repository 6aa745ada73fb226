import type { SelectHTMLAttributes } from 'react';
import { classes } from '../base/classes';
import { Icon } from '../icons/Icon';
import { inputClasses } from './inputClasses';

/** One of many, by the browser's own list. */
export function Select({ className, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement>): JSX.Element {
    return (
        <div className="relative">
            <select {...rest} className={classes(inputClasses, 'appearance-none pr-10', className)}>{children}</select>
            <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-soft">
                <Icon name="down" size={18} />
            </span>
        </div>
    );
}
