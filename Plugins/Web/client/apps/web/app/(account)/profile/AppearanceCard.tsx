import { useState } from 'react';
import type { Profile } from '@lonja/api/contract';
import type { APIProblem } from '@lonja/api/transport';
import { languageNames, languages, spoken } from '@lonja/i18n/language';
import type { Palette, Theme } from '@lonja/state/preferences';
import { Card } from '@lonja/ui-web/base/Card';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useLanguage, useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useStore } from '@lonja/ui-web/context/store';
import { Segments } from '@lonja/ui-web/form/Segments';
import { Switch } from '@lonja/ui-web/form/Switch';
import { problemOf } from '@lonja/ui-web/form/problemOf';

/** How this browser shows things, and in which language mails are. */
export function AppearanceCard({ profile }: { profile: Profile }): JSX.Element {
    const lonja = useLonja();
    const preferences = useStore(lonja.preferences);
    const { language, change } = useLanguage();
    const { show } = useMessages('profile');
    const { settings } = useMessages('common');
    const [problem, setProblem] = useState<APIProblem>();
    const speak = async (next: 'en' | 'es'): Promise<void> => {
        change(next);
        setProblem(undefined);
        if (next === profile.language) return;
        try {
            lonja.profile.put(await lonja.api.updateProfile({ language: next }));
        } catch (error) {
            setProblem(problemOf(error));
        }
    };
    return (
        <Card title={show.title}>
            <div className="flex flex-col gap-5">
                <div className="flex flex-col gap-2">
                    <p className="font-bold">{show.language}</p>
                    <Segments<'en' | 'es'>
                        label={show.language}
                        value={spoken(language)}
                        size="small"
                        onChange={(next) => void speak(next)}
                        segments={languages.map((each) => ({
                            value: each,
                            label: <span lang={each}>{languageNames[each]}</span>,
                        }))}
                    />
                    {problem !== undefined && <ProblemNotice problem={problem} />}
                </div>
                <div className="flex flex-col gap-2">
                    <p className="font-bold">{settings.theme}</p>
                    <Segments<Theme>
                        label={settings.theme}
                        value={preferences.theme}
                        size="small"
                        onChange={(theme) => lonja.preferences.change({ theme })}
                        segments={(['auto', 'light', 'dark'] as const).map((each) => ({
                            value: each,
                            label: settings.themes[each],
                        }))}
                    />
                </div>
                <div className="flex flex-col gap-2">
                    <p className="font-bold">{show.palette}</p>
                    <Segments<Palette>
                        label={show.palette}
                        value={preferences.palette}
                        size="small"
                        onChange={(palette) => lonja.preferences.change({ palette })}
                        segments={(['green-red', 'blue-orange'] as const).map((each) => ({
                            value: each,
                            label: show.palettes[each],
                        }))}
                    />
                </div>
                <Switch
                    label={show.hide}
                    hint={show.hideHint}
                    on={preferences.hideAmounts}
                    onChange={(hideAmounts) => lonja.preferences.change({ hideAmounts })}
                />
            </div>
        </Card>
    );
}
