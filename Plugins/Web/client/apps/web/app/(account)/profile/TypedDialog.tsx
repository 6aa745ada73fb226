import { useState } from 'react';
import { Button } from '@lonja/ui-web/base/Button';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { Field } from '@lonja/ui-web/form/Field';
import { TextInput } from '@lonja/ui-web/form/TextInput';
import { useForm } from '@lonja/ui-web/form/useForm';
import { Dialog } from '@lonja/ui-web/overlay/Dialog';

interface TypedDialogProps {
    readonly title: string;
    readonly text: string;
    /** What has to be typed. */
    readonly word: string;
    readonly submit: string;
    readonly onClose: () => void;
    /** Throws the API's problem. */
    readonly onConfirm: () => Promise<void>;
}

/** Asks for a word to be typed, so that nothing is lost by a click too many. */
export function TypedDialog({ title, text, word, submit, onClose, onConfirm }: TypedDialogProps): JSX.Element {
    const { reset } = useMessages('profile');
    const { words } = useMessages('common');
    const [typed, setTyped] = useState('');
    const form = useForm(
        () => (typed.trim().toUpperCase() === word.toUpperCase() ? [] : [{ field: 'word', text: reset.type(word) }]),
        onConfirm,
    );
    return (
        <Dialog title={title} onClose={onClose}>
            <p className="text-soft">{text}</p>
            <form noValidate onSubmit={form.submit} className="flex flex-col gap-4">
                {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                <Field id="word" label={reset.type(word)} error={form.errorOf('word')}>
                    {(control) => (
                        <TextInput
                            {...control}
                            autoComplete="off"
                            autoCapitalize="characters"
                            spellCheck={false}
                            value={typed}
                            onChange={(event) => setTyped(event.target.value)}
                        />
                    )}
                </Field>
                <div className="flex flex-wrap gap-3">
                    <Button type="submit" look="danger" busy={form.busy}>{submit}</Button>
                    <Button onClick={onClose}>{words.cancel}</Button>
                </div>
            </form>
        </Dialog>
    );
}
