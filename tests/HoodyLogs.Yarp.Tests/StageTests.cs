using System.Text.Json;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.Yarp.Tests;

/// <summary>The stages of an exchange: before the upstream, until its headers, and its body.</summary>
public sealed class StageTests
{
    private const double Rounding = 0.004; // each of four times is cut to the microsecond

    [Test]
    public async Task E6_stages_are_the_duration_divided()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var proxy = await ProxyHost.StartAsync(upstream.Address);

        (await proxy.GetAsync()).Dispose();

        var (before, headers, body, duration) = Stages(await proxy.ResponseAsync());
        new[] { before, headers, body }.Should().OnlyContain(stage => stage >= 0);
        (before + headers + body).Should().BeApproximately(duration, Rounding);
    }

    [Test]
    public async Task Each_stage_has_the_time_that_passes_within_it()
    {
        var time = new SteppingTime();
        var headersHere = new TaskCompletionSource();
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            time.Step(TimeSpan.FromHours(2));
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            await headersHere.Task;
            time.Step(TimeSpan.FromHours(3));
        });
        var setup = new Setup
        {
            Build = builder => builder.Services.AddSingleton<TimeProvider>(time),
            App = app => app.Use((context, next) =>
            {
                if (context.Request.Path == "/stages") time.Step(TimeSpan.FromHours(1));
                return next(context);
            }),
        };
        await using var proxy = await ProxyHost.StartAsync(upstream.Address, setup);

        using var response = await proxy.Client.GetAsync(new Uri("/stages", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        headersHere.SetResult();
        await response.Content.ReadAsStringAsync();

        var (before, headers, body, duration) = Stages(await proxy.ResponseAsync());
        Hours(before).Should().Be(1);
        Hours(headers).Should().Be(2);
        Hours(body).Should().Be(3);
        (before + headers + body).Should().BeApproximately(duration, Rounding);
    }

    private static int Hours(double milliseconds) => (int)TimeSpan.FromMilliseconds(milliseconds).TotalHours;

    private static (double Before, double Headers, double Body, double Duration) Stages(JsonElement entry)
    {
        return (Of("beforeUpstreamMs"), Of("upstreamHeadersMs"), Of("upstreamBodyMs"), Of("durationMs"));

        double Of(string name) => entry.GetProperty("data").GetProperty(name).GetDouble();
    }

    /// <summary>The system's time, with timestamps that a test moves on.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private long _steps;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _steps);

        public void Step(TimeSpan step) => Interlocked.Add(ref _steps, (long)(step.TotalSeconds * TimestampFrequency));
    }
}
