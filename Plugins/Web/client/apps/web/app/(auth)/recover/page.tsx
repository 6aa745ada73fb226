import { useState } from 'react';
import Link from 'next/link';
import { Button } from '@lonja/ui-web/base/Button';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { useForm } from '@lonja/ui-web/form/useForm';
import { AuthCard } from '../../../parts/AuthCard';
import { LocalMails } from '../../../parts/LocalMails';
import { EmailField, useAccountChecks } from '../../../parts/accountFields';

export const messages = ['auth'] as const;
export const prerendered = 'recover';

/** A forgotten password. The answer is the same for every address. */
export default function Recover(): JSX.Element {
    const { api } = useLonja();
    const { recover: texts } = useMessages('auth');
    const checks = useAccountChecks();
    const [email, setEmail] = useState('');
    const [sent, setSent] = useState(false);
    const form = useForm(() => checks.email(email), async () => {
        await api.requestPasswordReset({ email: email.trim() });
        setSent(true);
    });
    if (sent) {
        return (
            <AuthCard title={texts.sentTitle} text={texts.sentText(email.trim())}>
                <LocalMails />
                <Link
                    href={`/reset-password?email=${encodeURIComponent(email.trim())}`}
                    className={buttonClasses('plain')}
                >
                    {texts.haveCode}
                </Link>
                <p className="text-sm text-soft">{texts.help}</p>
            </AuthCard>
        );
    }
    return (
        <AuthCard title={texts.title} text={texts.text}>
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
                <ErrorSummary errors={form.errors} attempt={form.attempt} />
                {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                <EmailField value={email} onChange={setEmail} error={form.errorOf('email')} />
                <Button type="submit" look="main" size="large" busy={form.busy}>{texts.submit}</Button>
            </form>
            <p className="text-sm text-soft">{texts.help}</p>
        </AuthCard>
    );
}
