import type { FormEvent } from 'react';
import { useId, useState } from 'react';
import { useRouter } from 'next/navigation';
import type { APIProblem } from '@lonja/api/transport';
import type { Draft, DraftField } from '@lonja/domain/orderRules';
import { estimate, lacking, orderOf } from '@lonja/domain/orderRules';
import { decimal, decimalText } from '@lonja/domain/decimal';
import { readNumber } from '@lonja/i18n/numberInput';
import { Button } from '../base/Button';
import { Card } from '../base/Card';
import { ProblemNotice } from '../base/ProblemNotice';
import { useFormat, useLanguage, useMessages } from '../context/language';
import { useLonja, useQuote } from '../context/lonja';
import { useResource, useStore } from '../context/store';
import type { FormError } from '../form/ErrorSummary';
import { ErrorSummary } from '../form/ErrorSummary';
import { Segments } from '../form/Segments';
import { problemOf } from '../form/problemOf';
import { Amount } from '../market/Amount';
import { NumberField } from './NumberField';
import { useFaultText } from './faultText';

/** What is to be bought or sold. It is only placed after it has been looked at once more. */
export function Ticket({ symbol, currency }: { symbol: string; currency: string }): JSX.Element {
    const lonja = useLonja();
    const open = useStore(lonja.session).kind === 'open';
    const [draft, setDraft] = useState(() => lonja.tickets.draft(symbol));
    const [errors, setErrors] = useState<readonly FormError[]>([]);
    const [attempt, setAttempt] = useState(0);
    const [problem, setProblem] = useState<APIProblem>();
    const [busy, setBusy] = useState(false);
    const { value: clock } = useResource(lonja.clock);
    const { value: wallet } = useResource(open ? lonja.wallet : undefined);
    const { value: holding } = useResource(open ? lonja.holding(symbol) : undefined);
    const quote = useQuote(symbol);
    const texts = useMessages('ticket');
    const { words } = useMessages('common');
    const { language } = useLanguage();
    const format = useFormat();
    const router = useRouter();
    const faultText = useFaultText();
    const base = useId();
    const read = (text: string): ReturnType<typeof readNumber> => readNumber(text, language);
    const change = (next: Partial<Draft>): void => {
        const changed = { ...draft, ...next };
        setDraft(changed);
        lonja.tickets.keepDraft(symbol, changed);
        setProblem(undefined);
    };
    const id = (field: DraftField): string => `${base}-${field}`;
    const submit = async (event: FormEvent): Promise<void> => {
        event.preventDefault();
        if (busy) return;
        const order = orderOf(symbol, draft, read);
        setAttempt(attempt + 1);
        setProblem(undefined);
        if (!('symbol' in order)) {
            return setErrors(order.map((fault) => ({ field: id(fault.field), text: faultText(fault) })));
        }
        setErrors([]);
        const review = `/stocks/${encodeURIComponent(symbol)}/review`;
        if (!open) return router.push(`/login?next=${encodeURIComponent(`/stocks/${encodeURIComponent(symbol)}`)}`);
        setBusy(true);
        try {
            const preview = await lonja.api.previewOrder(order);
            const fault = lacking(order, preview, wallet?.cash, holding);
            if (fault === undefined) {
                lonja.tickets.begin(order, preview);
                router.push(review);
            } else {
                setErrors([{ field: id(fault.field), text: faultText(fault) }]);
            }
        } catch (error) {
            setProblem(problemOf(error));
        }
        setBusy(false);
        return undefined;
    };
    const errorOf = (field: DraftField): string | undefined => errors.find((error) => error.field === id(field))?.text;
    const about = estimate(draft, quote, read);
    const field: DraftField = draft.by;
    return (
        <Card title={texts.title}>
            <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
                <ErrorSummary errors={errors} attempt={attempt} />
                <Segments<Draft['side']>
                    wide
                    label={texts.side}
                    value={draft.side}
                    onChange={(side) => change({ side, ...(side === 'sell' ? { by: 'quantity' } : {}) })}
                    segments={[{ value: 'buy', label: words.buy }, { value: 'sell', label: words.sell }]}
                />
                <div className="flex flex-col gap-2">
                    <Segments<Draft['type']>
                        wide
                        size="small"
                        label={texts.type}
                        value={draft.type}
                        onChange={(type) => change({ type })}
                        segments={[{ value: 'market', label: texts.types.market }, {
                            value: 'limit',
                            label: texts.types.limit,
                        }]}
                    />
                    <p className="text-sm text-soft">
                        {clock?.session === 'closed' && draft.type === 'market'
                            ? texts.closedHint
                            : texts.typeHints[draft.type]}
                    </p>
                </div>
                <Segments<Draft['by']>
                    wide
                    size="small"
                    label={texts.by}
                    value={draft.by}
                    onChange={(by) => change({ by })}
                    segments={[{ value: 'amount', label: texts.bys.amount }, {
                        value: 'quantity',
                        label: texts.bys.quantity,
                    }]}
                />
                <NumberField
                    id={id(field)}
                    label={field === 'amount' ? texts.amount(currency) : texts.quantity}
                    value={draft[field]}
                    error={errorOf(field)}
                    onChange={(text) => change({ [field]: text })}
                />
                {draft.type === 'limit' && (
                    <>
                        <NumberField
                            id={id('limitPrice')}
                            label={texts.limitPrice(currency)}
                            value={draft.limitPrice}
                            error={errorOf('limitPrice')}
                            onChange={(limitPrice) => change({ limitPrice })}
                        />
                        <Segments<Draft['timeInForce']>
                            wide
                            size="small"
                            label={texts.timeInForce}
                            value={draft.timeInForce}
                            onChange={(timeInForce) => change({ timeInForce })}
                            segments={[{ value: 'day', label: texts.times.day }, {
                                value: 'gtc',
                                label: texts.times.gtc,
                            }]}
                        />
                    </>
                )}
                <div className="flex flex-col gap-1 text-sm">
                    <p className="flex min-h-5 justify-between gap-4">
                        <span className="text-soft">{texts.about}</span>
                        <span className="tabular">
                            {about === undefined
                                ? '–'
                                : draft.by === 'amount'
                                ? texts.shares(format.decimal(about))
                                : format.money({ amount: decimalText(about), currency })}
                        </span>
                    </p>
                    {wallet !== undefined && draft.side === 'buy' && (
                        <p className="flex justify-between gap-4">
                            <span className="text-soft">{texts.available}</span>
                            <Amount value={wallet.cash} />
                        </p>
                    )}
                    {holding !== undefined && draft.side === 'sell' && (
                        <p className="flex items-center justify-between gap-4">
                            <span className="text-soft">{texts.owned(format.decimal(decimal(holding.quantity)))}</span>
                            <Button
                                size="small"
                                look="quiet"
                                onClick={() =>
                                    change({ by: 'quantity', quantity: format.plain(decimal(holding.quantity)) })}
                            >
                                {texts.sellAll}
                            </Button>
                        </p>
                    )}
                </div>
                {problem !== undefined && <ProblemNotice problem={problem} title={texts.refused} />}
                <Button type="submit" look="main" size="large" busy={busy}>
                    {open ? texts.review : texts.reviewLogin}
                </Button>
            </form>
        </Card>
    );
}
