/** What is read out in turn when its text changes, and not seen. */
export function Announcer({ children }: { children: string }): JSX.Element {
    return <p role="status" className="sr-only">{children}</p>;
}
