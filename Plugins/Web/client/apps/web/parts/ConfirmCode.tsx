import { useState } from 'react';
import { useRouter } from 'next/navigation';
import { Announcer } from '@lonja/ui-web/base/Announcer';
import { Button } from '@lonja/ui-web/base/Button';
import { Notice } from '@lonja/ui-web/base/Notice';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { useForm } from '@lonja/ui-web/form/useForm';
import { CodeField, useAccountChecks } from './accountFields';
import { LocalMails } from './LocalMails';

/** Confirms an address by the code of the mail, or has the mail sent again. */
export function ConfirmCode({ email }: { email: string }): JSX.Element {
    const { api, preferences } = useLonja();
    const router = useRouter();
    const { register: texts, verify } = useMessages('auth');
    const checks = useAccountChecks();
    const [code, setCode] = useState('');
    const [resent, setResent] = useState(false);
    const form = useForm(
        () => checks.filled('code', code),
        async () => {
            await api.confirmEmail({ email, code: code.trim() });
            preferences.change({ guide: 'login' });
            router.push('/verify-email?done=1');
        },
    );
    const again = useForm(() => [], async () => {
        await api.sendVerification({ email });
        setResent(true);
    });
    const problem = form.problem ?? again.problem;
    return (
        <>
            <LocalMails />
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
                <ErrorSummary errors={form.errors} attempt={form.attempt} />
                {problem !== undefined && <ProblemNotice problem={problem} />}
                <CodeField value={code} onChange={setCode} error={form.errorOf('code')} />
                <Button type="submit" look="main" size="large" busy={form.busy}>{verify.submit}</Button>
            </form>
            <form onSubmit={again.submit} className="flex flex-col gap-3">
                <p className="text-sm text-soft">{texts.spam}</p>
                <Button type="submit" busy={again.busy}>{texts.resend}</Button>
                {resent && <Notice mood="good"><p>{texts.resent}</p></Notice>}
                <Announcer>{resent ? texts.resent : ''}</Announcer>
            </form>
        </>
    );
}
