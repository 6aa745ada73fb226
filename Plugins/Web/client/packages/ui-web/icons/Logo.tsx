/** Three columns of an exchange's hall below their arches, each taller than the one before. */
export function Logo({ size = 28 }: { size?: number }): JSX.Element {
    return (
        <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false" className="shrink-0">
            <rect width="32" height="32" rx="8" className="fill-fill" />
            <path
                d="M8 24.5v-6.5M16 24.5v-10.5M24 24.5v-14.5M6 24.5h20M8 18c0-4.5 8-4.5 8-4M16 14c0-5 8-5 8-4"
                fill="none" className="stroke-on-fill" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round"
            />
        </svg>
    );
}
