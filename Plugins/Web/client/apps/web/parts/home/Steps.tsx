import { useMessages } from '@lonja/ui-web/context/language';
import { useDocumentData } from '@lonja/ui-web/context/documentData';
import { classes } from '@lonja/ui-web/base/classes';

/** The way to the first share. Where mails go to nobody, it says where they can be read. */
export function Steps(): JSX.Element {
    const { steps } = useMessages('home');
    const mails = useDocumentData('mails');
    return (
        <section aria-label={steps.title} className="flex flex-col gap-8 rounded-xl bg-sunken p-6 sm:p-10">
            <h2 className="text-2xl">{steps.title}</h2>
            <ol className="grid gap-6 sm:grid-cols-2 lg:grid-cols-4">
                {steps.list.map((step, index) => (
                    <li key={step.title} className="flex flex-col gap-1">
                        <span
                            aria-hidden="true"
                            className={classes(
                                'tabular mb-2 flex size-9 items-center justify-center rounded-full bg-fill font-bold',
                                'text-on-fill',
                            )}
                        >
                            {index + 1}
                        </span>
                        <b>{step.title}</b>
                        <span className="text-soft">{step.text}</span>
                    </li>
                ))}
            </ol>
            {mails !== undefined && (
                <p className="text-sm text-soft">
                    {steps.mails}{' '}
                    <a href={mails} target="_blank" rel="noreferrer" className="font-bold text-accent underline">
                        {steps.mailsLink}
                    </a>
                </p>
            )}
        </section>
    );
}
