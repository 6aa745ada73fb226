import { Notice } from '@lonja/ui-web/base/Notice';
import { useDocumentData } from '@lonja/ui-web/context/documentData';
import { useMessages } from '@lonja/ui-web/context/language';

/** Where mails can be read that go to nobody, as on a laptop; the server says so on the document. */
export function LocalMails(): JSX.Element | null {
    const { register } = useMessages('auth');
    const path = useDocumentData('mails');
    if (path === undefined) return null;
    return (
        <Notice mood="info">
            <p>
                {register.local}{' '}
                <a href={path} target="_blank" rel="noreferrer" className="font-bold text-accent underline">
                    {register.localLink}
                </a>
            </p>
        </Notice>
    );
}
