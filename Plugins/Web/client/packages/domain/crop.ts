/**
 * Which square of a picture is kept: its middle as parts of the way that it can move, and its side as a part of the
 * largest.
 */
export interface Crop {
    readonly horizontal: number;
    readonly vertical: number;
    readonly size: number;
}

/** The square in pixels. */
export function squareOf(
    width: number,
    height: number,
    crop: Crop,
): { readonly left: number; readonly top: number; readonly side: number } {
    const side = Math.min(width, height) * crop.size;
    return { left: (width - side) * crop.horizontal, top: (height - side) * crop.vertical, side };
}
