"""Two pods of profile on one volume, as README.md says: each sees what the other wrote, at once."""

import concurrent.futures
import io

from PIL import Image

from accounts import new_account
from harness import wait_until
from test_rollouts import wait_gone
from test_scaling import calls

# A client may send five an hour. So many read at once: with fewer, calls go where answers come soonest, to one pod.
PEOPLE, PHOTOS, READS = 4, 5, 24


def picture(number):
    data = io.BytesIO()
    Image.new("RGB", (120, 120), (number * 9 % 256, 50, 200)).save(data, "JPEG")
    return data.getvalue()


def test_photos_are_the_same_at_two_replicas(cluster, shop):
    profile = cluster.deployment("profile")
    (new,) = profile.scale(2)
    new.wait_ready()
    browsers = [new_account(shop)[1] for _ in range(PEOPLE)]
    pool = concurrent.futures.ThreadPoolExecutor(READS)

    def is_known():
        """Each loop of the gateway learns of the new pod by itself, so that it must have a good part of the calls."""
        was = calls(new)
        assert all(got.status == 200 for got in pool.map(lambda _: browsers[0].get("/profile"), range(2 * READS)))
        return calls(new) - was >= READS // 2

    wait_until(is_known, "a part of the calls for the new pod", 60)
    before = [calls(pod) for pod in profile.pods]
    try:
        stale = 0
        for number, browser in enumerate(browsers * PHOTOS):
            put = browser.send("PUT", "/profile/photo", picture(number), {"content-type": "image/jpeg"})
            assert put.status == 200, put.body
            # At once, so that both pods are asked.
            for got in pool.map(lambda _: browser.get("/profile/photo"), range(READS)):
                assert got.status == 200, got.body
                stale += got.headers["etag"] != put.json["etag"]
        busy = [calls(pod) - was for pod, was in zip(profile.pods, before)]
        written = PEOPLE * PHOTOS
        print(f"\nphotos at two replicas: {written} written, {written * READS} read, by {busy[0]:.0f} and {busy[1]:.0f} calls; "
              f"{stale} were stale", end="")
        assert stale == 0
        assert min(busy) >= 20, "both took part"
        browser = browsers[0]
        assert browser.send("DELETE", "/profile/photo").status == 204
        assert all(browser.get("/profile/photo").status == 404 for _ in range(8))
    finally:
        pool.shutdown()
        profile.scale(1)
        wait_gone(cluster)
