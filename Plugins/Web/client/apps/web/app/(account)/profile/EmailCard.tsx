import { useState } from 'react';
import type { Profile } from '@lonja/api/contract';
import { Badge } from '@lonja/ui-web/base/Badge';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { Notice } from '@lonja/ui-web/base/Notice';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { Field } from '@lonja/ui-web/form/Field';
import { PasswordInput } from '@lonja/ui-web/form/PasswordInput';
import { TextInput } from '@lonja/ui-web/form/TextInput';
import { useForm } from '@lonja/ui-web/form/useForm';
import { LocalMails } from '../../../parts/LocalMails';
import { useAccountChecks } from '../../../parts/accountFields';

/** The address, and a change of it, which counts once it is confirmed. */
export function EmailCard({ profile }: { profile: Profile }): JSX.Element {
    const { api } = useLonja();
    const { email: texts } = useMessages('profile');
    const checks = useAccountChecks();
    const [email, setEmail] = useState('');
    const [password, setPassword] = useState('');
    const [sent, setSent] = useState<string>();
    const form = useForm(
        () => [...checks.email(email), ...(profile.hasPassword ? checks.filled('password', password) : [])],
        async () => {
            await api.changeEmail({ email: email.trim(), ...(profile.hasPassword ? { password } : {}) });
            setSent(email.trim());
            setEmail('');
            setPassword('');
        },
        checks.told,
    );
    return (
        <Card title={texts.title}>
            <p className="mb-4 flex flex-wrap items-center gap-2">
                <b className="break-all">{profile.email}</b>
                <Badge mood={profile.emailVerified ? 'good' : 'warn'}>
                    {profile.emailVerified ? texts.confirmed : texts.unconfirmed}
                </Badge>
            </p>
            {sent !== undefined && (
                <div className="mb-4 flex flex-col gap-3">
                    <Notice mood="good" announced>
                        <p>{texts.sent(sent)}</p>
                    </Notice>
                    <LocalMails />
                </div>
            )}
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-4">
                <ErrorSummary errors={form.errors} attempt={form.attempt} />
                {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                <Field id="email" label={texts.change} error={form.errorOf('email')}>
                    {(control) => (
                        <TextInput
                            {...control}
                            type="email"
                            autoComplete="email"
                            autoCapitalize="none"
                            spellCheck={false}
                            value={email}
                            onChange={(event) => setEmail(event.target.value)}
                        />
                    )}
                </Field>
                {profile.hasPassword && (
                    <Field id="password" label={texts.password} error={form.errorOf('password')}>
                        {(control) => (
                            <PasswordInput
                                {...control}
                                autoComplete="current-password"
                                value={password}
                                onChange={(event) => setPassword(event.target.value)}
                            />
                        )}
                    </Field>
                )}
                <Button type="submit" busy={form.busy} className="self-start">{texts.submit}</Button>
            </form>
        </Card>
    );
}
