import { useState } from 'react';
import type { Profile } from '@lonja/api/contract';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { Notice } from '@lonja/ui-web/base/Notice';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { ErrorSummary } from '@lonja/ui-web/form/ErrorSummary';
import { useForm } from '@lonja/ui-web/form/useForm';
import { FamilyNameField, GivenNameField, useAccountChecks } from '../../../parts/accountFields';

/** The names. Who changed them elsewhere meanwhile is told so. */
export function DataCard({ profile }: { profile: Profile }): JSX.Element {
    const lonja = useLonja();
    const texts = useMessages('profile');
    const checks = useAccountChecks();
    const [given, setGiven] = useState(profile.givenName);
    const [family, setFamily] = useState(profile.familyName);
    const form = useForm(
        () => [...checks.filled('givenName', given), ...checks.filled('familyName', family)],
        async () => {
            const { version } = profile;
            lonja.profile.put(
                await lonja.api.updateProfile({ givenName: given.trim(), familyName: family.trim(), version }),
            );
        },
        checks.told,
    );
    const conflict = form.problem?.code === 'version-conflict';
    return (
        <Card title={texts.data.title}>
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-4">
                <ErrorSummary errors={form.errors} attempt={form.attempt} />
                {conflict && (
                    <Notice mood="warn" announced>
                        <p>{texts.data.conflict}</p>
                        <Button size="small" className="mt-2" onClick={() => void lonja.profile.refresh()}>OK</Button>
                    </Notice>
                )}
                {form.problem !== undefined && !conflict && <ProblemNotice problem={form.problem} />}
                <div className="grid gap-4 sm:grid-cols-2">
                    <GivenNameField value={given} onChange={setGiven} error={form.errorOf('givenName')} />
                    <FamilyNameField value={family} onChange={setFamily} error={form.errorOf('familyName')} />
                </div>
                <Button type="submit" busy={form.busy} className="self-start">{texts.data.save}</Button>
            </form>
        </Card>
    );
}
