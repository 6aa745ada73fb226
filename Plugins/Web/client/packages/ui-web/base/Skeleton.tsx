import { classes } from './classes';

/** Keeps the room of what is being loaded, in the size that the class gives it. */
export function Skeleton({ className }: { className?: string }): JSX.Element {
    return (
        <span
            aria-hidden="true"
            className={classes('block animate-pulse rounded-sm bg-sunken', className ?? 'h-4 w-24')}
        />
    );
}
