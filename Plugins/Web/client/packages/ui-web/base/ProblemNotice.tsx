import type { APIProblem } from '@lonja/api/transport';
import { useProblemText } from '../context/problem';
import { useMessages } from '../context/language';
import { Button } from './Button';
import { Notice } from './Notice';

interface ProblemNoticeProps {
    readonly problem: APIProblem;
    readonly title?: string;
    readonly onRetry?: (() => void) | undefined;
}

/** What the API has refused, in its sentence, with what helps to find it again. */
export function ProblemNotice({ problem, title, onRetry }: ProblemNoticeProps): JSX.Element {
    const { problem: texts, words } = useMessages('common');
    const text = useProblemText(problem);
    return (
        <Notice mood="bad" title={title ?? texts.title} announced>
            <p>{text}</p>
            {problem.status >= 500 && problem.requestId !== undefined && (
                <p className="mt-1 text-xs break-all text-soft">{texts.reference}: <code>{problem.requestId}</code></p>
            )}
            {onRetry !== undefined && <Button size="small" className="mt-3" onClick={onRetry}>{words.retry}</Button>}
        </Notice>
    );
}
