import { useEffect, useState } from 'react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { safeNext } from '@lonja/domain/account';
import { Button } from '@lonja/ui-web/base/Button';
import { Notice } from '@lonja/ui-web/base/Notice';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useCodeText } from '@lonja/ui-web/context/problem';
import { useStore } from '@lonja/ui-web/context/store';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { useForm } from '@lonja/ui-web/form/useForm';
import { AuthCard } from '../../../parts/AuthCard';
import { EmailField, PasswordField, useAccountChecks } from '../../../parts/accountFields';
import { GoogleButton } from './GoogleButton';
import { GoogleLink } from './GoogleLink';

export const messages = ['auth'] as const;
export const prerendered = 'login';

/** The door. */
export default function LoginPage(): JSX.Element {
    const search = useSearchParams();
    return search.get('link') === 'google' ? <GoogleLink /> : <Login />;
}

function Login(): JSX.Element {
    const { session } = useLonja();
    const state = useStore(session);
    const router = useRouter();
    const search = useSearchParams();
    const next = safeNext(search.get('next'));
    const { login: texts } = useMessages('auth');
    const refusal = search.get('error');
    const reason = useCodeText(refusal ?? '');
    const checks = useAccountChecks();
    const [email, setEmail] = useState('');
    const [password, setPassword] = useState('');
    const [remember, setRemember] = useState(true);
    const form = useForm(
        () => [...checks.email(email), ...checks.filled('password', password)],
        async () => {
            try {
                await session.login({ email: email.trim(), password, remember });
            } catch (error) {
                setPassword('');
                throw error;
            }
        },
    );
    const open = state.kind === 'open';
    useEffect(() => {
        if (open) router.replace(next);
    }, [open, next, router]);
    const unverified = form.problem?.code === 'email-unverified';
    return (
        <AuthCard title={texts.title}>
            {search.get('ended') !== null && (
                <Notice mood="info">
                    <p>{texts.ended}</p>
                </Notice>
            )}
            {refusal !== null && (
                <Notice mood="bad" title={texts.googleFailed}>{reason !== undefined && <p>{reason}</p>}</Notice>
            )}
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
                <ErrorSummary errors={form.errors} attempt={form.attempt} />
                {unverified && (
                    <Notice mood="warn" announced>
                        <p>{texts.unverified}</p>
                        <Link
                            href={`/verify-email?email=${encodeURIComponent(email.trim())}`}
                            className={buttonClasses('plain', 'small', 'mt-3')}
                        >
                            {texts.confirm}
                        </Link>
                    </Notice>
                )}
                {form.problem !== undefined && !unverified && <ProblemNotice problem={form.problem} />}
                <EmailField value={email} onChange={setEmail} error={form.errorOf('email')} autoComplete="username" />
                <PasswordField value={password} onChange={setPassword} error={form.errorOf('password')} />
                <label className="flex min-h-6 items-center gap-3">
                    <input
                        type="checkbox"
                        name="remember"
                        checked={remember}
                        onChange={(event) => setRemember(event.target.checked)}
                        className="size-5 accent-fill"
                    />
                    {texts.remember}
                </label>
                <Button type="submit" look="main" size="large" busy={form.busy}>{texts.submit}</Button>
            </form>
            <GoogleButton next={next} />
            <p className="flex flex-wrap justify-between gap-x-6 gap-y-2 text-sm">
                <Link href="/recover" className="py-1 font-bold text-accent underline">{texts.forgot}</Link>
                <span className="py-1">
                    {texts.noAccount}{' '}
                    <Link href="/register" className="font-bold text-accent underline">{texts.register}</Link>
                </span>
            </p>
        </AuthCard>
    );
}
