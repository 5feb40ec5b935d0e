namespace HoodyLogs.AspNetCore;

/// <summary>
/// An example of what a route of the logs API answers with, as metadata of its endpoint. An OpenAPI document takes it in by an operation
/// transformer; the sample has one.
/// </summary>
/// <param name="StatusCode">The status that it comes with.</param>
/// <param name="ContentType">What it is written in.</param>
/// <param name="Description">When it comes, for people.</param>
/// <param name="Text">The body: JSON, or lines of text.</param>
public sealed record ResponseExample(int StatusCode, string ContentType, string Description, string Text);
