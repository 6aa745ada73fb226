import type { ReactNode } from 'react';
import { createContext, useContext, useEffect } from 'react';

/** Where prerendering learns the title of a page. */
export interface TitleSink {
    put(title: string): void;
}

export const TitleContext = createContext<TitleSink | undefined>(undefined);

/** The title of the document, "… · Lonja". */
export function useTitle(title: string): void {
    const sink = useContext(TitleContext);
    sink?.put(title);
    useEffect(() => {
        document.title = title === 'Lonja' ? title : `${title} · Lonja`;
    }, [title]);
}

/** The one heading of a page, which gets the focus when the page is shown, and the document's title. */
export function PageTitle(
    { title, children, hidden = false }: { title: string; children?: ReactNode; hidden?: boolean },
): JSX.Element {
    useTitle(title);
    return <h1 tabIndex={-1} className={hidden ? 'sr-only' : 'text-2xl sm:text-3xl'}>{children ?? title}</h1>;
}
