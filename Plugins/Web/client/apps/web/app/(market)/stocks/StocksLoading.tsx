import { Skeleton } from '@lonja/ui-web/base/Skeleton';

const rows = Array.from({ length: 10 }, (_, index) => index);

/** As high as the rows that will be there. */
export function StocksLoading({ wide }: { wide: boolean }): JSX.Element {
    return (
        <div aria-hidden="true">
            {wide && <div className="h-11 border-b border-line" />}
            {rows.map((row) => (
                <div
                    key={row}
                    className="flex h-15 items-center justify-between border-b border-line px-6 last:border-0"
                >
                    <Skeleton className="h-8 w-40" />
                    <Skeleton className="h-6 w-24" />
                </div>
            ))}
        </div>
    );
}
