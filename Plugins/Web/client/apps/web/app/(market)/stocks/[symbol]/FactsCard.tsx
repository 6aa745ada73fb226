import type { Company } from '@lonja/api/contract';
import { Card } from '@lonja/ui-web/base/Card';
import { Facts } from '@lonja/ui-web/base/Facts';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useQuote } from '@lonja/ui-web/context/lonja';

/** The day so far, and what the company is. */
export function FactsCard({ symbol, company }: { symbol: string; company: Company | undefined }): JSX.Element {
    const quote = useQuote(symbol);
    const { facts } = useMessages('stock');
    const { sectors } = useMessages('stocks');
    const format = useFormat();
    const currency = quote?.price?.currency ?? 'USD';
    const price = (
        amount: string | undefined,
    ): string => (amount === undefined ? '–' : format.price({ amount, currency }));
    const sector = company?.sector ?? '';
    return (
        <Card title={facts.title}>
            <Facts
                columns
                facts={[
                    { name: facts.open, value: price(quote?.day?.open) },
                    { name: facts.previous, value: price(quote?.previousClose?.amount) },
                    { name: facts.high, value: price(quote?.day?.high) },
                    { name: facts.low, value: price(quote?.day?.low) },
                    { name: facts.volume, value: quote?.day === undefined ? '–' : format.count(quote.day.volume) },
                    { name: facts.sector, value: sectors[sector] ?? sector },
                    { name: facts.exchange, value: company?.exchange === '' ? '–' : company?.exchange ?? '–' },
                    { name: facts.since, value: company === undefined ? '–' : format.day(company.firstDate) },
                ]}
            />
        </Card>
    );
}
