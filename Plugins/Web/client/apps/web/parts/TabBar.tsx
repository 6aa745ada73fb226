import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { classes } from '@lonja/ui-web/base/classes';
import { useMessages } from '@lonja/ui-web/context/language';
import type { IconName } from '@lonja/ui-web/icons/Icon';
import { Icon } from '@lonja/ui-web/icons/Icon';

const tabs: readonly {
    readonly href: string;
    readonly icon: IconName;
    readonly name: 'home' | 'stocks' | 'wallet' | 'profile';
}[] = [
    { href: '/', icon: 'home', name: 'home' },
    { href: '/stocks', icon: 'stocks', name: 'stocks' },
    { href: '/wallet', icon: 'wallet', name: 'wallet' },
    { href: '/profile', icon: 'person', name: 'profile' },
];

/** The ways of a phone, in reach of the thumb. */
export function TabBar(): JSX.Element {
    const { nav } = useMessages('common');
    const here = usePathname();
    return (
        <nav
            aria-label={nav.main}
            className="sticky bottom-0 z-20 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
        >
            <ul className="grid grid-cols-4">
                {tabs.map(({ href, icon, name }) => {
                    const current = href === '/' ? here === '/' : here.startsWith(href);
                    return (
                        <li key={href}>
                            <Link
                                href={href}
                                aria-current={current ? 'page' : undefined}
                                className={classes(
                                    'flex h-14 flex-col items-center justify-center gap-0.5 text-xs',
                                    current ? 'font-bold text-accent' : 'text-soft',
                                )}
                            >
                                <Icon name={icon} size={22} />
                                {nav[name]}
                            </Link>
                        </li>
                    );
                })}
            </ul>
        </nav>
    );
}
