import { PageTitle } from '@lonja/ui-web/base/PageTitle';
import { useMessages } from '@lonja/ui-web/context/language';

export const messages = [] as const;
export const prerendered = 'home';

export default function Home(): JSX.Element {
    const { tagline } = useMessages('common');
    return <PageTitle title="Lonja">{tagline}</PageTitle>;
}
