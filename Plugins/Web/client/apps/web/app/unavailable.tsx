import { useMessages } from '@lonja/ui-web/context/language';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { FullPage } from '../parts/FullPage';

/** What the server answers with while what stands behind it is away. */
export default function Unavailable(): JSX.Element {
    const { unavailable, retry } = useMessages('errors');
    return (
        <FullPage mark="503" title={unavailable.title} text={unavailable.text}>
            <a href="?" className={buttonClasses('main')}>{retry}</a>
        </FullPage>
    );
}
