import { useState } from 'react';
import type { Order } from '@lonja/api/contract';
import type { APIProblem } from '@lonja/api/transport';
import { Button } from '../base/Button';
import { Facts } from '../base/Facts';
import { ProblemNotice } from '../base/ProblemNotice';
import { useMessages } from '../context/language';
import { useLonja } from '../context/lonja';
import { problemOf } from '../form/problemOf';
import { Dialog } from '../overlay/Dialog';
import { useRequestFacts } from './requestFacts';

/** Asks before an order is taken back. */
export function CancelDialog({ order, onClose }: { order: Order; onClose: () => void }): JSX.Element {
    const lonja = useLonja();
    const texts = useMessages('ticket');
    const requestFacts = useRequestFacts();
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<APIProblem>();
    const cancel = async (): Promise<void> => {
        setBusy(true);
        setProblem(undefined);
        try {
            lonja.order(order.id).put(await lonja.api.cancelOrder({ id: order.id }));
            onClose();
        } catch (error) {
            setProblem(problemOf(error));
            setBusy(false);
        }
        lonja.tradeChanged();
    };
    return (
        <Dialog title={texts.cancelTitle} onClose={onClose}>
            <p className="text-soft">{texts.cancelText}</p>
            <Facts facts={requestFacts(order)} />
            {problem !== undefined && <ProblemNotice problem={problem} />}
            <div className="flex flex-wrap gap-3">
                <Button look="danger" busy={busy} onClick={() => void cancel()}>{texts.cancel}</Button>
                <Button onClick={onClose}>{texts.keep}</Button>
            </div>
        </Dialog>
    );
}
