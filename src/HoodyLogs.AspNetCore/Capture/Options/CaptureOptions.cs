using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Options of capture. Section <c>ProxyLogs:Capture</c>. A reload applies to new exchanges.</summary>
public sealed class CaptureOptions
{
    /// <summary>Gets or sets whether exchanges are captured. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Gets or sets the lowest level of an exchange that is stored. Default <see cref="EntryLevel.Debug"/>: all exchanges are stored.</summary>
    public EntryLevel MinLevel { get; set; } = EntryLevel.Debug;

    /// <summary>Gets or sets the source that entries of this proxy name. Default <see cref="EntrySource.Backend"/>.</summary>
    public EntrySource Source { get; set; } = EntrySource.Backend;

    /// <summary>Gets or sets when the request entry is written. Default <see cref="RequestEntryMode.AtCompletion"/>.</summary>
    public RequestEntryMode RequestEntry { get; set; } = RequestEntryMode.AtCompletion;

    /// <summary>Gets or sets the methods that are captured. Case is ignored. Default: empty, which captures all methods.</summary>
    public IList<string> IncludedMethods { get; set; } = [];

    /// <summary>
    /// Gets or sets patterns of paths that are not captured. <c>*</c> matches one segment or any characters within one, <c>**</c> matches any number of
    /// segments. Default: none.
    /// </summary>
    public IList<string> ExcludedPaths { get; set; } = [];

    /// <summary>Gets or sets whether request bodies are captured. Default false.</summary>
    public bool CaptureRequestBody { get; set; }

    /// <summary>Gets or sets whether response bodies are captured. Default false.</summary>
    public bool CaptureResponseBody { get; set; }

    /// <summary>
    /// Gets or sets whether captured response bodies include the type <c>text/event-stream</c>. Up to <see cref="MaxBodyBytes"/> of each stream are held in
    /// memory until it ends. Default false: the state of such a body is <c>streamed</c>.
    /// </summary>
    public bool CaptureEventStreamBodies { get; set; }

    /// <summary>Gets or sets the maximum bytes of a stored body, after decompression. Default 64 KiB. Range 0 to 16 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 65_536;

    /// <summary>
    /// Gets or sets the maximum bytes of memory for all bodies that are captured at once, including the memory that redaction needs. Beyond this limit bodies are
    /// truncated (state <c>capped</c>) or not stored (state <c>redacted</c>). One project can use at most half of it. If no scopes are configured, one client
    /// address can use at most half of it. Default 64 MiB. Range 0 to 16 GiB.
    /// </summary>
    public long MaxBodyMemory { get; set; } = 67_108_864;

    /// <summary>
    /// Gets or sets whether bodies are stored that redaction cannot read: binary bodies, multipart content and invalid JSON. Secrets in them are stored too.
    /// Default false: the state of such a body is <c>redacted</c>.
    /// </summary>
    public bool StoreUnreadableBodies { get; set; }

    /// <summary>Gets or sets prefixes of content types. Bodies of these types are not stored. Default: images, video, audio, fonts and binary data.</summary>
    public IList<string> ExcludedContentTypes { get; set; } = ["image/", "video/", "audio/", "font/", "application/octet-stream"];

    /// <summary>Gets or sets whether headers are captured. Default false.</summary>
    public bool CaptureHeaders { get; set; }

    /// <summary>Gets or sets the headers whose values are captured. Values of other headers are stored as <c>[redacted]</c>.</summary>
    public IList<string> AllowedHeaders { get; set; } = ["Accept", "Content-Type", "Content-Length", "User-Agent"];

    /// <summary>
    /// Gets or sets headers that are always redacted, even if they are allowed. They are also redacted as lines in log messages and text bodies. Configuration
    /// adds to these.
    /// </summary>
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
    /// Gets or sets names of query parameters, form fields, JSON fields and values of log records that are redacted. The names in
    /// <see cref="SensitiveHeaders"/> are redacted in the same places. Case, <c>_</c> and <c>-</c> are ignored. Configuration adds to these.
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
    /// Gets or sets patterns of paths with secrets, such as <c>/reset-password/*</c> and <c>/hooks/**</c>. The pattern language is that of
    /// <see cref="ExcludedPaths"/>. <c>[redacted]</c> replaces the parts that wildcards match. The patterns apply to urls as received, with and without the path
    /// base of the app, to urls in headers, and to urls and paths in log messages and text bodies. Configuration adds to these. Default: none.
    /// </summary>
    public IList<string> SensitivePaths { get; set; } = [];

    /// <summary>
    /// Gets or sets how client addresses are stored in entries, and shown in open exchanges and events. With <see cref="ClientAddressMode.Truncated"/> and
    /// <see cref="ClientAddressMode.None"/>, headers that may contain an address (such as <c>X-Forwarded-For</c>, <c>Forwarded</c> and <c>X-Real-IP</c>) are
    /// redacted even if they are allowed. Urls and bodies are not searched for addresses. Default <see cref="ClientAddressMode.Full"/>.
    /// </summary>
    public ClientAddressMode ClientAddress { get; set; }

    /// <summary>
    /// Gets or sets whether all readers see messages and stack traces of exceptions that the host logs. Default false: only admins see them, and other readers
    /// see the type of the exception. A change applies to new events.
    /// </summary>
    public bool ShowExceptionsToTenants { get; set; }

    /// <summary>Gets or sets whether requests to the logs API are captured. Default false.</summary>
    public bool CaptureLogsApi { get; set; }

    /// <summary>
    /// Gets or sets whether the host name of a request can name the scope of its exchange. <see cref="Scope"/> is called for other host names. Default false.
    /// </summary>
    public bool ScopeFromHost { get; set; }

    /// <summary>
    /// Gets or sets a delegate that returns the scope of an exchange, for example by its headers or route values. Set in code only. Default: none.
    /// </summary>
    /// <remarks>
    /// The delegate may be called several times for one exchange. The result of these calls is recorded: when the exchange completes, before an error page
    /// removes its route values, and, with <see cref="RequestEntryMode.AtArrival"/>, on arrival, when a route may not be known yet. If a result has no project,
    /// the delegate is called again at the end. The delegate is also called for log records of the exchange. Up to three further calls change no entry: they
    /// choose the share of <see cref="MaxBodyMemory"/> when a captured body begins, and serve readers of open exchanges.
    /// </remarks>
    public Func<HttpContext, ExchangeScope>? Scope { get; set; }

    /// <summary>
    /// Gets or sets a delegate that decides whether a completed exchange is stored. It is called after <see cref="MinLevel"/> is applied. With
    /// <see cref="RequestEntryMode.AtArrival"/> the request entry is stored in any case. If the delegate throws, the exchange is stored. Set in code only.
    /// Default: none, all exchanges are stored.
    /// </summary>
    public ExchangeFilter? Keep { get; set; }

    /// <summary>
    /// Gets or sets a delegate that adds members to <c>data</c> of the response entry, for example the route, cluster and destination of a proxy. Set in code
    /// only. Default: none.
    /// </summary>
    public ExchangeEnricher? Enrich { get; set; }

    /// <summary>
    /// Gets or sets a delegate that redacts bodies after the redaction by name. It also receives bodies that redaction by name cannot read, and its result is
    /// stored. If it throws, the body is not stored. Set in code only. Default: none.
    /// </summary>
    public BodyRedactor? RedactBody { get; set; }

    /// <summary>
    /// Gets or sets a delegate that redacts urls after the redaction by name and by <see cref="SensitivePaths"/>. It receives the url of the request and the
    /// values of captured headers that contain urls. Its result is stored. If it throws, <c>[redacted]</c> is stored and the failure is counted. Set in code
    /// only. Default: none.
    /// </summary>
    public UrlRedactor? RedactUrl { get; set; }
}
