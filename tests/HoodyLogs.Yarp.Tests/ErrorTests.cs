using System.Net;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace HoodyLogs.Yarp.Tests;

/// <summary>The names of forwarder errors, and the health that they cause.</summary>
public sealed class ErrorTests
{
    [Test]
    public async Task E5_a_refused_connection_is_Request()
    {
        await using var proxy = await ProxyHost.StartAsync(Upstream.Refusing);

        using var response = await proxy.GetAsync();

        var entry = await proxy.ResponseAsync();
        (entry.Text("status"), entry.Text("level"), entry.Data("upstreamError"), entry.Data("destination")).Should().Be(("502", "error", "Request", "first"));
    }

    [Test]
    public async Task E5_a_destination_that_does_not_answer_in_time_is_RequestTimedOut()
    {
        await using var upstream = await Upstream.StartAsync(NeverAnswerAsync);
        var cluster = ProxyHost.Cluster("web", upstream.Address);
        cluster = cluster with { HttpRequest = cluster.HttpRequest! with { ActivityTimeout = TimeSpan.FromMilliseconds(200) } };
        await using var proxy = await ProxyHost.StartAsync([ProxyHost.Route()], [cluster]);

        using var response = await proxy.GetAsync();

        var entry = await proxy.ResponseAsync();
        (entry.Text("status"), entry.Text("level"), entry.Data("upstreamError")).Should().Be(("504", "error", "RequestTimedOut"));
        (entry.Data("beforeUpstreamMs"), entry.Data("upstreamHeadersMs"), entry.Data("upstreamBodyMs")).Should().Match<(string? Before, string? Headers, string? Body)>(
            stages => stages.Before != null && stages.Headers == null && stages.Body == null);
    }

    [Test]
    public async Task E5_a_client_that_leaves_is_RequestCanceled()
    {
        var arrived = new TaskCompletionSource();
        await using var upstream = await Upstream.StartAsync(context =>
        {
            arrived.TrySetResult();
            return NeverAnswerAsync(context);
        });
        await using var proxy = await ProxyHost.StartAsync(upstream.Address);
        using var leaving = new CancellationTokenSource();

        var request = proxy.Client.GetAsync(new Uri("/", UriKind.Relative), leaving.Token);
        await arrived.Task;
        await leaving.CancelAsync();

        await request.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        var entry = await proxy.ResponseAsync();
        (entry.Text("status"), entry.Text("level"), entry.Data("upstreamError")).Should().Be(("499", "warn", "RequestCanceled"));
    }

    [Test]
    public async Task E5_a_destination_that_dies_within_its_response_is_ResponseBodyDestination()
    {
        var seen = new TaskCompletionSource();
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            await seen.Task;
            context.Abort();
        });
        await using var proxy = await ProxyHost.StartAsync(upstream.Address);

        using var response = await proxy.Client.GetAsync(new Uri("/", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        seen.SetResult();

        await response.Content.Awaiting(content => content.ReadAsStringAsync()).Should().ThrowAsync<HttpRequestException>();
        var entry = await proxy.ResponseAsync();
        (entry.Text("status"), entry.Text("level"), entry.Data("upstreamError")).Should().Be(("200", "error", "ResponseBodyDestination"));
    }

    [Test]
    public async Task A_destination_that_passive_health_checks_take_out_is_Unhealthy_and_then_there_is_none()
    {
        var cluster = ProxyHost.Cluster("web", Upstream.Refusing) with
        {
            HealthCheck = new HealthCheckConfig
            {
                AvailableDestinationsPolicy = "HealthyAndUnknown",
                Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = FirstFailure.PolicyName },
            },
        };
        var setup = new Setup { Build = builder => builder.Services.AddSingleton<IPassiveHealthCheckPolicy, FirstFailure>() };
        await using var proxy = await ProxyHost.StartAsync([ProxyHost.Route()], [cluster], setup);

        (await proxy.GetAsync()).Dispose();
        proxy.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster("web", out var state);
        await Eventually.Holds(() => state!.DestinationsState.AvailableDestinations.Count == 0, "YARP takes the destination out in the background");
        using var second = await proxy.GetAsync();

        var entries = await proxy.ResponsesAsync(2);
        (entries[0].Data("destination"), entries[0].Data("destinationHealth"), entries[0].Data("upstreamError")).Should().Be(("first", "Unhealthy", "Request"));
        (entries[1].Data("destination"), entries[1].Data("destinationHealth"), entries[1].Data("upstreamError")).Should().Be((null, null, "NoAvailableDestinations"));
        second.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    private static async Task NeverAnswerAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    /// <summary>Takes a destination out at its first failure.</summary>
    private sealed class FirstFailure(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
    {
        public const string PolicyName = "FirstFailure";

        public string Name => PolicyName;

        public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
        {
            if (context.GetForwarderErrorFeature() is not null) health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, TimeSpan.FromHours(1));
        }
    }
}
