import type { ReactNode } from 'react';
import type { IconName } from '../icons/Icon';
import { Icon } from '../icons/Icon';

/** Why there is nothing here yet, and what to do about it. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }): JSX.Element {
    return (
        <div className="flex flex-col items-center gap-2 px-4 py-10 text-center">
            <span className="mb-2 rounded-full bg-sunken p-4 text-soft">
                <Icon name={icon} size={28} />
            </span>
            <p className="font-bold">{title}</p>
            {children !== undefined && (
                <div className="flex max-w-md flex-col items-center gap-4 text-sm text-soft">{children}</div>
            )}
        </div>
    );
}
