import { useEffect, useState } from 'react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { Button } from '@lonja/ui-web/base/Button';
import { Notice } from '@lonja/ui-web/base/Notice';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { useForm } from '@lonja/ui-web/form/useForm';
import { AuthCard } from '../../../parts/AuthCard';
import { CodeField, EmailField, PasswordField, useAccountChecks } from '../../../parts/accountFields';

export const messages = ['auth'] as const;
export const prerendered = 'reset-password';

/** A new password, by the link of the mail or by its code. */
export default function ResetPassword(): JSX.Element {
    const { api, session } = useLonja();
    const search = useSearchParams();
    const router = useRouter();
    const { reset: texts, recover, login } = useMessages('auth');
    const checks = useAccountChecks();
    const told = search.get('token');
    const [token] = useState(told ?? undefined);
    const [email, setEmail] = useState(search.get('email') ?? '');
    const [code, setCode] = useState('');
    const [password, setPassword] = useState('');
    useEffect(() => {
        // It need not stay in the address, where others may see it.
        if (told !== null) router.replace('/reset-password', { scroll: false });
    }, [told, router]);
    const form = useForm(
        () => [
            ...(token === undefined ? [...checks.email(email), ...checks.filled('code', code)] : []),
            ...checks.fresh(password),
        ],
        async () => {
            const proof = token === undefined ? { email: email.trim(), code: code.trim() } : { token };
            await api.confirmPasswordReset({ ...proof, newPassword: password });
            setPassword('');
            void session.check();
            router.replace('/reset-password?done=1');
        },
        checks.told,
    );
    if (search.get('done') !== null) {
        return (
            <AuthCard title={texts.doneTitle}>
                <Notice mood="good" announced>
                    <p>{texts.doneText}</p>
                </Notice>
                <Link href="/login" className={buttonClasses('main', 'large')}>{login.title}</Link>
            </AuthCard>
        );
    }
    return (
        <AuthCard title={texts.title} text={texts.text}>
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
                <ErrorSummary errors={form.errors} attempt={form.attempt} />
                {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                {form.problem?.code === 'invalid-code' && (
                    <Link href="/recover" className={buttonClasses('plain')}>{recover.submit}</Link>
                )}
                {token === undefined && (
                    <>
                        <EmailField value={email} onChange={setEmail} error={form.errorOf('email')} />
                        <CodeField value={code} onChange={setCode} error={form.errorOf('code')} />
                    </>
                )}
                <PasswordField fresh value={password} onChange={setPassword} error={form.errorOf('password')} />
                <Button type="submit" look="main" size="large" busy={form.busy}>{texts.submit}</Button>
            </form>
        </AuthCard>
    );
}
