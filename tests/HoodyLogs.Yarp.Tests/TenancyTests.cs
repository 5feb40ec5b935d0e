using System.Net;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Yarp.ReverseProxy.Configuration;

namespace HoodyLogs.Yarp.Tests;

/// <summary>Tests two tenants of one proxy, which are distinguished by the metadata of their routes.</summary>
public sealed class TenancyTests
{
    [Test]
    public async Task A2_two_tenants_cannot_see_each_other()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var proxy = await ProxyHost.StartAsync(
            [Tenant("acme"), Tenant("globex")], [ProxyHost.Cluster("web", upstream.Address)]);
        (await proxy.GetAsync("/acme/plans")).Dispose();
        (await proxy.GetAsync("/globex/plans")).Dispose();
        await proxy.ResponsesAsync(2);

        var acme = await EntriesAsync(proxy, ProxyHost.Acme);
        var globex = await EntriesAsync(proxy, ProxyHost.Globex);

        acme.Select(entry => (entry.Text("projectId"), entry.Text("url"))).Distinct().Should().Equal(("acme", "/acme/plans"));
        globex.Select(entry => (entry.Text("projectId"), entry.Text("url"))).Distinct().Should().Equal(("globex", "/globex/plans"));
        (await proxy.ReadAsync("/stats", ProxyHost.Acme)).GetProperty("byProject").EnumerateObject().Select(project => project.Name).Should().Equal("acme");
        (await StatusAsync(proxy, "?projectId=globex", ProxyHost.Acme)).Should().Be(HttpStatusCode.Forbidden);
        (await StatusAsync(proxy, $"/{globex[0].Text("id")}", ProxyHost.Acme)).Should().Be(HttpStatusCode.NotFound);
        (await StatusAsync(proxy, $"/{globex[0].Text("id")}", ProxyHost.Globex)).Should().Be(HttpStatusCode.OK);
    }

    private static RouteConfig Tenant(string project) => ProxyHost.Route("web", ("HoodyLogs.ProjectId", project)) with
    {
        RouteId = project,
        Match = new RouteMatch { Path = $"/{project}/{{**rest}}" },
    };

    private static async Task<JsonElement[]> EntriesAsync(ProxyHost proxy, string token) =>
        [.. (await proxy.ReadAsync("", token)).GetProperty("entries").EnumerateArray()];

    private static async Task<HttpStatusCode> StatusAsync(ProxyHost proxy, string query, string token)
    {
        using var response = await proxy.GetAsync($"/api/proxy-logs/_logs{query}", ("X-Logs-Token", token));
        return response.StatusCode;
    }
}
