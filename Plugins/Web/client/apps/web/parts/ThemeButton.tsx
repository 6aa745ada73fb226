import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useStore } from '@lonja/ui-web/context/store';
import { Icon } from '@lonja/ui-web/icons/Icon';
import type { Theme } from '@lonja/state/preferences';

const next: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };
const icons = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

/** Light, dark, or as the system: one step further with each press. */
export function ThemeButton(): JSX.Element {
    const { preferences } = useLonja();
    const { theme } = useStore(preferences);
    const { settings } = useMessages('common');
    const text = `${settings.theme}: ${settings.themes[theme]}`;
    return (
        <button
            type="button" aria-label={text} title={text} onClick={() => preferences.change({ theme: next[theme] })}
            className="flex size-11 items-center justify-center rounded-md text-soft hover:bg-hover hover:text-ink"
        >
            <Icon name={icons[theme]} />
        </button>
    );
}
