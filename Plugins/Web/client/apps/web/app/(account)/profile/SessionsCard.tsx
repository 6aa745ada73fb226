import { useState } from 'react';
import type { APIProblem } from '@lonja/api/transport';
import { Badge } from '@lonja/ui-web/base/Badge';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useFormat, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { problemOf } from '@lonja/ui-web/form/problemOf';

/** Every open session; any can be ended. */
export function SessionsCard(): JSX.Element {
    const lonja = useLonja();
    const { value, problem } = useResource(lonja.sessions);
    const { sessions } = useMessages('profile');
    const format = useFormat();
    const [busy, setBusy] = useState<string>();
    const [failure, setFailure] = useState<APIProblem>();
    const end = async (id: string, work: () => Promise<void>): Promise<void> => {
        setBusy(id);
        setFailure(undefined);
        await work().catch((error: unknown) => setFailure(problemOf(error)));
        await lonja.sessions.refresh();
        setBusy(undefined);
    };
    const others = (value ?? []).some((session) => !session.current);
    return (
        <Card title={sessions.title}>
            {value === undefined && problem === undefined && <Skeleton className="h-16 w-full" />}
            {value === undefined && problem !== undefined && (
                <ProblemNotice
                    problem={problem}
                    title={sessions.failed}
                    onRetry={() => void lonja.sessions.refresh()}
                />
            )}
            {failure !== undefined && <ProblemNotice problem={failure} />}
            <ul>
                {value?.map((session) => {
                    const device = session.device === '' ? sessions.unknown : session.device;
                    return (
                        <li
                            key={session.id}
                            className="flex items-center justify-between gap-4 border-b border-line py-3 last:border-0"
                        >
                            <span className="min-w-0">
                                <span className="flex flex-wrap items-center gap-2">
                                    <b title={session.userAgent}>{device}</b>
                                    {session.current && <Badge mood="accent">{sessions.current}</Badge>}
                                </span>
                                <span className="block text-sm text-soft">
                                    {session.address}
                                    {session.lastSeenAt !== undefined &&
                                        ` · ${sessions.seen(format.time(session.lastSeenAt))}`}
                                </span>
                            </span>
                            {!session.current && (
                                <Button
                                    size="small"
                                    busy={busy === session.id}
                                    aria-label={sessions.endOf(device)}
                                    onClick={() =>
                                        void end(session.id, () => lonja.api.revokeSession({ id: session.id }))}
                                >
                                    {sessions.end}
                                </Button>
                            )}
                        </li>
                    );
                })}
            </ul>
            {others && (
                <Button
                    look="danger"
                    size="small"
                    busy={busy === 'others'}
                    className="mt-3"
                    onClick={() => void end('others', () => lonja.api.revokeOtherSessions())}
                >
                    {sessions.endOthers}
                </Button>
            )}
        </Card>
    );
}
