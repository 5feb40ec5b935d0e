using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>Decides who may read (decision A1). The one place that turns a caller into a scope.</summary>
internal interface ILogAccess
{
    /// <summary>Decides for one request.</summary>
    AccessDecision Decide(HttpContext context);
}
