using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>How a route words an error that its handler did not expect; metadata of routes whose error bodies are not those of <see cref="ApiError"/>.</summary>
/// <param name="WriteAsync">Takes the request, the status and the message.</param>
internal sealed record ErrorWriter(Func<HttpContext, int, string, Task> WriteAsync);
