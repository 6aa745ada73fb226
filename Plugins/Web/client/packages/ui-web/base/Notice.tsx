import type { ReactNode } from 'react';
import type { IconName } from '../icons/Icon';
import { Icon } from '../icons/Icon';
import { classes } from './classes';

export type NoticeMood = 'info' | 'good' | 'warn' | 'bad';

const looks: Readonly<Record<NoticeMood, readonly [IconName, string]>> = {
    info: ['info', 'bg-tint text-accent'],
    good: ['check', 'bg-good-tint text-good'],
    warn: ['warning', 'bg-warn-tint text-warn'],
    bad: ['warning', 'bg-bad-tint text-bad'],
};

interface NoticeProps {
    readonly mood: NoticeMood;
    readonly title?: string;
    readonly children?: ReactNode;
    /** Read out when it appears: at once for what went wrong, in turn for the rest. */
    readonly announced?: boolean;
}

/** Something that the reader should know before going on. */
export function Notice({ mood, title, children, announced = false }: NoticeProps): JSX.Element {
    const [icon, look] = looks[mood];
    const role = !announced ? undefined : mood === 'bad' ? 'alert' : 'status';
    return (
        <div role={role} className={classes('flex gap-3 rounded-md p-4', look)}>
            <span className="pt-0.5"><Icon name={icon} /></span>
            <div className="min-w-0 text-ink">
                {title !== undefined && <p className="font-bold">{title}</p>}
                {children}
            </div>
        </div>
    );
}
