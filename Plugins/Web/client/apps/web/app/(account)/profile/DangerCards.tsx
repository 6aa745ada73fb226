import { useState } from 'react';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { Notice } from '@lonja/ui-web/base/Notice';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { TypedDialog } from './TypedDialog';

/** What cannot be taken back: a new account on paper, and the end of the account. */
export function DangerCards(): JSX.Element {
    const lonja = useLonja();
    const { reset, remove } = useMessages('profile');
    const [asking, setAsking] = useState<'reset' | 'remove'>();
    const [done, setDone] = useState(false);
    // Made once for each time it is asked, so that a repeated click begins one new account.
    const [key, setKey] = useState('');
    return (
        <>
            <Card title={reset.title}>
                <p className="mb-4 text-soft">{reset.text}</p>
                {done && (
                    <div className="mb-4">
                        <Notice mood="good" announced>
                            <p>{reset.done}</p>
                        </Notice>
                    </div>
                )}
                <Button
                    look="danger"
                    onClick={() => {
                        setKey(crypto.randomUUID());
                        setAsking('reset');
                    }}
                >
                    {reset.open}
                </Button>
            </Card>
            <Card title={remove.title}>
                <p className="mb-4 text-soft">{remove.text}</p>
                <Button look="danger" onClick={() => setAsking('remove')}>{remove.open}</Button>
            </Card>
            {asking === 'reset' && (
                <TypedDialog
                    title={reset.ask}
                    text={reset.text}
                    word={reset.word}
                    submit={reset.submit}
                    onClose={() => setAsking(undefined)}
                    onConfirm={async () => {
                        await lonja.api.resetWallet(key);
                        lonja.tradeChanged();
                        setDone(true);
                        setAsking(undefined);
                    }}
                />
            )}
            {asking === 'remove' && (
                <TypedDialog
                    title={remove.ask}
                    text={remove.text}
                    word={remove.word}
                    submit={remove.submit}
                    onClose={() => setAsking(undefined)}
                    onConfirm={async () => {
                        await lonja.api.deleteProfile();
                        lonja.session.left();
                    }}
                />
            )}
        </>
    );
}
