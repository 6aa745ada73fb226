import Link from 'next/link';
import { buttonClasses } from '@lonja/ui-web/base/buttonClasses';
import { useMessages } from '@lonja/ui-web/context/language';
import { FullPage } from '../parts/FullPage';

/** No page has this address. */
export default function NotFound(): JSX.Element {
    const { notFound, home, stocks } = useMessages('errors');
    return (
        <FullPage mark="404" title={notFound.title} text={notFound.text}>
            <Link href="/" className={buttonClasses('main')}>{home}</Link>
            <Link href="/stocks" className={buttonClasses('plain')}>{stocks}</Link>
        </FullPage>
    );
}
