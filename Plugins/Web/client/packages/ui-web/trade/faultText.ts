import type { DraftFault } from '@lonja/domain/orderRules';
import { useFormat, useMessages } from '../context/language';

/** What is wrong with a field of a ticket, in words. */
export function useFaultText(): (fault: DraftFault) => string {
    const { faults } = useMessages('ticket');
    const { form } = useMessages('common');
    const format = useFormat();
    return (fault) => {
        switch (fault.fault) {
        case 'ambiguous':
            return form.ambiguous(format.plain(fault.readings[0]), format.plain(fault.readings[1]));
        case 'invalid':
            return form.number(format.plain({ units: 12505n, scale: 1 }));
        case 'empty':
            return faults.empty[fault.field];
        case 'zero':
            return faults.zero[fault.field];
        case 'too-fine':
            return faults.fine[fault.field];
        case 'cash':
            return faults.cash(format.money(fault.has));
        case 'shares':
            return faults.shares(format.decimal(fault.has));
        }
    };
}
