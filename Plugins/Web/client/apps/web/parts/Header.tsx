import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { classes } from '@lonja/ui-web/base/classes';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useStore } from '@lonja/ui-web/context/store';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { Logo } from '@lonja/ui-web/icons/Logo';
import { StockSearch } from '@lonja/ui-web/market/StockSearch';
import { ThemeButton } from './ThemeButton';

/** Where one is, and the ways to elsewhere. */
export function Header(): JSX.Element {
    const { brand, nav } = useMessages('common');
    const open = useStore(useLonja().session).kind === 'open';
    return (
        <header className="sticky top-0 z-20 border-b border-line bg-surface">
            <div className="mx-auto flex h-14 max-w-6xl items-center gap-2 px-4 sm:px-6 md:h-16 md:gap-4">
                <Link
                    href="/"
                    className="-ml-1 flex items-center gap-2 rounded-md p-1 text-lg font-bold tracking-tight"
                >
                    <Logo />
                    {brand}
                </Link>
                <nav aria-label={nav.main} className="hidden md:block">
                    <ul className="flex gap-1">
                        <li>
                            <NavLink href="/stocks" text={nav.stocks} />
                        </li>
                        {open && (
                            <li>
                                <NavLink href="/wallet" text={nav.wallet} />
                            </li>
                        )}
                    </ul>
                </nav>
                <div className="flex-1" />
                <StockSearch className="hidden w-64 lg:block" />
                <ThemeButton />
                {open ? <ProfileLink text={nav.profile} /> : <Doors login={nav.login} register={nav.register} />}
            </div>
        </header>
    );
}

function NavLink({ href, text }: { href: string; text: string }): JSX.Element {
    const here = usePathname();
    const current = here === href || here.startsWith(`${href}/`);
    return (
        <Link
            href={href}
            aria-current={current ? (here === href ? 'page' : true) : undefined}
            className={classes(
                'flex min-h-11 items-center rounded-md px-3 font-bold',
                current ? 'bg-tint text-accent' : 'text-soft hover:bg-hover hover:text-ink',
            )}
        >
            {text}
        </Link>
    );
}

function ProfileLink({ text }: { text: string }): JSX.Element {
    return (
        <Link
            href="/profile"
            aria-label={text}
            title={text}
            className="flex size-11 items-center justify-center rounded-full bg-sunken text-soft hover:text-ink"
        >
            <Icon name="person" />
        </Link>
    );
}

function Doors({ login, register }: { login: string; register: string }): JSX.Element {
    return (
        <>
            <Link href="/login" className={buttonClasses('quiet', 'normal', 'max-sm:px-2')}>{login}</Link>
            <Link href="/register" className={buttonClasses('main', 'normal', 'max-sm:hidden')}>{register}</Link>
        </>
    );
}
