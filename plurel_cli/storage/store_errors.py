"""Sentences for what goes wrong at an object store.

The client and Polars say it in words of their own, in which the store's code or HTTP's status lies
somewhere; from these follows what a user can do.
"""

from __future__ import annotations

import re

from plurel_cli.errors import StorageError

_CODE = re.compile(r"<Code>(\w+)</Code>|\(code: (\w+)\)")
_STATUS = re.compile(r"status code: (\d{3} [A-Z][\w ]*)")
_SERVER = re.compile(r"Error performing [A-Z]+ (https?://[^/\s?]+)")
_OF_WHO = re.compile(r"/latest/(api/token|meta-data)|Missing (SecretAccessKey|AccessKeyId)")
_WRONG_WHO = {
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"),
    *("InvalidClientTokenId", "TokenRefreshRequired", "RequestTimeTooSkewed"),
}
_ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint"}
_UNANSWERED = ("error sending request", "operation timed out", "error decoding response body")


def no_credentials(place: str) -> StorageError:
    """The sentence where nobody says who asks."""
    remedy = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true"
    return StorageError(place, "there are no credentials for it", remedy=remedy)


def store_error(bucket: str, place: str, error: Exception) -> StorageError:
    """The sentence for an error of the client, or of Polars reading or writing a bucket.

    Parameters
    ----------
    bucket
        The bucket.
    place
        What was asked for.
    error
        The error.

    Returns
    -------
    StorageError
    """
    text = str(error)
    match = _CODE.search(text)
    code = (match[1] or match[2]) if match else ""
    status = _STATUS.search(text)
    server = _SERVER.search(text)
    where = server[1] if server else "the object store"
    if _OF_WHO.search(text):
        return no_credentials(place)
    if code == "NoSuchBucket":
        remedy = "make it first, or see AWS_ENDPOINT_URL"
        return StorageError(place, f"there is no bucket {bucket} at {where}", remedy=remedy)
    if code in _WRONG_WHO:
        remedy = "see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        return StorageError(place, f"{where} refuses the credentials ({code})", remedy=remedy)
    if code in _ELSEWHERE or (status and status[1].startswith("301")):
        return StorageError(place, "is in another region", remedy="set AWS_REGION")
    if code == "AccessDenied" or (status and status[1].startswith("403")):
        remedy = "listing, reading, writing and deleting must be allowed"
        return StorageError(place, f"{where} denies access", remedy=remedy)
    if any(words in text for words in _UNANSWERED):
        remedy = "see the network and AWS_ENDPOINT_URL"
        return StorageError(place, f"{where} does not answer", remedy=remedy)
    if code == "NotImplemented" or (status and status[1].startswith("501")):
        remedy = "AWS_CONDITIONAL_PUT=disabled may help"
        return StorageError(place, f"{where} lacks what is asked of it", remedy=remedy)
    reason = code or (status and status[1]) or text.partition("\n")[0][:200]
    return StorageError(place, f"{where} refuses: {reason}")
