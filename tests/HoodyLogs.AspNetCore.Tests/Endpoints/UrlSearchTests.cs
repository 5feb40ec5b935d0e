using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>The parameter <c>q</c> matches urls as they are stored and as they are decoded.</summary>
public sealed class UrlSearchTests
{
    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await LogsApiServer.StartAsync();
        foreach (var url in new[] { "/any/caf%C3%A9?name=M%C3%BCnster&q=a+b", "/any/%E7%8A%AC", "/any/a%20b", "/any/plain" })
        {
            await _server.AppendAsync(Some.Exchange(url: url));
        }
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("caf%C3%A9", "1")]
    [TestCase("CAF%C3%89", "1")]
    [TestCase("M%C3%BCnster", "1")]
    [TestCase("%E7%8A%AC", "3")]
    [TestCase("a%20b", "1,5")]
    [TestCase("a+b", "1,5")]
    [TestCase("a%2Bb", "1")]
    [TestCase("caf%25C3%25A9", "1")]
    [TestCase("caf%25c3%25a9", "1")]
    [TestCase("a%2520b", "5")]
    [TestCase("plain", "7")]
    public async Task L6_q_finds_urls_encoded_and_decoded(string query, string ids)
    {
        var list = await _server.GetAsync("/api/proxy-logs/_logs?kind=request&q=" + query);
        string.Join(',', list.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64())).Should().Be(ids);
    }
}
