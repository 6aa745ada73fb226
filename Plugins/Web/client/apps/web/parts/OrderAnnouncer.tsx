import type { Order } from '@lonja/api/contract';
import { decimal } from '@lonja/domain/decimal';
import { Announcer } from '@lonja/ui-web/base/Announcer';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useStore } from '@lonja/ui-web/context/store';

/** Says what has become of orders, wherever the client is (WCAG 4.1.3). */
export function OrderAnnouncer(): JSX.Element {
    const order = useStore(useLonja().lastOrder);
    const { order: texts } = useMessages('common');
    const format = useFormat();
    const told = (done: Order): string => {
        if (done.state === 'filled' && done.averagePrice !== undefined) {
            return texts.filledNow(
                done.side,
                format.decimal(decimal(done.filledQuantity)),
                done.symbol,
                format.price(done.averagePrice),
            );
        }
        return texts.changedNow(done.symbol, texts.states[done.state]);
    };
    return <Announcer>{order === undefined ? '' : told(order)}</Announcer>;
}
