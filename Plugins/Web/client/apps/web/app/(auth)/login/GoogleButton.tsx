import { useEffect, useState } from 'react';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { classes } from '@lonja/ui-web/base/classes';
import { useMessages } from '@lonja/ui-web/context/language';

/** Login at Google, where this Lonja has one: a server without it answers so. */
export function GoogleButton({ next }: { next: string }): JSX.Element | null {
    const [offered, setOffered] = useState(false);
    const { login } = useMessages('auth');
    const href = `/api/v1/auth/google?next=${encodeURIComponent(next)}`;
    useEffect(() => {
        const gone = new AbortController();
        fetch(href, { redirect: 'manual', signal: gone.signal }).then(
            (answer) => setOffered(answer.type === 'opaqueredirect'),
            () => undefined,
        );
        return () => gone.abort();
    }, [href]);
    if (!offered) return null;
    return (
        <>
            <p
                aria-hidden="true"
                className={classes(
                    'flex items-center gap-3 text-sm text-soft before:h-px before:flex-1 before:bg-line',
                    'after:h-px after:flex-1 after:bg-line',
                )}
            >
                {login.or}
            </p>
            <a href={href} className={buttonClasses('plain', 'large')}>{login.google}</a>
        </>
    );
}
