using HoodyLogs;
using HoodyLogs.AspNetCore.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Http;

/// <summary>Gives the host access to the authorization of the logs API, for its own endpoints.</summary>
public static class LogScopeHttpContextExtensions
{
    /// <summary>Gets the scope in which the caller may read logs.</summary>
    /// <param name="context">The request of the caller.</param>
    /// <returns>The scope; null if the logs API would deny the request.</returns>
    /// <exception cref="InvalidOperationException">The services were not added.</exception>
    public static LogScope? GetLogScope(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.RequestServices.GetRequiredService<ILogAuthorizer>().Authorize(context).Scope;
    }
}
