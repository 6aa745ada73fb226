import type { Language } from '@lonja/i18n/language';
import { isGuideStep } from '@lonja/state/guide';
import type { Palette, Preferences, PreferencesPort, Theme } from '@lonja/state/preferences';
import { usual } from '@lonja/state/preferences';

/**
 * Theme and language are in cookies, as the server sets both on the document before it is sent, so that nothing
 * flashes;
 * the rest is this browser's alone.
 */
export const themeCookie = 'lonja-theme';
export const languageCookie = 'lonja-language';

const year = 31_536_000;

export function keepCookie(name: string, value: string): void {
    const secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = `${name}=${value}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
}

export function keepLanguage(language: Language): void {
    document.documentElement.lang = language === 'qps' ? 'en' : language;
    keepCookie(languageCookie, language);
}

export function cookie(name: string): string | undefined {
    const found = document.cookie.split('; ').find((each) => each.startsWith(`${name}=`));
    return found?.slice(name.length + 1);
}

/** Preferences in this browser. */
export class BrowserPreferences implements PreferencesPort {
    read(): Preferences {
        const theme = cookie(themeCookie);
        const guide = stored('lonja-guide');
        return {
            theme: theme === 'light' || theme === 'dark' ? theme : usual.theme,
            palette: stored('lonja-palette') === 'blue-orange' ? 'blue-orange' : usual.palette,
            hideAmounts: stored('lonja-hide-amounts') === 'yes',
            guide: isGuideStep(guide) ? guide : usual.guide,
        };
    }

    hear(listener: () => void): void {
        addEventListener('storage', listener);
    }

    write(preferences: Preferences): void {
        keepCookie(themeCookie, preferences.theme);
        store('lonja-palette', preferences.palette);
        store('lonja-hide-amounts', preferences.hideAmounts ? 'yes' : 'no');
        store('lonja-guide', preferences.guide);
    }
}

/** What the style sheet goes by. */
export function show(theme: Theme, palette: Palette): void {
    document.documentElement.dataset['theme'] = theme;
    document.documentElement.dataset['palette'] = palette;
}

function stored(name: string): string | undefined {
    try {
        return localStorage.getItem(name) ?? undefined;
    } catch {
        return undefined;
    }
}

function store(name: string, value: string): void {
    try {
        localStorage.setItem(name, value);
    } catch {
        // A browser that keeps nothing shows it until the page goes.
    }
}
