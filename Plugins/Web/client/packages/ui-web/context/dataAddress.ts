import { useEffect, useState } from 'react';

/** The content as an address that an image may have: pages take none of `blob:`. */
export function useDataAddress(content: Blob | undefined): string | undefined {
    const [read, setRead] = useState<{ readonly content: Blob; readonly address: string }>();
    useEffect(() => {
        if (content === undefined) return undefined;
        const reader = new FileReader();
        reader.onload = () => setRead({ content, address: String(reader.result) });
        reader.readAsDataURL(content);
        return () => reader.abort();
    }, [content]);
    return read?.content === content ? read?.address : undefined;
}
