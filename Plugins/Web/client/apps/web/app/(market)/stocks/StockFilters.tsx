import type { SortKey, StockFilter } from '@lonja/domain/stockList';
import { sortKeys } from '@lonja/domain/stockList';
import { classes } from '@lonja/ui-web/base/classes';
import { useMessages } from '@lonja/ui-web/context/language';
import { Select } from '@lonja/ui-web/form/Select';
import { TextInput } from '@lonja/ui-web/form/TextInput';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { sorted } from './filter';

interface StockFiltersProps {
    readonly filter: StockFilter;
    readonly sectors: readonly string[];
    readonly onChange: (change: Partial<StockFilter>) => void;
}

/** Takes companies away that are not wanted. */
export function StockFilters({ filter, sectors, onChange }: StockFiltersProps): JSX.Element {
    const texts = useMessages('stocks');
    return (
        <div role="search" aria-label={texts.filter} className="grid grid-cols-2 gap-3 md:flex md:flex-wrap">
            <div className="relative col-span-2 md:w-80">
                <span className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-soft">
                    <Icon name="search" size={18} />
                </span>
                <TextInput
                    type="search"
                    aria-label={texts.filter}
                    placeholder={texts.filter}
                    value={filter.query}
                    autoComplete="off"
                    spellCheck={false}
                    className="pl-10"
                    onChange={(event) => onChange({ query: event.target.value })}
                />
            </div>
            <Select
                aria-label={texts.sector}
                value={filter.sector}
                onChange={(event) => onChange({ sector: event.target.value })}
            >
                <option value="">{texts.allSectors}</option>
                {sectors.map((sector) => <option key={sector} value={sector}>{texts.sectors[sector] ?? sector}
                </option>)}
            </Select>
            <div className="md:hidden">
                <Select
                    aria-label={texts.sortBy}
                    value={filter.sort}
                    onChange={(event) =>
                        onChange(sorted({ ...filter, sort: 'name', descending: true }, event.target.value as SortKey))}
                >
                    {sortKeys.map((key) => <option key={key} value={key}>{texts.columns[key]}</option>)}
                </Select>
            </div>
            <button
                type="button"
                aria-pressed={filter.watchedOnly}
                onClick={() => onChange({ watchedOnly: !filter.watchedOnly })}
                className={classes(
                    'col-span-2 flex min-h-11 items-center justify-center gap-2 rounded-md border px-4 font-bold',
                    filter.watchedOnly ? 'border-accent bg-tint text-accent' : 'border-edge bg-surface hover:bg-hover',
                )}
            >
                <Icon name="star" size={18} filled={filter.watchedOnly} />
                {texts.watchedOnly}
            </button>
        </div>
    );
}
