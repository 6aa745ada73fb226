"""Writes the pictures of the photo tests into a folder: make_photos.py FOLDER. Good ones by Pillow, hostile ones byte by byte."""

import io
import struct
import sys
import zlib
from pathlib import Path

from PIL import Image

folder = Path(sys.argv[1])


def save(name, data):
    (folder / name).write_bytes(data)


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows, *between, depth=8, colour=2):
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(between) + chunk(b"IDAT", rows) + chunk(b"IEND")


def flat(width, height, bytes_each=3):
    packer = zlib.compressobj(9)
    row = b"\0" + b"\x40\x80\xc0\xff"[:bytes_each] * width
    parts = [packer.compress(row) for _ in range(height)]
    return b"".join(parts) + packer.flush()


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def quarters(width, height):
    """Red, green / blue, white: which corner is which can be told."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    image.paste((0, 255, 0), (width // 2, 0, width, height // 2))
    image.paste((0, 0, 255), (0, height // 2, width // 2, height))
    return image


def noise(width, height, seed=1):
    """Cannot be compressed."""
    import random

    return Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))


plain = quarters(800, 800)
jpeg = encoded(plain, "JPEG", quality=90)
save("good.jpg", jpeg)
save("good.png", encoded(plain, "PNG"))
save("good.webp", encoded(plain, "WEBP", quality=90))
save("lossless.webp", encoded(plain, "WEBP", lossless=True))
save("wide.jpg", encoded(quarters(1600, 700), "JPEG", quality=90))
save("tall.png", encoded(quarters(300, 900), "PNG"))
save("wide.webp", encoded(quarters(1501, 701), "WEBP", quality=90))
save("tiny.png", encoded(Image.new("RGB", (1, 1), (10, 20, 30)), "PNG"))
save("odd.jpg", encoded(quarters(517, 1023), "JPEG", quality=90))
save("progressive.jpg", encoded(plain, "JPEG", quality=90, progressive=True))
save("gray.jpg", encoded(plain.convert("L"), "JPEG"))
save("gray16.png", encoded(plain.convert("I;16"), "PNG"))
save("palette.png", encoded(plain.convert("P"), "PNG"))
save("noise.png", encoded(noise(700, 700), "PNG"))
for value in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = value
    exif[0x8825] = {1: "N", 2: (40.0, 25.0, 1.0), 29: "2026:01:01"}
    exif[0x010F] = "SECRETMAKER"
    save(f"exif{value}.jpg", encoded(plain, "JPEG", quality=90, exif=exif))
clear = Image.new("RGBA", (600, 600), (0, 0, 0, 0))
clear.paste((255, 0, 0, 255), (0, 0, 600, 300))
save("clear.png", encoded(clear, "PNG"))
save("clear.webp", encoded(clear, "WEBP", quality=90))
save("clear_lossless.webp", encoded(clear, "WEBP", lossless=True))


def interlaced(image):
    """Adam7 by hand: Pillow does not write it."""
    width, height = image.size
    pixels = image.convert("RGB").load()
    raw = bytearray()
    for x0, y0, dx, dy in [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]:
        if x0 >= width:
            continue
        for y in range(y0, height, dy):
            raw.append(0)
            for x in range(x0, width, dx):
                raw += bytes(pixels[x, y])
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(raw))) + chunk(b"IEND")


save("interlaced.png", interlaced(quarters(203, 197)))
save("interlaced_thin.png", interlaced(Image.new("RGB", (3, 700), (255, 0, 0))))

# Of the largest size that is taken.
save("large_flat.png", png(5000, 5000, flat(5000, 5000)))
save("large.jpg", encoded(quarters(5000, 5000), "JPEG", quality=80))
save("large_clear.png", png(5000, 5000, flat(5000, 5000, 4), colour=6))
save("large_progressive.jpg", encoded(quarters(4000, 3000), "JPEG", quality=80, progressive=True))
save("large.webp", encoded(quarters(5000, 5000), "WEBP", quality=50, method=0))
save("large_lossless.webp", encoded(quarters(3300, 3000), "WEBP", lossless=True, method=0, quality=0))
save("interlaced_large.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4096, 4096, 8, 2, 0, 0, 1))
     + chunk(b"IDAT", zlib.compress(b"".join(
         (b"\0" + b"\x40\x80\xc0" * len(range(x0, 4096, dx))) * len(range(y0, 4096, dy))
         for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
     ), 9)) + chunk(b"IEND"))

# Too large, and says so.
def sized(data, width, height):
    """A JPEG whose header claims another size."""
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


save("bomb_30000.jpg", sized(jpeg, 30000, 30000))
save("bomb_30000.png", png(30000, 30000, zlib.compress(b"\0" * 1000)))
save("bomb_flat_14000.png", png(14000, 14000, flat(14000, 14000)))
save("bomb_thin.png", png(100000, 1, flat(100000, 1)))
save("bomb_lossless.webp", encoded(Image.new("RGB", (4000, 4000), "red"), "WEBP", lossless=True, method=0, quality=0))
save("bomb_progressive.jpg", encoded(Image.new("RGB", (5000, 5000), "red"), "JPEG", progressive=True, subsampling=0))
save("bomb_bytes.jpg", jpeg[:-2] + b"\0" * (8 << 20) + b"\xff\xd9")


def many_scans(count):
    """A progressive JPEG whose last scan is there again and again."""
    data = encoded(Image.new("RGB", (2048, 2048), "red"), "JPEG", progressive=True)
    starts = [i for i in range(len(data) - 1) if data[i : i + 2] == b"\xff\xda"]
    last = data[starts[-1] : -2]
    return data[:-2] + last * count + b"\xff\xd9"


save("bomb_5000_scans.jpg", many_scans(5000))

# Metadata that unpacks to much.
save("bomb_ztxt.png", png(64, 64, flat(64, 64), chunk(b"zTXt", b"k\0\0" + zlib.compress(b"A" * (200 << 20), 9))))
save("bomb_iccp.png", png(64, 64, flat(64, 64), chunk(b"iCCP", b"k\0\0" + zlib.compress(b"A" * (200 << 20), 9))))
save("huge_icc.jpg", encoded(plain, "JPEG", icc_profile=b"ICCSECRET" * 400000))
save("huge_comment.jpg", jpeg[:2] + (b"\xff\xfe\xff\xff" + b"C" * 65533) * 60 + jpeg[2:])

# Moving ones.
frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
save("moving.png", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]))
save("moving.webp", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
save("moving.gif", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))

# Broken ones.
save("truncated.jpg", jpeg[: len(jpeg) // 2])
save("truncated_closed.jpg", jpeg[: len(jpeg) // 2] + b"\xff\xd9")
save("truncated.png", encoded(plain, "PNG")[:-30])
save("truncated.webp", encoded(plain, "WEBP")[:-30])
body = jpeg.index(b"\xff\xda") + 200
save("warning.jpg", jpeg[:body] + b"\xff\xd3" + jpeg[body:])
good = encoded(plain, "PNG")
at = good.index(b"IDAT") + 20
save("bad_crc.png", good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
save("lying_size.png", good.replace(struct.pack(">II", 800, 800), struct.pack(">II", 900, 900)))
save("empty.bin", b"")
save("only_magic.jpg", b"\xff\xd8\xff")
save("only_magic.png", b"\x89PNG\r\n\x1a\n")
save("only_magic.webp", b"RIFF\x04\0\0\0WEBP")

# Other kinds, and two in one.
save("cmyk.jpg", encoded(plain.convert("CMYK"), "JPEG"))
save("heic.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200)
save("picture.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
payload = b"<script>PAYLOAD</script><?php PAYLOAD ?>PK\x03\x04PAYLOAD"
save("polyglot_html.jpg", jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:])
save("polyglot_zip.jpg", jpeg + payload)
save("polyglot_app.jpg", jpeg[:2] + b"\xff\xe5" + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:])
save("polyglot_text.png", png(64, 64, flat(64, 64), chunk(b"tEXt", b"Comment\0" + payload), chunk(b"puNk", payload)))
save("polyglot_tail.png", good + payload)
save("gifar.gif", encoded(frames[0], "GIF") + payload)
webp = encoded(plain, "WEBP", xmp=payload, quality=90)
save("polyglot_xmp.webp", webp)
