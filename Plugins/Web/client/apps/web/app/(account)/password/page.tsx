import { useState } from 'react';
import Link from 'next/link';
import { Button } from '@lonja/ui-web/base/Button';
import { Notice } from '@lonja/ui-web/base/Notice';
import { Private } from '@lonja/ui-web/base/Private';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { Field } from '@lonja/ui-web/form/Field';
import { PasswordInput } from '@lonja/ui-web/form/PasswordInput';
import { useForm } from '@lonja/ui-web/form/useForm';
import { AuthCard } from '../../../parts/AuthCard';
import { PasswordField, useAccountChecks } from '../../../parts/accountFields';

export const messages = ['profile', 'auth'] as const;

/** Another password, by who knows the one now. */
export default function PasswordPage(): JSX.Element {
    return (
        <Private>
            <ChangePassword />
        </Private>
    );
}

function ChangePassword(): JSX.Element {
    const lonja = useLonja();
    const { password: texts } = useMessages('profile');
    const checks = useAccountChecks();
    const [current, setCurrent] = useState('');
    const [fresh, setFresh] = useState('');
    const [done, setDone] = useState(false);
    const form = useForm(
        () => [
            ...(current === '' ? checks.filled('password', '').map((error) => ({ ...error, field: 'current' })) : []),
            ...checks.fresh(fresh),
        ],
        async () => {
            await lonja.api.changePassword({ current, new: fresh });
            setCurrent('');
            setFresh('');
            setDone(true);
            // The session and its token may be other ones from now on.
            await lonja.session.check();
        },
        checks.told,
    );
    return (
        <AuthCard title={texts.title}>
            {done
                ? (
                    <>
                        <Notice mood="good" announced>
                            <p>{texts.done}</p>
                        </Notice>
                        <Link href="/profile" className={buttonClasses('main')}>{texts.back}</Link>
                    </>
                )
                : (
                    <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
                        <ErrorSummary errors={form.errors} attempt={form.attempt} />
                        {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                        <Field id="current" label={texts.current} error={form.errorOf('current')}>
                            {(control) => (
                                <PasswordInput
                                    {...control}
                                    autoComplete="current-password"
                                    value={current}
                                    onChange={(event) => setCurrent(event.target.value)}
                                />
                            )}
                        </Field>
                        <PasswordField fresh value={fresh} onChange={setFresh} error={form.errorOf('password')} />
                        <Button type="submit" look="main" size="large" busy={form.busy}>{texts.submit}</Button>
                    </form>
                )}
        </AuthCard>
    );
}
