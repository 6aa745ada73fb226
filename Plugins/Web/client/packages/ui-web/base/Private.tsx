import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useLonja } from '../context/lonja';
import { useStore } from '../context/store';
import { ProblemNotice } from './ProblemNotice';
import { Skeleton } from './Skeleton';

/**
 * What only a client sees: who is not logged in goes to do so, and comes back here afterwards; who has logged out goes
 * home.
 */
export function Private({ children }: { children: ReactNode }): JSX.Element {
    const { session } = useLonja();
    const state = useStore(session);
    const [pathname, search, router] = [usePathname(), useSearchParams().toString(), useRouter()];
    const gone = state.kind === 'none';
    const [ended, left] = [gone && state.ended, gone && state.left];
    useEffect(() => {
        if (!gone) return;
        if (left) return router.replace('/');
        const next = encodeURIComponent(pathname + (search === '' ? '' : `?${search}`));
        router.replace(`/login?next=${next}${ended ? '&ended=1' : ''}`);
    }, [gone, ended, left, pathname, search, router]);
    if (state.kind === 'open') return <>{children}</>;
    if (state.kind === 'unreachable') {
        return <ProblemNotice problem={state.problem} onRetry={() => void session.check()} />;
    }
    return (
        <div className="flex min-h-dvh flex-col gap-6">
            <Skeleton className="h-9 w-56" />
            <Skeleton className="h-40 w-full" />
            <Skeleton className="h-64 w-full" />
        </div>
    );
}
