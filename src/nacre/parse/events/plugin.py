"""What Cowrie's output plugins asked of, or told to, services outside."""

from typing import TypeAlias

from msgspec import UNSET

from nacre.parse.events.envelope import Entries, EntriesOrText, Envelope, Text, Truth, Whole, WholeOrText


class AbuseipdbStarted(Envelope, tag="cowrie.abuseipdb.started", kw_only=True):
    """The AbuseIPDB plugin started."""


class AbuseipdbReportedIp(Envelope, tag="cowrie.abuseipdb.reportedip", kw_only=True):
    """An address was reported to AbuseIPDB."""

    IP: Text = UNSET  # the address
    confidence: Whole = UNSET  # how sure AbuseIPDB is that it is abusive, in percent


class AbuseipdbReportFail(Envelope, tag="cowrie.abuseipdb.reportfail", kw_only=True):
    """An address could not be reported to AbuseIPDB."""

    IP: Text = UNSET  # the address
    response: Whole = UNSET  # the HTTP status, where there was an answer
    reason: Text = UNSET  # the HTTP status in words, where there was an answer
    exception: Text = UNSET  # what went wrong, where there was none


class AbuseipdbRateLimited(Envelope, tag="cowrie.abuseipdb.ratelimited", kw_only=True):
    """AbuseIPDB asked for a pause."""

    retry_after: Whole = UNSET  # its length in seconds
    wake_at: Text = UNSET  # when it ends; absent where the plugin tries again at once


class AbuseipdbWakeup(Envelope, tag="cowrie.abuseipdb.wakeup", kw_only=True):
    """The pause is over."""


class GreynoiseResult(Envelope, tag="cowrie.greynoise.result", kw_only=True):
    """What GreyNoise says of the attacker's address; since v2.3.0 in the message only."""

    IP: Text = UNSET  # the address; up to v2.2
    tag: Text = UNSET  # what it was seen doing; up to v2.2
    conf: Text = UNSET  # how sure that is; up to v2.2
    meta: EntriesOrText = UNSET  # what else is known of it; up to v2.2


class ReversednsConnect(Envelope, tag="cowrie.reversedns.connect", kw_only=True):
    """The name that the DNS has for the attacker's address."""

    ptr: Text = UNSET  # the name
    ttl: Whole = UNSET  # how long it may be kept, in seconds


class ReversednsForward(Envelope, tag="cowrie.reversedns.forward", kw_only=True):
    """The name that the DNS has for the address to which the client wanted a connection, dst_ip."""

    ptr: Text = UNSET  # the name
    ttl: Whole = UNSET  # how long it may be kept, in seconds


class UrlhausSubmitted(Envelope, tag="cowrie.urlhaus.submitted", kw_only=True):
    """A URL from which malware came was told to URLhaus."""

    url: Text = UNSET  # the URL
    result: Text = UNSET  # "success" or "error"
    http_status: Whole = UNSET  # the HTTP status, where it was an error


class VirustotalScanFile(Envelope, tag="cowrie.virustotal.scanfile", kw_only=True):
    """What VirusTotal says of a file that came in."""

    sha256: Text = UNSET  # of the file, in hex
    is_new: Text = UNSET  # whether VirusTotal did not know it: the text "true" or "false"
    positives: Whole = UNSET  # engines that call it malicious, where it was known
    total: Whole = UNSET  # engines that were asked
    scan_date: Text = UNSET  # when they were last asked
    scans: Entries = UNSET  # each engine's answer


class VirustotalScanUrl(Envelope, tag="cowrie.virustotal.scanurl", kw_only=True):
    """What VirusTotal says of a URL from which the attacker fetched something."""

    url: Text = UNSET  # the URL
    is_new: Text = UNSET  # whether VirusTotal did not know it: the text "true" or "false"
    positives: Whole = UNSET  # engines that call it malicious, where it was known
    total: Whole = UNSET  # engines that were asked
    scan_date: Text = UNSET  # when they were last asked
    scans: Entries = UNSET  # each engine's answer


class ThreatjammerInitialized(Envelope, tag="cowrie.threatjammer.reporterinitialized", kw_only=True):
    """The ThreatJammer plugin started. The plugin is gone since 2024."""

    category: Text = UNSET  # under which it reports
    ttl: WholeOrText = UNSET  # how long a report counts
    login_tracking: Truth = UNSET  # whether logins are reported
    session_tracking: Truth = UNSET  # whether connections are reported


class ThreatjammerReported(Envelope, tag="cowrie.threatjammer.reportedipset", kw_only=True):
    """Addresses were reported to ThreatJammer."""

    payload: EntriesOrText = UNSET  # the report


class ThreatjammerFail(Envelope, tag="cowrie.threatjammer.reportfail", kw_only=True):
    """Addresses could not be reported to ThreatJammer."""

    payload: EntriesOrText = UNSET  # the report
    response: WholeOrText = UNSET  # the HTTP status, where there was an answer
    reason: Text = UNSET  # the HTTP status in words, where there was an answer
    exception: Text = UNSET  # what went wrong, where there was none


class ThreatjammerTerminated(Envelope, tag="cowrie.threatjammer.reporterterminated", kw_only=True):
    """The ThreatJammer plugin stopped."""


PluginEvent: TypeAlias = (
    AbuseipdbStarted
    | AbuseipdbReportedIp
    | AbuseipdbReportFail
    | AbuseipdbRateLimited
    | AbuseipdbWakeup
    | GreynoiseResult
    | ReversednsConnect
    | ReversednsForward
    | UrlhausSubmitted
    | VirustotalScanFile
    | VirustotalScanUrl
    | ThreatjammerInitialized
    | ThreatjammerReported
    | ThreatjammerFail
    | ThreatjammerTerminated
)
