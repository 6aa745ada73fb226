import { useEffect, useState } from 'react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { Button } from '@lonja/ui-web/base/Button';
import { Notice } from '@lonja/ui-web/base/Notice';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useForm } from '@lonja/ui-web/form/useForm';
import { AuthCard } from '../../../parts/AuthCard';
import { ConfirmCode } from '../../../parts/ConfirmCode';
import { EmailField, useAccountChecks } from '../../../parts/accountFields';

export const messages = ['auth'] as const;
export const prerendered = 'verify-email';

/** Where the link of the mail leads. It confirms on a click, as programs that look into mails follow links. */
export default function VerifyEmail(): JSX.Element {
    const { api, preferences, session } = useLonja();
    const search = useSearchParams();
    const router = useRouter();
    const { verify: texts, login } = useMessages('auth');
    const told = search.get('token');
    const [token] = useState(told ?? undefined);
    useEffect(() => {
        // It need not stay in the address, where others may see it.
        if (told !== null) router.replace('/verify-email', { scroll: false });
    }, [told, router]);
    const form = useForm(() => [], async () => {
        await api.confirmEmail({ token: token ?? '' });
        preferences.change({ guide: 'login' });
        void session.check();
        router.replace('/verify-email?done=1');
    });
    if (search.get('done') !== null) {
        return (
            <AuthCard title={texts.doneTitle}>
                <Notice mood="good" announced><p>{texts.doneText}</p></Notice>
                <Link href="/login" className={buttonClasses('main', 'large')}>{login.title}</Link>
            </AuthCard>
        );
    }
    if (form.problem?.code === 'invalid-code') {
        return (
            <AuthCard title={texts.deadTitle}>
                <Notice mood="warn" announced><p>{texts.deadText}</p></Notice>
                <Link href="/login" className={buttonClasses('plain')}>{login.title}</Link>
                <ByCode />
            </AuthCard>
        );
    }
    if (token === undefined) return <AuthCard title={texts.title} text={texts.codeText}><ByCode /></AuthCard>;
    return (
        <AuthCard title={texts.title} text={texts.text}>
            <form onSubmit={form.submit} className="flex flex-col gap-5">
                {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                <Button type="submit" look="main" size="large" busy={form.busy}>{texts.submit}</Button>
            </form>
        </AuthCard>
    );
}

/** For who has no link that works. */
function ByCode(): JSX.Element {
    const checks = useAccountChecks();
    const search = useSearchParams();
    const [email, setEmail] = useState(search.get('email') ?? '');
    const valid = checks.email(email).length === 0;
    return (
        <>
            <EmailField value={email} onChange={setEmail} error={undefined} />
            {valid && <ConfirmCode email={email.trim()} />}
        </>
    );
}
