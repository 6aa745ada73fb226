import { useMessages } from '@lonja/ui-web/context/language';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { FullPage } from '../../../parts/FullPage';

export const messages = ['errors'] as const;
export const prerendered = 'offline';

/** What the service worker shows in place of any page while there is no connection. */
export default function Offline(): JSX.Element {
    const { offline, retry } = useMessages('errors');
    return (
        <FullPage mark="···" title={offline.title} text={offline.text}>
            <a href="?" className={buttonClasses('main')}>{retry}</a>
        </FullPage>
    );
}
