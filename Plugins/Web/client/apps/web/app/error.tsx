import { Button } from '@lonja/ui-web/base/Button';
import { useMessages } from '@lonja/ui-web/context/language';
import { FullPage } from '../parts/FullPage';

/** A page whose code has failed or could not be fetched. */
export default function PageError({ reset }: { error: Error; reset: () => void }): JSX.Element {
    const { failed, retry } = useMessages('errors');
    return (
        <FullPage mark="!" title={failed.title} text={failed.text}>
            <Button look="main" onClick={reset}>{retry}</Button>
            <Button onClick={() => location.reload()}>{failed.reload}</Button>
        </FullPage>
    );
}
