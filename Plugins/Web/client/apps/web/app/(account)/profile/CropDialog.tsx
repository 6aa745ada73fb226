import { useEffect, useRef, useState } from 'react';
import type { Crop } from '@lonja/domain/crop';
import { squareOf } from '@lonja/domain/crop';
import { Button } from '@lonja/ui-web/base/Button';
import { ProblemNotice } from '@lonja/ui-web/base/ProblemNotice';
import { useMessages } from '@lonja/ui-web/context/language';
import { useForm } from '@lonja/ui-web/form/useForm';
import { Dialog } from '@lonja/ui-web/overlay/Dialog';

interface CropDialogProps {
    readonly picture: ImageBitmap;
    readonly onClose: () => void;
    /** Throws the API's problem. */
    readonly onSave: (content: Blob) => Promise<void>;
}

/** Pixels of a side that are sent. */
const side = 768;

/** Cuts a square out of a picture, with sliders rather than by dragging, so that keys can do it. */
export function CropDialog({ picture, onClose, onSave }: CropDialogProps): JSX.Element {
    const canvas = useRef<HTMLCanvasElement>(null);
    const { photo } = useMessages('profile');
    const [crop, setCrop] = useState<Crop>({ horizontal: 0.5, vertical: 0.5, size: 1 });
    useEffect(() => {
        const square = squareOf(picture.width, picture.height, crop);
        canvas.current?.getContext('2d')?.drawImage(
            picture,
            square.left,
            square.top,
            square.side,
            square.side,
            0,
            0,
            side,
            side,
        );
    }, [picture, crop]);
    const form = useForm(() => [], async () => {
        const content = await new Promise<Blob | null>((resolve) => {
            if (canvas.current === null) resolve(null);
            else canvas.current.toBlob(resolve, 'image/jpeg', 0.92);
        });
        if (content !== null) await onSave(content);
    });
    const slider = (label: string, name: keyof Crop, least: number): JSX.Element => (
        <label className="flex items-center justify-between gap-4 text-sm">
            {label}
            <input
                type="range"
                min={least}
                max={1}
                step={0.01}
                value={crop[name]}
                className="h-6 w-40 accent-fill"
                onChange={(event) => setCrop({ ...crop, [name]: Number(event.target.value) })}
            />
        </label>
    );
    return (
        <Dialog title={photo.crop} onClose={onClose}>
            <p className="text-sm text-soft">{photo.cropHint}</p>
            <canvas
                ref={canvas}
                width={side}
                height={side}
                role="img"
                aria-label={photo.alt}
                className="mx-auto size-56 rounded-full bg-sunken"
            />
            <form onSubmit={form.submit} className="flex flex-col gap-3">
                {slider(photo.zoom, 'size', 0.25)}
                {slider(photo.horizontal, 'horizontal', 0)}
                {slider(photo.vertical, 'vertical', 0)}
                {form.problem !== undefined && <ProblemNotice problem={form.problem} />}
                <Button type="submit" look="main" busy={form.busy}>{photo.save}</Button>
            </form>
        </Dialog>
    );
}
