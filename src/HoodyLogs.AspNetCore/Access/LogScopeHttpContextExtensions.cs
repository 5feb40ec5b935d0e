using HoodyLogs;
using HoodyLogs.AspNetCore.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Http;

/// <summary>Lets a host guard endpoints of its own by the rules of the logs API.</summary>
public static class LogScopeHttpContextExtensions
{
    /// <summary>What the caller may see of the logs (decision A1).</summary>
    /// <param name="context">The caller's request.</param>
    /// <returns>The scope; null where the logs API would refuse.</returns>
    /// <exception cref="InvalidOperationException">The services were not added.</exception>
    public static LogScope? GetLogScope(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.RequestServices.GetRequiredService<ILogAuthorizer>().Authorize(context).Scope;
    }
}
