import { useEffect } from 'react';
import { Badge } from '../base/Badge';
import { Skeleton } from '../base/Skeleton';
import { useFormat, useMessages } from '../context/language';
import { useLonja } from '../context/lonja';
import { useResource } from '../context/store';

/** Whether the market is open, until when, and which day is replayed. */
export function MarketClock(): JSX.Element {
    const lonja = useLonja();
    const { value: clock } = useResource(lonja.clock);
    const { market } = useMessages('common');
    const format = useFormat();
    const next = clock?.nextChange;
    useEffect(() => {
        if (next === undefined) return undefined;
        // A moment later, so that the server has changed too; at most as long as a timer can wait.
        const wait = Math.min(Math.max(Date.parse(next) - Date.now(), 0) + 1_000, 2_000_000_000);
        const timer = setTimeout(() => lonja.resources.invalidate('clock'), wait);
        return () => clearTimeout(timer);
    }, [next, lonja]);
    if (clock === undefined) {
        return (
            <div className="min-h-12 sm:min-h-6">
                <Skeleton className="h-6 w-44" />
            </div>
        );
    }
    const open = clock.session === 'open';
    return (
        <p className="flex min-h-12 flex-wrap content-start items-center gap-x-2 gap-y-1 text-sm text-soft sm:min-h-6">
            <Badge mood={open ? 'good' : 'plain'}>{open ? market.open : market.closed}</Badge>
            {next !== undefined && (
                <span className="tabular">
                    {open ? market.closesAt(format.time(next, 'time')) : market.opensAt(format.time(next, 'time'))}
                </span>
            )}
            {clock.replayedTime !== undefined && (
                <span>
                    <span aria-hidden="true" className="max-sm:hidden">{'· '}</span>
                    {market.replayed(format.day(clock.replayedTime.slice(0, 10)))}
                </span>
            )}
        </p>
    );
}
