import Link from 'next/link';
import { useTitle } from '@lonja/ui-web/base/PageTitle';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { classes } from '@lonja/ui-web/base/classes';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useStore } from '@lonja/ui-web/context/store';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { DemoQuotes } from '../../parts/home/DemoQuotes';
import { Steps } from '../../parts/home/Steps';

export const messages = ['home'] as const;
export const prerendered = 'home';

const icons = ['clock', 'shield', 'bolt'] as const;

/** What this is, with prices that move, and one thing to do. */
export default function Home(): JSX.Element {
    const texts = useMessages('home');
    const open = useStore(useLonja().session).kind === 'open';
    useTitle(texts.title);
    return (
        <div className="flex flex-col gap-16 py-4 md:gap-24 md:py-8">
            <div
                className={classes(
                    'grid grid-cols-[minmax(0,1fr)] items-center gap-10 lg:grid-cols-[minmax(0,1fr)_26rem]',
                    'lg:gap-16',
                )}
            >
                <div className="flex flex-col items-start gap-6">
                    <h1 tabIndex={-1} className="text-3xl sm:text-4xl">{texts.heading}</h1>
                    <p className="max-w-xl text-lg text-soft">{texts.lead}</p>
                    <div className="flex flex-wrap gap-3 max-sm:w-full">
                        <Link
                            href={open ? '/wallet' : '/register'}
                            className={buttonClasses('main', 'large', 'max-sm:w-full')}
                        >
                            {open ? texts.toWallet : texts.start}
                        </Link>
                        <Link href="/stocks" className={buttonClasses('plain', 'large', 'max-sm:w-full')}>
                            {texts.look}
                        </Link>
                    </div>
                </div>
                <DemoQuotes />
            </div>
            <ul className="grid gap-8 md:grid-cols-3">
                {texts.reasons.map((reason, index) => (
                    <li key={reason.title} className="flex flex-col gap-2 border-t-2 border-accent pt-5">
                        <span className="text-accent">
                            <Icon name={icons[index] ?? 'check'} size={26} />
                        </span>
                        <h2 className="text-lg">{reason.title}</h2>
                        <p className="text-soft">{reason.text}</p>
                    </li>
                ))}
            </ul>
            {!open && <Steps />}
        </div>
    );
}
