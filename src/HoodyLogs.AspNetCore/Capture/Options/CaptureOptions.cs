using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>What is captured of an exchange. Section <c>ProxyLogs:Capture</c>; takes effect on reload.</summary>
public sealed class CaptureOptions
{
    /// <summary>Whether anything is captured. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Lighter exchanges are left out, after their outcome is known. Default <see cref="EntryLevel.Debug"/>: none are.</summary>
    public EntryLevel MinLevel { get; set; } = EntryLevel.Debug;

    /// <summary>The side that this proxy captures on. Default <see cref="EntrySource.Backend"/>.</summary>
    public EntrySource Source { get; set; } = EntrySource.Backend;

    /// <summary>When the request entry is written. Default <see cref="RequestEntryMode.AtCompletion"/>.</summary>
    public RequestEntryMode RequestEntry { get; set; } = RequestEntryMode.AtCompletion;

    /// <summary>Only these methods, ignoring case. Default: empty, all of them.</summary>
    public IList<string> IncludedMethods { get; set; } = [];

    /// <summary>
    /// Paths that are left out: whole segments, <c>*</c> for one segment or for any letters within one, <c>**</c> for any number of segments. Default: none.
    /// </summary>
    public IList<string> ExcludedPaths { get; set; } = [];

    /// <summary>Whether request bodies are captured. Default false.</summary>
    public bool CaptureRequestBody { get; set; }

    /// <summary>Whether response bodies are captured. Default false.</summary>
    public bool CaptureResponseBody { get; set; }

    /// <summary>
    /// Whether response bodies of the type <c>text/event-stream</c> are captured, where <see cref="CaptureResponseBody"/> is on: up to <see cref="MaxBodyBytes"/> of each, held
    /// in memory until the stream ends. Default false: their state is <c>streamed</c>.
    /// </summary>
    public bool CaptureEventStreamBodies { get; set; }

    /// <summary>At most this many bytes of each body, after decompression. Default 64 KiB; 0 to 16 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 65_536;

    /// <summary>
    /// At most this many bytes for all bodies being captured at once, including the memory that redaction needs. Past it bodies are cut (state <c>capped</c>) or not
    /// stored (<c>redacted</c>). One project can use at most half of it; so can one client address where no scopes are configured. Default 64 MiB; 0 to 16 GiB.
    /// </summary>
    public long MaxBodyMemory { get; set; } = 67_108_864;

    /// <summary>
    /// Whether bodies that redaction cannot read are stored all the same: bytes that are not text, multipart, JSON that does not parse. Secrets in them are stored too.
    /// Default false: their state is <c>redacted</c>.
    /// </summary>
    public bool StoreUnreadableBodies { get; set; }

    /// <summary>Bodies whose content type begins with one of these are not stored.</summary>
    public IList<string> ExcludedContentTypes { get; set; } = ["image/", "video/", "audio/", "font/", "application/octet-stream"];

    /// <summary>Whether headers are captured. Default false.</summary>
    public bool CaptureHeaders { get; set; }

    /// <summary>The headers whose values are shown where headers are captured; all others show as <c>[redacted]</c>.</summary>
    public IList<string> AllowedHeaders { get; set; } = ["Accept", "Content-Type", "Content-Length", "User-Agent"];

    /// <summary>Headers that are always redacted, allowed or not, also as lines in log messages and bodies of text. Configuration adds to these.</summary>
    public IList<string> SensitiveHeaders { get; set; } =
    [
        "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Auth-Token", "X-Logs-Token",
        "Api-Key", "X-Auth-Key", "X-Access-Token", "X-Refresh-Token", "X-Session-Token", "X-CSRF-Token", "X-XSRF-Token", "X-Amz-Security-Token",
        "X-Goog-Api-Key", "X-Goog-IAP-JWT-Assertion", "Cf-Access-Jwt-Assertion", "Ocp-Apim-Subscription-Key", "X-Functions-Key", "X-Vault-Token",
        "Private-Token", "X-Gitlab-Token", "Job-Token", "X-Hub-Signature", "X-Hub-Signature-256", "X-Slack-Signature", "Stripe-Signature",
        "X-Shopify-Access-Token", "X-Shopify-Hmac-Sha256", "X-Forwarded-Access-Token", "X-MS-Token-AAD-Access-Token", "X-MS-Token-AAD-Id-Token",
        "X-Amzn-Oidc-Data", "X-Amzn-Oidc-Accesstoken", "Sec-WebSocket-Protocol",
    ];

    /// <summary>
    /// Query parameters, form fields, JSON fields and values of log records that are redacted, and with them all names in <see cref="SensitiveHeaders"/>;
    /// case, <c>_</c> and <c>-</c> do not count. Configuration adds to these.
    /// </summary>
    public IList<string> SensitiveNames { get; set; } =
    [
        "token", "access_token", "refresh_token", "id_token", "key", "api_key", "apikey", "password", "pwd",
        "secret", "client_secret", "signature", "sig", "code",
        "api_secret", "connection_string", "passwd", "passphrase", "new_password", "old_password", "current_password", "confirm_password", "password_confirmation",
        "auth_token", "session_token", "bearer_token", "authorization", "credentials", "jwt", "private_key", "secret_key", "access_key",
        "device_code", "code_verifier", "assertion", "client_assertion", "id_token_hint", "SAMLResponse",
        "X-Amz-Signature", "X-Amz-Security-Token", "X-Goog-Signature",
        "api_token", "private_token", "job_token", "deploy_token", "personal_access_token", "reset_token", "verification_token", "invite_token", "device_token",
        "csrf", "csrf_token", "csrfmiddlewaretoken", "xsrf", "xsrf_token", "__RequestVerificationToken", "authenticity_token", "sas_token",
        "session_id", "session_key", "sid", "JSESSIONID", "PHPSESSID", "auth", "auth_key", "auth_code", "invite", "ticket", "wresult",
        "otp", "otp_code", "totp", "one_time_password", "mfa_code", "verification_code", "recovery_code", "security_code", "pin", "pass", "passcode", "user_password",
        "client_key", "account_key", "shared_access_key", "subscription_key", "encryption_key", "signing_key", "webhook_secret", "secret_access_key",
        "cvv", "cvc", "ssn", "X-Amz-Credential", "X-Goog-Credential",
    ];

    /// <summary>
    /// Paths whose variable parts are secrets, such as <c>/reset-password/*</c> and <c>/hooks/**</c>. The pattern language is that of
    /// <see cref="ExcludedPaths"/>; <c>[redacted]</c> replaces what the wildcards match. They apply to urls as received (with the path base of the app and without it), to
    /// urls in headers, and to urls and paths in log messages and bodies of text. Configuration adds to these. Default: none.
    /// </summary>
    public IList<string> SensitivePaths { get; set; } = [];

    /// <summary>
    /// How much of client addresses is kept in entries, open exchanges and events. With <see cref="ClientAddressMode.Truncated"/> and
    /// <see cref="ClientAddressMode.None"/> headers that carry an address (<c>X-Forwarded-For</c>, <c>Forwarded</c>, <c>X-Real-IP</c> and their like) are
    /// redacted even if they are allowed. Urls and bodies are not searched for addresses. Default <see cref="ClientAddressMode.Full"/>.
    /// </summary>
    public ClientAddressMode ClientAddress { get; set; }

    /// <summary>
    /// Whether every reader of an event sees messages and stack traces of exceptions that the host logged. Default false: admins see them, all other
    /// readers see the type of the exception. Takes effect for new events.
    /// </summary>
    public bool ShowExceptionsToTenants { get; set; }

    /// <summary>Whether requests to the logs API itself are captured too (decision A5). Default false.</summary>
    public bool CaptureLogsApi { get; set; }

    /// <summary>Whether host names name the scope of an exchange (decision A6), before <see cref="Scope"/> is asked. Default false.</summary>
    public bool ScopeFromHost { get; set; }

    /// <summary>
    /// Says whose exchange it is, by its headers, its route values or anything else; asked when the exchange is complete, before an error page takes its route
    /// values away, when a captured body begins (its answer only says whose share of <see cref="MaxBodyMemory"/> is used), and for log records that are stored in its flow.
    /// For readers of open exchanges it may be asked up to three times more while the exchange lasts, when the application reads
    /// <see cref="HttpContext.RequestAborted"/> or bodies pass after a second; those answers change no entry. With <see cref="RequestEntryMode.AtArrival"/> it is asked on arrival too, where no
    /// route may be known yet; an answer without a project is asked for again at the end. Code only.
    /// </summary>
    public Func<HttpContext, ExchangeScope>? Scope { get; set; }

    /// <summary>
    /// Whether an exchange is kept; asked once its outcome is known, after <see cref="MinLevel"/>. With <see cref="RequestEntryMode.AtArrival"/>
    /// the request entry is written already. Code only. Default: all are.
    /// </summary>
    public ExchangeFilter? Keep { get; set; }

    /// <summary>Adds to <c>data</c> of the response entry: a proxy's route, cluster, destination, upstream error. Code only.</summary>
    public ExchangeEnricher? Enrich { get; set; }

    /// <summary>
    /// Redacts bodies in the host's own way, after the redaction by name; also those that redaction by name cannot read, which are then
    /// stored as this says. Code only.
    /// </summary>
    public BodyRedactor? RedactBody { get; set; }

    /// <summary>
    /// Redacts urls in the host's own way, after the redaction by name and by <see cref="SensitivePaths"/>: the url of the request, and those in headers that are
    /// captured. What it returns is stored. If it throws, <c>[redacted]</c> is stored and the failure is counted. Code only.
    /// </summary>
    public UrlRedactor? RedactUrl { get; set; }
}
