import { useEffect } from 'react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { GuideStep } from '@lonja/state/guide';
import { guideSteps, nextStep } from '@lonja/state/guide';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { classes } from '@lonja/ui-web/base/classes';
import { useDocumentData } from '@lonja/ui-web/context/documentData';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource, useStore } from '@lonja/ui-web/context/store';
import { Icon } from '@lonja/ui-web/icons/Icon';

/** Where the step leads; nowhere from the page that it leads to. */
const ways: Readonly<Record<GuideStep, string | undefined>> = {
    register: '/register',
    confirm: undefined,
    login: '/login',
    buy: '/stocks',
    done: '/wallet',
    away: undefined,
};
const counted = guideSteps.indexOf('done');

/** Leads a first visit to the first share, on a machine of one's own: where the server says that mails are shown. */
export function Guide(): JSX.Element | null {
    const mails = useDocumentData('mails');
    return mails === undefined ? null : <Steps mails={mails} />;
}

function Steps({ mails }: { mails: string }): JSX.Element | null {
    const { preferences, session, holdings } = useLonja();
    const { guide: reached } = useStore(preferences);
    const open = useStore(session).kind === 'open';
    const wanted = open && reached !== 'away';
    const { value: held } = useResource(wanted ? holdings : undefined);
    const here = usePathname();
    const { guide: texts, words } = useMessages('common');
    const step = nextStep(reached, { open, owns: held === undefined ? undefined : held.length > 0 });
    useEffect(() => {
        if (step !== reached) preferences.change({ guide: step });
    }, [step, reached, preferences]);
    if (step === 'away') return null;
    const way = ways[step];
    const { title, text, action } = texts.steps[step];
    return (
        <section
            aria-label={texts.title}
            className={classes(
                'z-10 flex items-start gap-3 border-t border-line bg-surface p-3 md:fixed md:right-6',
                'md:bottom-6 md:w-96 md:rounded-lg md:border md:p-4 md:shadow-float',
            )}
        >
            <span
                aria-hidden="true"
                className={classes(
                    'tabular flex size-8 shrink-0 items-center justify-center rounded-full bg-fill text-sm',
                    'font-bold text-on-fill',
                )}
            >
                {step === 'done' ? <Icon name="check" size={18} /> : guideSteps.indexOf(step) + 1}
            </span>
            <div className="flex min-w-0 flex-1 flex-col items-start gap-1">
                <p className="font-bold">
                    {step !== 'done' && (
                        <span className="sr-only">{`${texts.count(guideSteps.indexOf(step) + 1, counted)} `}</span>
                    )}
                    {title}
                </p>
                <p className="text-sm text-soft">{text}</p>
                {step === 'confirm' && (
                    <a href={mails} target="_blank" rel="noreferrer" className={buttonClasses('main', 'small', 'mt-1')}>
                        {action}
                    </a>
                )}
                {way !== undefined && here !== way && !here.startsWith(`${way}/`) && (
                    <Link href={way} className={buttonClasses('main', 'small', 'mt-1')}>{action}</Link>
                )}
            </div>
            <button
                type="button"
                aria-label={texts.close}
                title={words.close}
                onClick={() => preferences.change({ guide: 'away' })}
                className={classes(
                    '-m-1 flex size-8 shrink-0 items-center justify-center rounded-sm text-soft hover:bg-hover',
                    'hover:text-ink',
                )}
            >
                <Icon name="close" size={18} />
            </button>
        </section>
    );
}
