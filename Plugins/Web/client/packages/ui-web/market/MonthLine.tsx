import { useEffect, useRef, useState } from 'react';
import { useLonja } from '../context/lonja';
import { useResource } from '../context/store';
import { Sparkline } from './Sparkline';

/** The last month of a company; asked for once it can be seen. */
export function MonthLine(
    { symbol, width = 96, height = 32 }: { symbol: string; width?: number; height?: number },
): JSX.Element {
    const box = useRef<HTMLSpanElement>(null);
    const [seen, setSeen] = useState(false);
    const lonja = useLonja();
    useEffect(() => {
        const element = box.current;
        if (element === null) return undefined;
        const observer = new IntersectionObserver((entries) => {
            if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
        }, { rootMargin: '200px' });
        observer.observe(element);
        return () => observer.disconnect();
    }, []);
    const { value } = useResource(seen ? lonja.bars(symbol) : undefined);
    return (
        <span ref={box} className="inline-block">
            <Sparkline prices={value?.map((bar) => bar.close) ?? []} width={width} height={height} />
        </span>
    );
}
