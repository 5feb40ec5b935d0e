using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>Decides who may read (decision A1). The one place that turns a caller into a scope.</summary>
internal interface ILogAuthorizer
{
    /// <summary>Decides for one request.</summary>
    AuthorizationResult Authorize(HttpContext context);
}
