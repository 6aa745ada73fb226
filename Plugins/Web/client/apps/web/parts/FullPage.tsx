import type { ReactNode } from 'react';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';

/** A page that says one thing. */
export function FullPage(
    { mark, title, text, children }: { mark: string; title: string; text: string; children: ReactNode },
): JSX.Element {
    return (
        <div className="mx-auto flex max-w-xl flex-col items-start gap-4 py-10 sm:py-20">
            <p aria-hidden="true" className="tabular text-4xl font-bold text-accent">{mark}</p>
            <PageTitle title={title} />
            <p className="text-lg text-soft">{text}</p>
            <div className="mt-4 flex flex-wrap gap-3">{children}</div>
        </div>
    );
}
