import { useRef, useState } from 'react';
import type { Profile } from '@lonja/api/contract';
import { Button } from '@lonja/ui-web/base/Button';
import { Card } from '@lonja/ui-web/base/Card';
import { Notice } from '@lonja/ui-web/base/Notice';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { Skeleton } from '@lonja/ui-web/base/Skeleton';
import { useDataAddress } from '@lonja/ui-web/context/dataAddress';
import { useMessages } from '@lonja/ui-web/context/language';
import { useLonja } from '@lonja/ui-web/context/lonja';
import { useResource } from '@lonja/ui-web/context/store';
import { useForm } from '@lonja/ui-web/form/useForm';
import { Icon } from '@lonja/ui-web/icons/Icon';
import { CropDialog } from './CropDialog';

/** The photo, and another one, of which a square is cut out. */
export function PhotoCard({ profile }: { profile: Profile }): JSX.Element {
    const lonja = useLonja();
    const { photo } = useMessages('profile');
    const file = useRef<HTMLInputElement>(null);
    const [picture, setPicture] = useState<ImageBitmap>();
    const [broken, setBroken] = useState(false);
    const { value: content } = useResource(profile.hasPhoto ? lonja.photo : undefined);
    const shown = useDataAddress(content);
    const removal = useForm(() => [], async () => {
        await lonja.api.deletePhoto();
        await lonja.profile.refresh();
    });
    const choose = async (chosen: File | undefined): Promise<void> => {
        setBroken(false);
        if (chosen === undefined) return;
        try {
            setPicture(await createImageBitmap(chosen));
        } catch {
            setBroken(true);
        }
        if (file.current !== null) file.current.value = '';
    };
    return (
        <Card title={photo.title}>
            <div className="flex flex-wrap items-center gap-5">
                {profile.hasPhoto && shown === undefined && <Skeleton className="size-24 rounded-full" />}
                {profile.hasPhoto && shown !== undefined && (
                    <img
                        src={shown}
                        alt={photo.alt}
                        width={96}
                        height={96}
                        className="size-24 rounded-full object-cover"
                    />
                )}
                {!profile.hasPhoto && (
                    <span
                        role="img"
                        aria-label={photo.none}
                        className="flex size-24 items-center justify-center rounded-full bg-sunken text-soft"
                    >
                        <Icon name="person" size={40} />
                    </span>
                )}
                <div className="flex flex-col gap-3">
                    <p className="text-sm text-soft">{photo.hint}</p>
                    <div className="flex flex-wrap gap-3">
                        <Button onClick={() => file.current?.click()}>{photo.choose}</Button>
                        {profile.hasPhoto && (
                            <form onSubmit={removal.submit}>
                                <Button type="submit" look="quiet" busy={removal.busy}>{photo.remove}</Button>
                            </form>
                        )}
                    </div>
                    <input
                        ref={file}
                        type="file"
                        aria-label={photo.choose}
                        tabIndex={-1}
                        accept="image/jpeg,image/png,image/webp"
                        className="sr-only"
                        onChange={(event) => void choose(event.target.files?.[0])}
                    />
                </div>
            </div>
            {broken && (
                <div className="mt-4">
                    <Notice mood="bad" announced>
                        <p>{photo.broken}</p>
                    </Notice>
                </div>
            )}
            {removal.problem !== undefined && (
                <div className="mt-4">
                    <ProblemNotice problem={removal.problem} />
                </div>
            )}
            {picture !== undefined && (
                <CropDialog
                    picture={picture}
                    onClose={() => setPicture(undefined)}
                    onSave={async (content) => {
                        await lonja.api.putPhoto(content);
                        await Promise.all([lonja.profile.refresh(), lonja.photo.refresh()]);
                        setPicture(undefined);
                    }}
                />
            )}
        </Card>
    );
}
