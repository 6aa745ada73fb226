import { classes } from '../base/classes';
import { useMessages } from '../context/language';
import { useLonja } from '../context/lonja';
import { useStore } from '../context/store';
import { Icon } from '../icons/Icon';

const dots = {
    idle: 'bg-edge',
    connecting: 'bg-edge animate-pulse',
    live: 'bg-good',
    stale: 'bg-warn',
    paused: 'bg-edge',
} as const;

/** Says whether prices move, and stops them for who wants to read in peace (WCAG 2.2.2). */
export function LiveMarker(): JSX.Element {
    const { hub } = useLonja();
    const state = useStore(hub.state);
    const paused = useStore(hub.paused);
    const { live } = useMessages('common');
    return (
        <div className="flex items-center gap-1">
            <p
                role="status"
                className={classes(
                    'flex items-center gap-2 text-sm',
                    state === 'stale' ? 'font-bold text-warn' : 'text-soft',
                )}
            >
                <span aria-hidden="true" className={classes('size-2 rounded-full', dots[state])} />
                {state === 'idle' ? live.live : live[state]}
            </p>
            <button
                type="button"
                role="switch"
                aria-checked={!paused}
                aria-label={live.label}
                title={paused ? live.resume : live.pause}
                onClick={() => hub.pause(!paused)}
                className="flex size-9 items-center justify-center rounded-sm text-soft hover:bg-hover hover:text-ink"
            >
                <Icon name={paused ? 'play' : 'pause'} size={18} />
            </button>
        </div>
    );
}
