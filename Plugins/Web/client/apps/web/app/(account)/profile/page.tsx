import { useState } from 'react';
import { Button } from '@lonja/ui-web/base/Button';
import { PageTitle } from '@lonja/ui-web/base/PageTitle';
import { Private } from '@lonja/ui-web/base/Private';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { AppearanceCard } from './AppearanceCard';
import { DangerCards } from './DangerCards';
import { DataCard } from './DataCard';
import { EmailCard } from './EmailCard';
import { ExportCard } from './ExportCard';
import { PhotoCard } from './PhotoCard';
import { SecurityCard } from './SecurityCard';
import { SessionsCard } from './SessionsCard';

export const messages = ['profile', 'auth'] as const;

/** The client: data, looks, sessions, and the ways out. */
export default function ProfilePage(): JSX.Element {
    return (
        <Private>
            <Profile />
        </Private>
    );
}

function Profile(): JSX.Element {
    const lonja = useLonja();
    const { value: profile, problem } = useResource(lonja.profile);
    const texts = useMessages('profile');
    const format = useFormat();
    const [busy, setBusy] = useState(false);
    const logout = async (): Promise<void> => {
        setBusy(true);
        await lonja.session.logout().catch(() => lonja.session.check());
        setBusy(false);
    };
    const since = profile?.createdAt;
    return (
        <div className="flex flex-col gap-6">
            <div className="flex flex-wrap items-end justify-between gap-4">
                <div className="flex flex-col gap-1">
                    <PageTitle title={texts.title} />
                    {since !== undefined && (
                        <p className="text-sm text-soft">{texts.since(format.day(since.slice(0, 10)))}</p>
                    )}
                </div>
                <Button busy={busy} onClick={() => void logout()}>{texts.logout}</Button>
            </div>
            {profile === undefined && problem !== undefined && (
                <ProblemNotice
                    problem={problem}
                    onRetry={() => void lonja.profile.refresh()}
                />
            )}
            {profile === undefined && problem === undefined && <Skeleton className="h-96 w-full" />}
            {profile !== undefined && (
                <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
                    <div className="flex flex-col gap-6">
                        <DataCard key={profile.version} profile={profile} />
                        <PhotoCard profile={profile} />
                        <EmailCard profile={profile} />
                        <SecurityCard profile={profile} />
                    </div>
                    <div className="flex flex-col gap-6">
                        <AppearanceCard profile={profile} />
                        <SessionsCard />
                        <ExportCard />
                        <DangerCards />
                    </div>
                </div>
            )}
        </div>
    );
}
