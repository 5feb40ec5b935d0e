using System.Globalization;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of the scopes of the live tail: from the store, from the ring and live. <see cref="TenancyTests"/> covers the other routes.</summary>
public sealed class StreamTenancyTests
{
    private static readonly string[] Projects = ["p1", "p2", "p3"];
    private static readonly string[] Containers = ["c1", "c2", "c3"];
    private static readonly LogScope[] Scopes =
        [.. Projects.Select(LogScope.Project), .. Projects.SelectMany(project => Containers.Select(container => LogScope.Container(project, container)))];

    private TestFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TestFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase(21)]
    [TestCase(22)]
    public async Task A2_a_tail_shows_exactly_the_entries_of_its_scope(int seed)
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options =>
        {
            options.Tail.RingEntries = 64;
            foreach (var scope in Scopes)
            {
                options.Access.Tokens.Add(new AccessToken { Token = TokenOf(scope), ProjectId = scope.ProjectId, ContainerId = scope.ContainerId });
            }
        });
        var random = new Random(seed);
        await server.WriteAsync([.. Enumerable.Range(0, 400).Select(_ => Marked(random))]);
        var tails = new List<(LogScope Scope, long After, StreamClient Tail)>();
        foreach (var scope in Scopes)
        {
            // A position that is almost certainly the id of an entry of another scope.
            long after = random.Next(1, 700);
            tails.Add((scope, after, await server.TailAsync(Query(random, scope), lastEventId: after, token: TokenOf(scope))));
        }

        await server.WriteAsync([.. Enumerable.Range(0, 400).Select(_ => Marked(random))]);
        foreach (var (scope, after, tail) in tails)
        {
            var expected = await server.Store.ListAsync(scope, new LogQuery { AfterId = after, Limit = int.MaxValue, CountTotal = false });
            var frames = await tail.TakeAsync(expected.Count);
            frames.Select(frame => frame.Id).Should().Equal(expected.Select(entry => entry.Id), $"{scope} reads on after {after}");
            foreach (var frame in frames)
            {
                frame.Data.Should().Contain($"mark-{scope.ProjectId}-{scope.ContainerId}");
                foreach (var foreign in Projects.Where(project => project != scope.ProjectId)) frame.Data.Should().NotContain($"mark-{foreign}-");
            }

            await tail.DisposeAsync();
        }
    }

    private static string TokenOf(LogScope scope) => $"token-for-the-tests:{scope}";

    /// <summary>Filters that match the whole scope, or nothing.</summary>
    private static string Query(Random random, LogScope scope) => random.Next(3) switch
    {
        0 => "",
        1 => $"?projectId={scope.ProjectId}",
        _ => "?containerId=" + (scope.ContainerId ?? string.Join(',', Containers)),
    };

    private static LogRecord Marked(Random random)
    {
        var (project, container) = (Projects[random.Next(3)], Containers[random.Next(3)]);
        var mark = string.Create(CultureInfo.InvariantCulture, $"mark-{project}-{container}-");
        return Some.Exchange(project: project, container: container, service: mark, url: $"/{mark}", traceId: mark);
    }
}
