import type { APIProblem } from '@lonja/api/transport';
import { isLongEnough, looksLikeEmail } from '@lonja/domain/account';
import { useMessages } from '@lonja/ui-web/context/language';
import type { FormError } from '@lonja/ui-web/form/ErrorSummary';
import { Field } from '@lonja/ui-web/form/Field';
import { PasswordInput } from '@lonja/ui-web/form/PasswordInput';
import { TextInput } from '@lonja/ui-web/form/TextInput';

interface TypedProps {
    readonly value: string;
    readonly onChange: (text: string) => void;
    readonly error: string | undefined;
}

interface NameProps extends TypedProps {
    readonly id: string;
    readonly label: string;
    readonly autoComplete: string;
}

function NameField({ id, label, autoComplete, value, onChange, error }: NameProps): JSX.Element {
    return (
        <Field id={id} label={label} error={error}>
            {(control) => (
                <TextInput
                    {...control}
                    name={id}
                    autoComplete={autoComplete}
                    value={value}
                    onChange={(event) => onChange(event.target.value)}
                />
            )}
        </Field>
    );
}

export function GivenNameField(props: TypedProps): JSX.Element {
    const { givenName } = useMessages('auth');
    return <NameField id="givenName" label={givenName} autoComplete="given-name" {...props} />;
}

export function FamilyNameField(props: TypedProps): JSX.Element {
    const { familyName } = useMessages('auth');
    return <NameField id="familyName" label={familyName} autoComplete="family-name" {...props} />;
}

export function EmailField(
    { value, onChange, error, autoComplete = 'email' }: TypedProps & { autoComplete?: string },
): JSX.Element {
    const { email } = useMessages('auth');
    return (
        <Field id="email" label={email} error={error}>
            {(control) => (
                <TextInput
                    {...control}
                    type="email"
                    name="email"
                    inputMode="email"
                    autoComplete={autoComplete}
                    autoCapitalize="none"
                    spellCheck={false}
                    value={value}
                    onChange={(event) => onChange(event.target.value)}
                />
            )}
        </Field>
    );
}

export function PasswordField(
    { value, onChange, error, fresh = false }: TypedProps & { fresh?: boolean },
): JSX.Element {
    const { password, newPassword, passwordHint } = useMessages('auth');
    return (
        <Field
            id="password"
            label={fresh ? newPassword : password}
            error={error}
            {...(fresh ? { hint: passwordHint } : {})}
        >
            {(control) => (
                <PasswordInput
                    {...control}
                    name="password"
                    autoComplete={fresh ? 'new-password' : 'current-password'}
                    value={value}
                    onChange={(event) => onChange(event.target.value)}
                />
            )}
        </Field>
    );
}

export function CodeField({ value, onChange, error }: TypedProps): JSX.Element {
    const { code, codeHint } = useMessages('auth');
    return (
        <Field id="code" label={code} hint={codeHint} error={error}>
            {(control) => (
                <TextInput
                    {...control}
                    name="code"
                    autoComplete="one-time-code"
                    autoCapitalize="characters"
                    spellCheck={false}
                    className="tabular"
                    value={value}
                    onChange={(event) => onChange(event.target.value)}
                />
            )}
        </Field>
    );
}

/** What is wrong with such fields, in words. */
export function useAccountChecks(): {
    readonly email: (text: string) => readonly FormError[];
    readonly filled: (field: string, text: string) => readonly FormError[];
    readonly fresh: (password: string) => readonly FormError[];
    readonly told: (problem: APIProblem) => readonly FormError[];
} {
    const { form } = useMessages('common');
    const texts = useMessages('auth');
    const labels: Readonly<Record<string, string>> = {
        email: texts.email,
        password: texts.password,
        code: texts.code,
        givenName: texts.givenName,
        familyName: texts.familyName,
    };
    const required = (field: string): string => form.required(labels[field] ?? field);
    const error = (field: string, text: string): readonly FormError[] => [{ field, text }];
    return {
        email: (
            text,
        ) => (looksLikeEmail(text) ? [] : error('email', text.trim() === '' ? required('email') : form.email)),
        filled: (field, text) => (text.trim() === '' ? error(field, required(field)) : []),
        fresh: (password) => (isLongEnough(password) ? [] : error('password', form.passwordShort)),
        told: (problem) =>
            problem.errors.flatMap(({ field, code }) => {
                if (/password/i.test(field)) {
                    return error('password', code === 'too-short' ? form.passwordShort : texts.passwordCommon);
                }
                if (field === 'email') {
                    return error('email', form.email);
                }
                return field === 'givenName' || field === 'familyName' ? error(field, required(field)) : [];
            }),
    };
}
