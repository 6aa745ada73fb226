import { useState } from 'react';
import { useRouter } from 'next/navigation';
import { Button } from '@lonja/ui-web/base/Button';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { useForm } from '@lonja/ui-web/form/useForm';
import { AuthCard } from '../../../parts/AuthCard';
import { CodeField, PasswordField } from '../../../parts/accountFields';

/** Who comes from Google with the address of an account proves that it is theirs. */
export function GoogleLink(): JSX.Element {
    const { api, session } = useLonja();
    const router = useRouter();
    const { link } = useMessages('auth');
    const [password, setPassword] = useState('');
    const [code, setCode] = useState('');
    const form = useForm(
        () => (password === '' && code.trim() === '' ? [{ field: 'password', text: link.either }] : []),
        async () => {
            session.begun(await api.linkGoogleAccount(code.trim() === '' ? { password } : { code: code.trim() }));
            router.replace('/wallet');
        },
    );
    return (
        <AuthCard title={link.title} text={link.text}>
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
                <ErrorSummary errors={form.errors} attempt={form.attempt} />
                {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                <PasswordField value={password} onChange={setPassword} error={form.errorOf('password')} />
                <CodeField value={code} onChange={setCode} error={form.errorOf('code')} />
                <Button type="submit" look="main" size="large" busy={form.busy}>{link.submit}</Button>
            </form>
        </AuthCard>
    );
}
