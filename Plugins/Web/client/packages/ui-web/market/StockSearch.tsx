import type { KeyboardEvent } from 'react';
import { useId, useRef, useState } from 'react';
import { useRouter } from 'next/navigation';
import { searchCompanies } from '@lonja/domain/search';
import { classes } from '../base/classes';
import { Announcer } from '../base/Announcer';
import { useMessages } from '../context/language';
import { useLonja } from '../context/lonja';
import { useResource } from '../context/store';
import { inputClasses } from '../form/inputClasses';
import { Icon } from '../icons/Icon';

/** Finds a company by symbol or name (ARIA pattern "combobox" with a list that is completed by hand). */
export function StockSearch({ className }: { className?: string }): JSX.Element {
    const [query, setQuery] = useState('');
    const [open, setOpen] = useState(false);
    const [active, setActive] = useState(-1);
    const [asked, setAsked] = useState(false);
    const input = useRef<HTMLInputElement>(null);
    const list = useId();
    const router = useRouter();
    const { search } = useMessages('common');
    const lonja = useLonja();
    // Asked for only once somebody searches: most visits do not.
    const { value: companies } = useResource(asked ? lonja.companies : undefined);
    const found = companies === undefined || query.trim() === '' ? [] : searchCompanies(companies, query, 8);
    const shown = open && query.trim() !== '';

    const choose = (symbol: string): void => {
        setOpen(false);
        setQuery('');
        setActive(-1);
        router.push(`/stocks/${encodeURIComponent(symbol)}`);
    };
    const key = (event: KeyboardEvent): void => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            setOpen(true);
            const step = event.key === 'ArrowDown' ? 1 : -1;
            if (found.length > 0) {
                setActive((before) => (before + step + found.length + (before < 0 && step < 0 ? 1 : 0)) % found.length);
            }
        } else if (event.key === 'Enter') {
            const chosen = found[Math.max(active, 0)];
            if (shown && chosen !== undefined) {
                event.preventDefault();
                choose(chosen.symbol);
            }
        } else if (event.key === 'Escape') {
            if (!open) setQuery('');
            setOpen(false);
            setActive(-1);
        }
    };
    const activeID = active >= 0 && found[active] !== undefined ? `${list}-${active}` : undefined;
    return (
        <div
            className={classes('relative', className)}
            onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}
        >
            <span className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-soft">
                <Icon name="search" size={18} />
            </span>
            <input
                ref={input}
                type="text"
                role="combobox"
                aria-label={search.label}
                aria-expanded={shown}
                aria-controls={list}
                aria-autocomplete="list"
                aria-activedescendant={shown ? activeID : undefined}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                placeholder={search.placeholder}
                value={query}
                enterKeyHint="search"
                onFocus={() => setAsked(true)}
                onKeyDown={key}
                onChange={(event) => {
                    setQuery(event.target.value);
                    setOpen(true);
                    setActive(-1);
                }}
                className={classes(inputClasses, 'pl-10')}
            />
            <div
                id={list}
                role="listbox"
                aria-label={search.label}
                hidden={!shown}
                className={classes(
                    'absolute inset-x-0 top-full z-30 mt-1 max-h-96 min-w-72 animate-appear overflow-y-auto',
                    'rounded-md border border-line bg-surface p-1 shadow-float',
                )}
            >
                {found.map((company, index) => (
                    // Keys are of the combobox, which says which option is the active one.
                    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
                    <div
                        key={company.symbol}
                        id={`${list}-${index}`}
                        role="option"
                        tabIndex={-1}
                        aria-selected={index === active}
                        onMouseDown={(event) => event.preventDefault()}
                        onClick={() => choose(company.symbol)}
                        onMouseMove={() => setActive(index)}
                        className={classes(
                            'flex min-h-11 cursor-pointer items-center gap-3 rounded-sm px-3',
                            index === active && 'bg-tint',
                        )}
                    >
                        <span className="w-16 shrink-0 font-bold">{company.symbol}</span>
                        <span className="truncate text-soft">{company.name}</span>
                    </div>
                ))}
                {shown && companies !== undefined && found.length === 0 && (
                    <p className="px-3 py-3 text-sm text-soft">{search.none(query)}</p>
                )}
            </div>
            <Announcer>
                {shown && companies !== undefined
                    ? (found.length === 0 ? search.none(query) : search.results(found.length))
                    : ''}
            </Announcer>
        </div>
    );
}
