/** The way to the first share, one step after the other; "away" for who has been it, or wants no guide. */
export const guideSteps = ['register', 'confirm', 'login', 'buy', 'done', 'away'] as const;
export type GuideStep = typeof guideSteps[number];

/** What can be seen to be so already. */
export interface GuideFacts {
    readonly open: boolean;
    /** Whether the client has shares; nothing while that is not known. */
    readonly owns: boolean | undefined;
}

/** The step that comes next, of which the browser remembers how far it was. */
export function nextStep(reached: GuideStep, { open, owns }: GuideFacts): GuideStep {
    if (reached === 'away' || reached === 'done') return reached;
    if (!open) return reached === 'buy' ? 'login' : reached;
    // Who comes with shares has found the way without a guide.
    if (owns === true) return reached === 'buy' ? 'done' : 'away';
    return owns === undefined ? reached : 'buy';
}

export function isGuideStep(text: string | undefined): text is GuideStep {
    return guideSteps.some((step) => step === text);
}
