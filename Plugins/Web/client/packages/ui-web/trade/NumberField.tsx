import { Field } from '../form/Field';
import { TextInput } from '../form/TextInput';

interface NumberFieldProps {
    readonly id: string;
    readonly label: string;
    readonly value: string;
    readonly error: string | undefined;
    readonly onChange: (text: string) => void;
}

/** A number as people type it: text, so that no browser changes or drops any of it. */
export function NumberField({ id, label, value, error, onChange }: NumberFieldProps): JSX.Element {
    return (
        <Field id={id} label={label} error={error}>
            {(control) => (
                <TextInput
                    {...control} inputMode="decimal" autoComplete="off" value={value} className="tabular text-lg"
                    onChange={(event) => onChange(event.target.value)}
                />
            )}
        </Field>
    );
}
