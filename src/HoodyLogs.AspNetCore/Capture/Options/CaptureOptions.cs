using HoodyLogs.OptionAttributes;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Options that say what is captured of an exchange. Section <c>ProxyLogs:Capture</c>. A reload takes effect for new exchanges.</summary>
public sealed class CaptureOptions
{
    /// <summary>Gets or sets whether exchanges are captured.</summary>
    /// <value>The default is true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>Gets or sets the lowest level of exchanges that are stored. The level is known when the exchange ends.</summary>
    /// <value>The default is <see cref="EntryLevel.Debug"/>: all exchanges are stored.</value>
    [Choice<EntryLevel>]
    public EntryLevel MinLevel { get; set; } = EntryLevel.Debug;

    /// <summary>Gets or sets the side on which this proxy captures.</summary>
    /// <value>The default is <see cref="EntrySource.Backend"/>.</value>
    [Choice<EntrySource>]
    public EntrySource Source { get; set; } = EntrySource.Backend;

    /// <summary>Gets or sets when the <c>request</c> entry of an exchange is written.</summary>
    /// <value>The default is <see cref="RequestEntryMode.AtCompletion"/>.</value>
    [Choice<RequestEntryMode>]
    public RequestEntryMode RequestEntry { get; set; } = RequestEntryMode.AtCompletion;

    /// <summary>Gets or sets the methods that are captured. Case is ignored.</summary>
    /// <value>The default is an empty list: all methods are captured.</value>
    [HttpToken("an HTTP method")]
    public IList<string> IncludedMethods { get; set; } = [];

    /// <summary>
    /// Gets or sets patterns of the paths that are not captured. A pattern matches whole segments: <c>*</c> matches one segment, or any characters within
    /// one; <c>**</c> matches any number of segments.
    /// </summary>
    /// <value>Patterns that begin with <c>/</c>. The default is an empty list.</value>
    [UrlPath]
    public IList<string> ExcludedPaths { get; set; } = [];

    /// <summary>Gets or sets whether request bodies are captured.</summary>
    /// <value>The default is false.</value>
    public bool CaptureRequestBody { get; set; }

    /// <summary>Gets or sets whether response bodies are captured.</summary>
    /// <value>The default is false.</value>
    public bool CaptureResponseBody { get; set; }

    /// <summary>
    /// Gets or sets whether response bodies of the type <c>text/event-stream</c> are captured, if <see cref="CaptureResponseBody"/> is true. Up to
    /// <see cref="MaxBodyBytes"/> of each are held in memory until the stream ends. If false, the state of these bodies is <c>streamed</c>.
    /// </summary>
    /// <value>The default is false.</value>
    public bool CaptureEventStreamBodies { get; set; }

    /// <summary>Gets or sets the maximum number of bytes of each body, after decompression. The rest is not stored.</summary>
    /// <value>Bytes, 0 to 16,777,216 (16 MiB). The default is 65,536 (64 KiB).</value>
    [Number(0, 16_777_216)]
    public int MaxBodyBytes { get; set; } = 65_536;

    /// <summary>
    /// Gets or sets the maximum number of bytes of all bodies that are being captured, including the memory that redaction needs. When it is used up,
    /// bodies are cut (state <c>capped</c>) or not stored (state <c>redacted</c>). One project can use half of it. Without scopes, one client address
    /// can use half of it.
    /// </summary>
    /// <value>Bytes, 0 to 17,179,869,184 (16 GiB). The default is 67,108,864 (64 MiB).</value>
    [Number(0, 17_179_869_184)]
    public long MaxBodyMemory { get; set; } = 67_108_864;

    /// <summary>
    /// Gets or sets whether bodies are stored that redaction cannot read: bytes that are not text, multipart, and JSON that does not parse. Secrets in
    /// them are stored too. If false, the state of these bodies is <c>redacted</c>.
    /// </summary>
    /// <value>The default is false.</value>
    public bool StoreUnreadableBodies { get; set; }

    /// <summary>Gets or sets the beginnings of content types whose bodies are not stored. Configured items replace the default.</summary>
    /// <value>The default is images, videos, audio, fonts and <c>application/octet-stream</c>.</value>
    [NotBlank("the beginning of a content type")]
    public IList<string> ExcludedContentTypes { get; set; } = ["image/", "video/", "audio/", "font/", "application/octet-stream"];

    /// <summary>Gets or sets whether headers are captured.</summary>
    /// <value>The default is false.</value>
    public bool CaptureHeaders { get; set; }

    /// <summary>
    /// Gets or sets the headers whose values are stored, if headers are captured. Values of other headers are stored as <c>[redacted]</c>. Configured
    /// items replace the default.
    /// </summary>
    /// <value>The default is <c>Accept</c>, <c>Content-Type</c>, <c>Content-Length</c> and <c>User-Agent</c>.</value>
    [HttpToken("the name of a header")]
    public IList<string> AllowedHeaders { get; set; } = ["Accept", "Content-Type", "Content-Length", "User-Agent"];

    /// <summary>
    /// Gets or sets the headers that are always redacted, even if they are allowed. They are also redacted as lines of log messages and of text
    /// bodies. Configured items are added to the default.
    /// </summary>
    /// <value>The default is <c>Authorization</c>, <c>Cookie</c>, <c>Set-Cookie</c> and about 30 other headers that carry credentials.</value>
    [HttpToken("the name of a header"), AddsToDefaults]
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
    /// Gets or sets the names whose values are redacted: query parameters, form fields, JSON fields and values of log records. The names in
    /// <see cref="SensitiveHeaders"/> are redacted too. Case, <c>_</c> and <c>-</c> are ignored. Configured items are added to the default.
    /// </summary>
    /// <value>The default is <c>token</c>, <c>password</c>, <c>secret</c>, <c>code</c>, <c>key</c> and many similar names.</value>
    [NotBlank("the name of a parameter"), AddsToDefaults]
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
    /// Gets or sets patterns of paths whose variable parts are secrets, such as <c>/reset-password/*</c> and <c>/hooks/**</c>. The patterns are those
    /// of <see cref="ExcludedPaths"/>. The parts that the wildcards match are stored as <c>[redacted]</c>. The patterns apply to urls as received
    /// (with and without the path base of the app), to urls in headers, and to urls and paths in log messages and text bodies. Configured items are
    /// added to the default.
    /// </summary>
    /// <value>Patterns that begin with <c>/</c> and have a <c>*</c>. The default is an empty list.</value>
    [WildcardPath, AddsToDefaults]
    public IList<string> SensitivePaths { get; set; } = [];

    /// <summary>
    /// Gets or sets how much of client addresses is stored in entries, open exchanges and events. With <see cref="ClientAddressMode.Truncated"/> and
    /// <see cref="ClientAddressMode.None"/>, headers that carry an address, such as <c>X-Forwarded-For</c>, <c>Forwarded</c> and <c>X-Real-IP</c>, are
    /// redacted even if they are allowed. Urls and bodies are not searched for addresses.
    /// </summary>
    /// <value>The default is <see cref="ClientAddressMode.Full"/>.</value>
    [Choice<ClientAddressMode>]
    public ClientAddressMode ClientAddress { get; set; }

    /// <summary>
    /// Gets or sets whether every reader of an event sees the messages and stack traces of exceptions that the host logged. If false, only admins see
    /// them; other readers see the type of the exception. A reload takes effect for new events.
    /// </summary>
    /// <value>The default is false.</value>
    public bool ShowExceptionsToTenants { get; set; }

    /// <summary>Gets or sets whether requests to the logs API are captured too.</summary>
    /// <value>The default is false.</value>
    public bool CaptureLogsApi { get; set; }

    /// <summary>
    /// Gets or sets whether the host name of a request, <c>{projectId}-{containerId}-{service}-{n}.…</c>, sets the scope of the exchange.
    /// <see cref="Scope"/> is used only if the host name contains none.
    /// </summary>
    /// <value>The default is false.</value>
    public bool ScopeFromHost { get; set; }

    /// <summary>
    /// Gets or sets a delegate that returns the scope of an exchange, from its headers, its route values or anything else. It can only be set in code.
    /// </summary>
    /// <value>The default is null: exchanges are unscoped.</value>
    /// <remarks>
    /// The delegate is called when the exchange ends, before an error page removes its route values; when a captured body begins, where the result only
    /// decides whose share of <see cref="MaxBodyMemory"/> is used; and for log records that are stored during the exchange. For readers of open
    /// exchanges it is called up to three more times during the exchange: when the application reads <see cref="HttpContext.RequestAborted"/>, or when
    /// bodies are transferred after the first second. Those results change no entry. With <see cref="RequestEntryMode.AtArrival"/> it is also called on
    /// arrival, when no route may be known yet. A result without a project is then asked for again when the exchange ends.
    /// </remarks>
    public Func<HttpContext, ExchangeScope>? Scope { get; set; }

    /// <summary>
    /// Gets or sets a delegate that returns whether an exchange is stored. It is called when the exchange ends, after <see cref="MinLevel"/> was
    /// applied. With <see cref="RequestEntryMode.AtArrival"/> the request entry is already written. It can only be set in code.
    /// </summary>
    /// <value>The default is null: all exchanges are stored.</value>
    public ExchangeFilter? Keep { get; set; }

    /// <summary>
    /// Gets or sets a delegate that adds members to <c>data</c> of the response entry, such as a proxy's route, cluster, destination and error. It can
    /// only be set in code.
    /// </summary>
    /// <value>The default is null.</value>
    public ExchangeEnricher? Enrich { get; set; }

    /// <summary>
    /// Gets or sets a delegate that redacts bodies after the redaction by name. It also receives bodies that redaction by name cannot read; its result
    /// is then stored. It can only be set in code.
    /// </summary>
    /// <value>The default is null.</value>
    public BodyRedactor? RedactBody { get; set; }

    /// <summary>
    /// Gets or sets a delegate that redacts urls after the redaction by name and by <see cref="SensitivePaths"/>: the url of the request, and urls in
    /// captured headers. Its result is stored. If it throws, <c>[redacted]</c> is stored and the failure is counted. It can only be set in code.
    /// </summary>
    /// <value>The default is null.</value>
    public UrlRedactor? RedactUrl { get; set; }
}
