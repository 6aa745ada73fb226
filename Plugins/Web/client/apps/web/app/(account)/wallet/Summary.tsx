import { Card } from '@lonja/ui-web/base/Card';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource, useStore } from '@lonja/ui-web/context/store';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { Amount } from '@lonja/ui-web/market/Amount';
import { Gain } from '@lonja/ui-web/market/Gain';

/** What all is worth, and what it is made of. */
export function Summary(): JSX.Element {
    const lonja = useLonja();
    const { hideAmounts } = useStore(lonja.preferences);
    const { value: wallet, problem } = useResource(lonja.wallet);
    const texts = useMessages('wallet');
    const { settings } = useMessages('common');
    if (wallet === undefined && problem !== undefined) {
        return (
            <ProblemNotice
                problem={problem}
                onRetry={() => void lonja.wallet.refresh()}
            />
        );
    }
    const part = (name: string, value: JSX.Element): JSX.Element => (
        <div className="flex flex-col gap-0.5">
            <dt className="text-sm text-soft">{name}</dt>
            <dd className="text-lg font-bold">{wallet === undefined ? <Skeleton className="h-6 w-28" /> : value}</dd>
        </div>
    );
    const label = hideAmounts ? settings.showAmounts : settings.hideAmounts;
    return (
        <Card>
            <dl className="grid grid-cols-2 items-end gap-x-6 gap-y-5 lg:grid-cols-[1.5fr_1fr_1fr_1fr_1fr]">
                <div className="col-span-2 flex flex-col gap-1 lg:col-span-1">
                    <dt className="flex items-center gap-1 text-sm text-soft">
                        {texts.value}
                        <button
                            type="button"
                            aria-label={label}
                            title={label}
                            onClick={() => lonja.preferences.change({ hideAmounts: !hideAmounts })}
                            className="flex size-8 items-center justify-center rounded-sm hover:bg-hover hover:text-ink"
                        >
                            <Icon name={hideAmounts ? 'eye-off' : 'eye'} size={18} />
                        </button>
                    </dt>
                    <dd className="text-2xl font-bold sm:text-3xl">
                        {wallet === undefined ? <Skeleton className="h-10 w-48" /> : <Amount value={wallet.value} />}
                    </dd>
                </div>
                {part(texts.profit, <Gain value={wallet?.profit} />)}
                {part(texts.cash, <Amount value={wallet?.cash} />)}
                {part(texts.held, <Amount value={wallet?.held} />)}
                {part(texts.shares, <Amount value={wallet?.holdings} />)}
            </dl>
            {wallet?.stale === true && (
                <p className="mt-4 flex items-center gap-2 text-sm font-bold text-warn">
                    <Icon name="warning" size={16} />
                    {texts.stale}
                </p>
            )}
        </Card>
    );
}
