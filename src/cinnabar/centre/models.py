"""What waits for the worker: requests for a mail, of customers and of nobody alike."""

from typing import ClassVar

from django.db import models


class MailRequest(models.Model):
    """Somebody asked for a mail to reissue a password with, and was told nothing (RST-05).

    Whether there is anything to send is found out by the worker, so that the request takes the
    same for everybody; `customer_id` is 0 where the pair fits nobody. `pair` is its keyed hash: a
    newer request takes the place of the one before. `flow` is the claim it was made in, ended;
    `account` is the id of the chosen account, 0 where what was chosen was a decoy. The row goes
    when the worker has dealt with it.
    """

    pair = models.CharField(primary_key=True, max_length=64)
    flow = models.CharField(max_length=26)
    customer_id = models.BigIntegerField()
    account = models.BigIntegerField()
    asked_at = models.DateTimeField()

    class Meta:
        """Found in the order in which they came."""

        db_table = "centre_mail_request"
        indexes: ClassVar = [models.Index(fields=["asked_at"], name="mail_request_order")]


class ResetRequest(models.Model):
    """Somebody asked for a mail to set a password with, and was told nothing (RST-05).

    `who` is the keyed hash of the identifier that was typed, whoever has it: a newer request
    takes the place of the one before. `name` is the request's own, by which its mail is known;
    `customer_id` is 0 where the identifier is nobody's. The row goes when the worker has dealt
    with it.
    """

    who = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=26)
    customer_id = models.BigIntegerField()
    asked_at = models.DateTimeField()

    class Meta:
        """Found in the order in which they came."""

        db_table = "centre_reset_request"
        indexes: ClassVar = [models.Index(fields=["asked_at"], name="reset_request_order")]


class VoiceCall(models.Model):
    """A telephone call of the order line and what became of its one question (API-04).

    `call` is the name that the line's computer `caller` has given it; `question` and `changed`
    are keyed hashes of what was asked and of the password it was changed to. `verdict` is null
    while the question is being answered; `accounts` are the ids of the accounts it was right
    for, none where one password holds for all.
    """

    caller = models.CharField(max_length=32)
    call = models.CharField(max_length=64)
    question = models.CharField(max_length=64)
    asked_at = models.DateTimeField(db_index=True)
    verdict = models.BooleanField(null=True)
    customer_id = models.BigIntegerField()
    accounts = models.TextField(blank=True)
    changed = models.CharField(max_length=64, blank=True)

    class Meta:
        """One question for each call."""

        db_table = "centre_voice_call"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "call"], name="voice_call_once"),
        ]
