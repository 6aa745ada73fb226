import { useState } from 'react';
import type { APIProblem } from '@lonja/api/transport';
import { Button } from '@lonja/ui-web/base/Button';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { problemOf } from '@lonja/ui-web/form/problemOf';
import { saveFile } from '@lonja/ui-web/form/saveFile';
import { Icon } from '@lonja/ui-web/icons/Icon';

/** The whole history as a file. */
export function DownloadButton(): JSX.Element {
    const { history } = useMessages('wallet');
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<APIProblem>();
    const download = async (): Promise<void> => {
        setBusy(true);
        setProblem(undefined);
        try {
            await saveFile('/api/v1/wallet/history', 'text/csv', 'lonja-history.csv');
        } catch (error) {
            setProblem(problemOf(error));
        }
        setBusy(false);
    };
    return (
        <>
            <Button size="small" busy={busy} onClick={() => void download()}>
                <Icon name="download" size={16} />
                {history.csv}
            </Button>
            {problem !== undefined && <ProblemNotice problem={problem} />}
        </>
    );
}
