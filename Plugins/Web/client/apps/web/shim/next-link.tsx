import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { forwardRef } from 'react';
import { useRouterStore } from './router-context';

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
    readonly href: string;
    readonly replace?: boolean;
    readonly scroll?: boolean;
    readonly prefetch?: boolean;
}

/** A real link, whose page comes without a new document; fetched when it is likely to be followed. As `next/link`. */
const Link = forwardRef<HTMLAnchorElement, LinkProps>(function Link(properties, reference) {
    const { href, replace = false, scroll = true, prefetch = true, children, onClick, ...rest } = properties;
    const router = useRouterStore();
    const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
        onClick?.(event);
        const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
        if (event.defaultPrevented || other || (rest.target ?? '') !== '') return;
        event.preventDefault();
        if (replace) router.replace(href, scroll);
        else router.push(href, scroll);
    };
    const likely = (): void => {
        if (prefetch) router.prefetch(href);
    };
    return (
        <a
            {...rest}
            ref={reference}
            href={href}
            onClick={follow}
            onMouseEnter={likely}
            onFocus={likely}
            onTouchStart={likely}
        >
            {children}
        </a>
    );
});

export default Link;
