import { useState } from 'react';
import { useRouter } from 'next/navigation';
import { classes } from '../base/classes';
import { useMessages } from '../context/language';
import { useLonja } from '../context/lonja';
import { useStore } from '../context/store';
import { Icon } from '../icons/Icon';

/** Watches a company, or no more. Changes once the server has said so. */
export function WatchButton({ symbol, className }: { symbol: string; className?: string }): JSX.Element {
    const { watchlist, session } = useLonja();
    const watched = useStore(watchlist)?.has(symbol) ?? false;
    const open = useStore(session).kind === 'open';
    const [busy, setBusy] = useState(false);
    const { watch, watchLogin } = useMessages('stocks');
    const router = useRouter();
    const toggle = async (): Promise<void> => {
        if (!open) return router.push(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
        if (busy) return undefined;
        setBusy(true);
        // Refused or not: the star shows what is so.
        await watchlist.toggle(symbol).catch(() => undefined);
        setBusy(false);
        return undefined;
    };
    return (
        <button
            type="button"
            aria-pressed={watched}
            aria-label={watch(symbol)}
            title={open ? watch(symbol) : watchLogin}
            aria-busy={busy || undefined}
            onClick={() => void toggle()}
            className={classes(
                'relative z-10 flex size-11 shrink-0 items-center justify-center rounded-md hover:bg-hover',
                watched ? 'text-accent' : 'text-soft',
                className,
            )}
        >
            <Icon name="star" filled={watched} />
        </button>
    );
}
