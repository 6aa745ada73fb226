import { useEffect, useRef, useState } from 'react';
import Link from 'next/link';
import { useParams, useRouter } from 'next/navigation';
import type { APIProblem } from '@lonja/api/transport';
import type { OrderPreview } from '@lonja/api/contract';
import { decimal, decimalText } from '@lonja/domain/decimal';
import { previewSubtotal } from '@lonja/domain/orderRules';
import { isPutOff, isUncertain } from '@lonja/domain/uncertainty';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { Facts } from '@lonja/ui-web/base/Facts';
import { Notice } from '@lonja/ui-web/base/Notice';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';
import { Private } from '@lonja/ui-web/base/Private';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useNow } from '@lonja/ui-web/context/now';
import { problemOf } from '@lonja/ui-web/form/problemOf';
import { useRequestFacts } from '@lonja/ui-web/trade/requestFacts';

export const messages = ['ticket'] as const;

/** The order once more, with what it costs now, before it is placed. */
export default function ReviewPage(): JSX.Element {
    return (
        <Private>
            <Review />
        </Private>
    );
}

/** Milliseconds between two looks at the price. */
const lookAgain = 5_000;

function Review(): JSX.Element {
    const symbol = useParams()['symbol'] ?? '';
    const lonja = useLonja();
    const router = useRouter();
    const texts = useMessages('ticket');
    const format = useFormat();
    const requestFacts = useRequestFacts();
    const now = useNow();
    const [review] = useState(() => lonja.tickets.review(symbol));
    const [preview, setPreview] = useState<OrderPreview | undefined>(review?.preview);
    const [problem, setProblem] = useState<APIProblem>();
    const [busy, setBusy] = useState(false);
    // Before the next render: a second click in the same moment is none.
    const sending = useRef(false);
    const here = `/stocks/${encodeURIComponent(symbol)}`;
    const done = review?.orderID;
    useEffect(() => {
        if (done !== undefined) router.replace(`${here}/done?order=${encodeURIComponent(done)}`);
    }, [done, here, router]);
    useEffect(() => {
        if (review === undefined || done !== undefined) return undefined;
        const timer = setInterval(() => {
            if (sending.current || lonja.hub.paused.get() || document.hidden) return;
            lonja.api.previewOrder(review.request).then((next) => {
                setPreview(next);
                lonja.tickets.priced(symbol, next);
            }, () => undefined);
        }, lookAgain);
        return () => clearInterval(timer);
    }, [review, done, lonja, symbol]);

    if (review === undefined) {
        return (
            <div className="mx-auto flex max-w-xl flex-col items-start gap-4">
                <PageTitle title={texts.gone} />
                <p className="text-soft">{texts.goneText}</p>
                <Link href={here} className={buttonClasses('main')}>{texts.toTicket}</Link>
            </div>
        );
    }
    const { request } = review;
    const place = async (): Promise<void> => {
        if (sending.current) return;
        sending.current = true;
        setBusy(true);
        setProblem(undefined);
        const key = lonja.tickets.review(symbol)?.key ?? review.key;
        try {
            const order = await lonja.api.placeOrder(request, key);
            lonja.tickets.placed(symbol, order.id);
            lonja.order(order.id).put(order);
            lonja.tradeChanged();
            router.replace(`${here}/done?order=${encodeURIComponent(order.id)}`);
        } catch (error) {
            const told = problemOf(error);
            if (!isUncertain(told) && !isPutOff(told)) lonja.tickets.refused(symbol);
            setProblem(told);
            setBusy(false);
            sending.current = false;
        }
    };
    const subtotal = preview === undefined ? undefined : previewSubtotal(preview);
    const currency = preview?.price?.currency ?? 'USD';
    const age = preview?.asOf === undefined
        ? undefined
        : Math.max(0, Math.round((now - Date.parse(preview.asOf)) / 1_000));
    return (
        <div className="mx-auto flex max-w-xl flex-col gap-6">
            <PageTitle title={texts.reviewTitle(request.side, symbol)} />
            <Card>
                <Facts
                    facts={[
                        ...requestFacts(request),
                        ...(preview === undefined ? [] : [
                            ...(preview.price === undefined
                                ? []
                                : [{ name: texts.rows.price, value: format.price(preview.price) }]),
                            { name: texts.rows.quantity, value: format.decimal(decimal(preview.quantity)) },
                            ...(subtotal === undefined ? [] : [{
                                name: texts.rows.subtotal,
                                value: format.money({ amount: decimalText(subtotal), currency }),
                            }]),
                            ...(preview.fee === undefined
                                ? []
                                : [{ name: texts.rows.fee, value: format.money(preview.fee) }]),
                            ...(preview.total === undefined ? [] : [{
                                name: request.side === 'buy' ? texts.rows.totalBuy : texts.rows.totalSell,
                                value: format.money(preview.total),
                                main: true,
                            }]),
                        ]),
                    ]}
                />
                {age !== undefined && <p className="mt-2 text-sm text-soft">{texts.age(format.count(age))}</p>}
            </Card>
            {request.type === 'market' && <p className="text-sm text-soft">{texts.priceNote}</p>}
            {problem !== undefined && (isUncertain(problem)
                ? (
                    <Notice mood="warn" announced>
                        <p>{texts.unsure}</p>
                    </Notice>
                )
                : <ProblemNotice problem={problem} title={texts.refused} />)}
            <div className="flex flex-wrap gap-3">
                <Button look="main" size="large" busy={busy} onClick={() => void place()} className="max-sm:w-full">
                    {texts.place[request.side]}
                </Button>
                <Link href={here} className={buttonClasses('plain', 'large', 'max-sm:w-full')}>{texts.change}</Link>
            </div>
        </div>
    );
}
