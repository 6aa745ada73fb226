import { useState } from 'react';
import Link from 'next/link';
import { spoken } from '@lonja/i18n/language';
import { Button } from '@lonja/ui-web/base/Button';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useLanguage, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { useForm } from '@lonja/ui-web/form/useForm';
import { AuthCard } from '../../../parts/AuthCard';
import { ConfirmCode } from '../../../parts/ConfirmCode';
import {
    EmailField,
    FamilyNameField,
    GivenNameField,
    PasswordField,
    useAccountChecks,
} from '../../../parts/accountFields';

export const messages = ['auth'] as const;
export const prerendered = 'register';

/** A new account. What happens then is told by mail alone, so that nobody learns who has one. */
export default function Register(): JSX.Element {
    const { api, preferences } = useLonja();
    const { language } = useLanguage();
    const { register: texts, login } = useMessages('auth');
    const checks = useAccountChecks();
    const [given, setGiven] = useState('');
    const [family, setFamily] = useState('');
    const [email, setEmail] = useState('');
    const [password, setPassword] = useState('');
    const [sent, setSent] = useState(false);
    const form = useForm(
        () => [
            ...checks.filled('givenName', given),
            ...checks.filled('familyName', family),
            ...checks.email(email),
            ...checks.fresh(password),
        ],
        async () => {
            await api.register({
                givenName: given.trim(),
                familyName: family.trim(),
                email: email.trim(),
                password,
                language: spoken(language),
            });
            setPassword('');
            preferences.change({ guide: 'confirm' });
            setSent(true);
        },
        checks.told,
    );
    if (sent) {
        return (
            <AuthCard title={texts.sentTitle} text={texts.sentText(email.trim())}>
                <ConfirmCode email={email.trim()} />
                <Button look="quiet" onClick={() => setSent(false)}>{texts.other}</Button>
            </AuthCard>
        );
    }
    return (
        <AuthCard title={texts.title} text={texts.text}>
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-5">
                <ErrorSummary errors={form.errors} attempt={form.attempt} />
                {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                <div className="grid gap-5 sm:grid-cols-2">
                    <GivenNameField value={given} onChange={setGiven} error={form.errorOf('givenName')} />
                    <FamilyNameField value={family} onChange={setFamily} error={form.errorOf('familyName')} />
                </div>
                <EmailField value={email} onChange={setEmail} error={form.errorOf('email')} />
                <PasswordField fresh value={password} onChange={setPassword} error={form.errorOf('password')} />
                <Button type="submit" look="main" size="large" busy={form.busy}>{texts.submit}</Button>
            </form>
            <p className="text-sm">
                {texts.have} <Link href="/login" className="font-bold text-accent underline">{login.title}</Link>
            </p>
        </AuthCard>
    );
}
