"""`/api/neighbours`: the training digits nearest to a drawing."""

import pytest
from http_checks import images_of, is_problem, poll
from pictures import blank, png

from digits.data import bundled

SMALL = "four_conv_tiny"


@pytest.fixture(scope="module")
def digits():
    return bundled.load()


def test_neighbours_over_http(client, digits):
    row = 1234
    picture = {"data": png(digits.train.images[row].numpy()), "content_type": "image/png"}
    body = poll(client, f"/api/neighbours?model={SMALL}", **picture).get_json()
    assert len(body["neighbours"]) == 20
    assert body["of"] == len(digits.train)
    assert sum(body["votes"]) == 20
    images = images_of(body["images"])
    for neighbour, image in zip(body["neighbours"], images, strict=True):
        index = neighbour["row"] // 9
        assert digits.train_row(index) == neighbour["row"]
        assert (digits.train.images[index].numpy() == image).all()
        assert digits.train.labels[index] == neighbour["label"]
    assert body["votes"][int(digits.train.labels[row])] >= 15, "a digit is among its like"


def test_a_bad_neighbours_request_is_refused(client, ten):
    is_problem(client.post("/api/neighbours", data=blank(), content_type="image/png"), 422, "no-ink")
    picture = {"data": png(ten[1]), "content_type": "image/png"}
    is_problem(client.post("/api/neighbours?centred=no", **picture), 400, "bad-parameter")
    is_problem(client.post("/api/neighbours?model=resnet", **picture), 404, "unknown-model")
