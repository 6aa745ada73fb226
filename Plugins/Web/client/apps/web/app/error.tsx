import { Button } from '@lonja/ui-web/base/Button';
import { useLanguage, useMessages } from '@lonja/ui-web/context/language';
import { FullPage } from '../parts/FullPage';

/** A page whose code has failed or could not be fetched. */
export default function PageError({ reset }: { error: Error; reset: () => void }): JSX.Element {
    const errors = useLanguage().texts.errors;
    const { problem, words } = useMessages('common');
    // The page may fail before the texts of failures are there.
    if (errors === undefined) {
        return (
            <FullPage mark="!" title={problem.title} text={problem.internal}>
                <Button look="main" onClick={reset}>{words.retry}</Button>
            </FullPage>
        );
    }
    const { failed, retry } = errors;
    return (
        <FullPage mark="!" title={failed.title} text={failed.text}>
            <Button look="main" onClick={reset}>{retry}</Button>
            <Button onClick={() => location.reload()}>{failed.reload}</Button>
        </FullPage>
    );
}
