namespace HoodyLogs.AspNetCore;

/// <summary>
/// An example of a response of the logs API, as endpoint metadata. An operation transformer can add it to an OpenAPI document; the sample
/// <c>samples/ReverseProxy</c> contains one.
/// </summary>
/// <param name="StatusCode">The status of the response.</param>
/// <param name="ContentType">The content type of the body.</param>
/// <param name="Description">A description of the response.</param>
/// <param name="Text">The body: JSON, or lines of text.</param>
public sealed record ResponseExample(int StatusCode, string ContentType, string Description, string Text);
