import type { ReactNode } from 'react';
import { Card } from '@lonja/ui-web/base/Card';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';

/** A page with one form. */
export function AuthCard(
    { title, text, children }: { title: string; text?: string | undefined; children: ReactNode },
): JSX.Element {
    return (
        <div className="mx-auto flex w-full max-w-md flex-col gap-6">
            <div className="flex flex-col gap-2">
                <PageTitle title={title} />
                {text !== undefined && <p className="text-soft">{text}</p>}
            </div>
            <Card>
                <div className="flex flex-col gap-5">{children}</div>
            </Card>
        </div>
    );
}
