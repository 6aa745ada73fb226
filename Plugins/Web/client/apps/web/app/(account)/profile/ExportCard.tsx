import { useState } from 'react';
import type { APIProblem } from '@lonja/api/transport';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { problemOf } from '@lonja/ui-web/form/problemOf';
import { saveFile } from '@lonja/ui-web/form/saveFile';
import { Icon } from '@lonja/ui-web/icons/Icon';

/** All that is kept of the client, as a file. */
export function ExportCard(): JSX.Element {
    const { export: texts } = useMessages('profile');
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<APIProblem>();
    const download = async (): Promise<void> => {
        setBusy(true);
        setProblem(undefined);
        await saveFile('/api/v1/profile/export', 'application/json', 'lonja.json').catch((error: unknown) =>
            setProblem(problemOf(error))
        );
        setBusy(false);
    };
    return (
        <Card title={texts.title}>
            <p className="mb-4 text-soft">{texts.text}</p>
            {problem !== undefined && <ProblemNotice problem={problem} />}
            <Button busy={busy} onClick={() => void download()}>
                <Icon name="download" size={18} />
                {texts.submit}
            </Button>
        </Card>
    );
}
